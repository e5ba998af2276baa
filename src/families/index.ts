// The registry of model families, filled from the files in known/.
import { LabError } from "../lib/errors";
import type { Family } from "./family";

const files = import.meta.glob<{ default: Family }>(["./known/*.ts", "!./known/*.test.ts"], {
  eager: true,
});

/** In the order of their file names. */
export const FAMILIES: readonly Family[] = Object.keys(files)
  .sort()
  .map((file) => files[file].default);

/** The family a config names. @throws LabError "internal" */
export function familyOf({ architecture }: { architecture: string }): Family {
  const found = FAMILIES.find((family) => family.name === architecture);
  if (!found) throw new LabError("internal", `There is no model family ${architecture}.`);
  return found;
}
