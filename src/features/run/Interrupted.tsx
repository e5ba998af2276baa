// A run that a closed tab or a crash cut off: one click goes on from its last checkpoint.
import { useEffect, useState } from "react";
import type { RunRecord } from "../../data/db";
import { showProblem } from "../../store/lab";
import { useLive } from "../../store/live";
import { resumeRun } from "../../store/session";

/** The newest run that was cut off within the last week, if any; the database is opened after the first picture. */
function useInterrupted(): [RunRecord | null, () => void] {
  const [run, setRun] = useState<RunRecord | null>(null);
  useEffect(() => {
    const timer = setTimeout(() => {
      void (async () => {
        const known = (await indexedDB.databases?.()) ?? [];
        if (!known.some((db) => db.name === "proximal")) return;
        const { listRuns, openLabDb } = await import("../../data/db");
        const db = await openLabDb();
        const newest = (await listRuns(db))[0];
        db.close();
        if (newest && (newest.status === "running" || newest.status === "paused")) setRun(newest);
      })().catch(() => undefined);
    }, 1500);
    return () => clearTimeout(timer);
  }, []);
  return [run, () => setRun(null)];
}

export function Interrupted() {
  const [run, forget] = useInterrupted();
  const idle = useLive((state) => state.state === "idle");
  if (!run || !idle) return null;
  const resume = async (): Promise<void> => {
    const { openLabDb, readEvents } = await import("../../data/db");
    const db = await openLabDb();
    const events = await readEvents(db, run.runId);
    db.close();
    forget();
    await resumeRun(run.runId, run.config, events);
  };
  return (
    <section className="message calm" aria-label="Interrupted run">
      <p>
        <b>{run.name}</b> was interrupted in round {run.round}, after step {run.step}. It can go on from its
        last checkpoint.
      </p>
      <div className="acts">
        <button type="button" className="button main" onClick={() => void resume().catch(showProblem)}>
          Resume
        </button>
        <button type="button" className="button" onClick={forget}>
          Not now
        </button>
      </div>
    </section>
  );
}
