// A run as the archive has it. Its config may be of an older version of the lab, so it is resolved here, where it
// enters; behind this every value of it is there.
import { resolveConfig, type ResolvedConfig } from "../config/schema";
import { LabError } from "../lib/errors";
import type { Archive, StoredRun } from "./archive";

export interface ResolvedRun extends StoredRun {
  config: ResolvedConfig;
}

/** @throws LabError "storage" when it is not there */
export async function neededRun(archive: Archive, runId: string): Promise<StoredRun> {
  const stored = await archive.find(runId);
  if (stored) return stored;
  throw new LabError("storage", `The run ${runId} is not stored here.`, "Import its checkpoint first.");
}

/** @throws LabError "storage" when it is not there, "config" when this version cannot read its settings */
export async function resolvedRun(archive: Archive, runId: string): Promise<ResolvedRun> {
  const stored = await neededRun(archive, runId);
  return { ...stored, config: resolveConfig(stored.config) };
}
