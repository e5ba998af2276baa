// Checkpoints in the database. The newest two of a run are kept, so that one is left if the other cannot be read.
import { compact, inTransaction, storedBytes } from "./open";
import { keysOf, owned } from "./runs";
import type { CheckpointRecord, LabDb } from "./schema";

const KEPT = 2;

/**
 * Writes a checkpoint and drops all but the newest two, in one transaction.
 * @param point.eventCount events of the log that belong to it; they must be stored already.
 * @param point.state anything that can be cloned; arrays inside are copied.
 * @throws LabError "storage" with the bytes needed and free; the older checkpoints stay.
 */
export async function saveCheckpoint(
  db: LabDb,
  runId: string,
  point: { round: number; step: number; eventCount: number; state: unknown },
  owner?: string,
): Promise<void> {
  const state = compact(point.state);
  const bytes = storedBytes(state);
  await inTransaction(db, ["runs", "checkpoints"], "save the checkpoint", bytes, async (tx) => {
    owned(await tx.objectStore("runs").get(runId), runId, owner);
    const store = tx.objectStore("checkpoints");
    const keys = await store.getAllKeys(keysOf(runId));
    const serial = (keys.at(-1)?.[1] ?? 0) + 1;
    await store.put({ ...point, state, runId, serial, bytes, savedAt: Date.now() });
    for (const key of keys.slice(0, Math.max(0, keys.length + 1 - KEPT))) await store.delete(key);
  });
}

/** The newest checkpoint whose events are all in the stored log, or null. */
export async function loadCheckpoint(db: LabDb, runId: string): Promise<CheckpointRecord | null> {
  const tx = db.transaction(["runs", "checkpoints"], "readonly");
  const run = await tx.objectStore("runs").get(runId);
  const all = await tx.objectStore("checkpoints").getAll(keysOf(runId));
  return all.findLast(({ eventCount }) => run !== undefined && eventCount <= run.eventCount) ?? null;
}
