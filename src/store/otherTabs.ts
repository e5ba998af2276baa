// Runs that another tab of this page is training: finds out which they are, and follows their log without writing to it.
import type { RunRecord } from "../data/db";
import { lockedRuns, webLocks } from "../data/runLock";
import { findBaseline } from "./baseline";
import { withStored } from "./database";
import { lab, showRun } from "./lab";
import { Player } from "./player";

/** How often the database is asked for new records of a followed run, ms. */
export const POLL_MS = 1000;

/** Which of these runs some tab is training, this one included: by their locks, or by their heartbeats without locks. */
export async function runsInTraining(runs: readonly RunRecord[]): Promise<Set<string>> {
  const locks = webLocks();
  if (locks) return lockedRuns(locks);
  const { beats } = await import("../data/db");
  return new Set(runs.filter((run) => beats(run)).map(({ runId }) => runId));
}

export const isOpenEnded = ({ status }: RunRecord): boolean => status === "running" || status === "paused";

/**
 * Shows a run that another tab trains, and keeps up with it, whoever goes on with it should that tab die. It ends when
 * the run is over or the page shows something else.
 */
export async function followRun(runId: string): Promise<void> {
  const player = new Player("live");
  showRun(player, null);
  void findBaseline(player);
  let owner: string | undefined;
  for (;;) {
    const news = await withStored((db, { readNews }) =>
      readNews(db, runId, { count: player.events.length, owner }),
    );
    if (!news || lab.getState().player !== player) return;
    owner = news.run.owner;
    if (news.events.length > 0) player.append(news.events, news.first);
    if (!isOpenEnded(news.run)) return player.close();
    await new Promise((resolve) => setTimeout(resolve, POLL_MS));
    if (lab.getState().player !== player) return;
  }
}
