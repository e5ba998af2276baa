// Which tab owns a run. The owner has a token that every write must show, and renews a timestamp (the heartbeat)
// while it lives. A tab that has lost a run without knowing it can therefore write nothing into the new owner's
// log.
import { LabError } from "../../lib/errors";
import { inTransaction } from "./open";
import { needed } from "./runs";
import type { LabDb, RunRecord } from "./schema";

/** ms between two heartbeats. */
export const BEAT_MS = 2000;
/** Without Web Locks, an owner whose last heartbeat is older than this counts as dead. ms */
export const SILENT_MS = 15_000;

/** Whether the heartbeat of the run's owner is recent. */
export function beats({ owner, beatAt }: Pick<RunRecord, "owner" | "beatAt">, now = Date.now()): boolean {
  return owner !== undefined && beatAt !== undefined && now - beatAt < SILENT_MS;
}

export function elsewhere(name: string): LabError {
  return new LabError(
    "config",
    `The run ${name} is running in another tab.`,
    "Follow it here, or resume it here after that tab has stopped it or is closed.",
  );
}

/**
 * Makes `owner` the run's owner.
 * @param locked the caller holds the run's lock, so that whoever owned it before is gone
 * @throws LabError "config" when another owner still lives
 */
export async function claimRun(
  db: LabDb,
  runId: string,
  owner: string,
  locked: boolean,
  now = Date.now(),
): Promise<void> {
  await inTransaction(db, ["runs"], "take the run", 0, async (tx) => {
    const runs = tx.objectStore("runs");
    const run = needed(await runs.get(runId), runId);
    if (!locked && run.owner !== owner && beats(run, now)) throw elsewhere(run.name);
    await runs.put({ ...run, owner, beatAt: now });
  });
}

/** Renews the heartbeat; `null` = the owner releases the run. Does nothing if the run has another owner. */
export async function beatRun(db: LabDb, runId: string, owner: string, now: number | null): Promise<void> {
  await inTransaction(db, ["runs"], "mark the run as live", 0, async (tx) => {
    const runs = tx.objectStore("runs");
    const run = await runs.get(runId);
    if (run?.owner === owner) await runs.put({ ...run, beatAt: now ?? 0 });
  });
}
