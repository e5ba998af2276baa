// The races that came with the page: fetched when one first looks at them.
import { LabError } from "../lib/errors";
import type { Multiples } from "../race/multiples";

let asked: Promise<Multiples> | null = null;

async function fetchRaces(): Promise<Multiples> {
  const response = await fetch(new URL("races.json", document.baseURI));
  if (!response.ok)
    throw new LabError("network", "The recorded races cannot be read.", "Reload the page.", {
      status: response.status,
    });
  return (await response.json()) as Multiples;
}

/** @throws LabError "network"; a failed try is made again at the next call */
export function recordedRaces(): Promise<Multiples> {
  asked ??= fetchRaces().catch((thrown: unknown) => {
    asked = null;
    throw thrown;
  });
  return asked;
}
