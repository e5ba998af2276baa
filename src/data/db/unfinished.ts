// Which runs a stored dataset is still needed for: those that could go on, and began with the rows that it has now.
import { rowsHash } from "../identity";
import type { RunIdentity } from "../../lib/events";
import { readSamples } from "./datasets";
import { keysOf, listRuns } from "./runs";
import type { LabDb, RunRecord } from "./schema";

/**
 * Unfinished runs whose settings name the dataset, newest first. A run that began with other rows under the same name
 * is left out: its log says so by SHA-256. Where a log notes no hashes, the name alone decides.
 */
export async function unfinishedRunsOn(db: LabDb, datasetId: string): Promise<RunRecord[]> {
  const source = `stored:${datasetId}`;
  const named = (await listRuns(db)).filter(({ status, config }) => {
    const { train, test } = dataOf(config);
    return status !== "done" && (train === source || test === source);
  });
  if (named.length === 0) return [];
  const train = await readSamples(db, datasetId, "train");
  const test = await readSamples(db, datasetId, "test");
  // A dataset without a test part of its own is asked as a whole where it is the test set.
  const now = { train: rowsHash(train), test: rowsHash(test.length > 0 ? test : train) };
  const began = await Promise.all(named.map(({ runId }) => identityOf(db, runId)));
  return named.filter(({ config }, i) => {
    const was = began[i];
    const data = dataOf(config);
    return (
      !was ||
      ((data.train !== source || was.train.hash === now.train) &&
        (data.test !== source || was.test.hash === now.test))
    );
  });
}

function dataOf(config: unknown): { train?: unknown; test?: unknown } {
  return (config as { data?: { train?: unknown; test?: unknown } } | null)?.data ?? {};
}

/** What the first record of a run's log says that it was made of; undefined where it does not. */
async function identityOf(db: LabDb, runId: string): Promise<RunIdentity | undefined> {
  const first = await db.transaction("events").store.openCursor(keysOf(runId));
  const record = first?.value.events[0];
  return record?.type === "run.started" ? record.identity : undefined;
}
