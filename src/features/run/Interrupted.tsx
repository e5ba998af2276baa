// Offers to continue the newest run if it is unfinished: after a closed tab or a crash it resumes with one click. While
// another tab trains it, it can only be followed here.
import { useEffect, useState } from "react";
import { followRun, isOpenEnded, POLL_MS, runsInTraining } from "../../store/otherTabs";
import { eventsOfRun, newestStoredRun, type RunRecord } from "../../store/storedData";
import { showProblem } from "../../store/lab";
import { useLive } from "../../store/live";
import { resumeRun } from "../../store/session";

interface Unfinished {
  run: RunRecord;
  /** Another tab trains it. */
  elsewhere: boolean;
}

async function look(): Promise<Unfinished | null> {
  const run = await newestStoredRun();
  if (!run || !isOpenEnded(run)) return null;
  return { run, elsewhere: (await runsInTraining([run])).has(run.runId) };
}

/** Looks for an unfinished run after the first picture is shown, and then regularly, because other tabs start and end runs. */
function useUnfinished(busy: boolean): Unfinished | null {
  const [found, setFound] = useState<Unfinished | null>(null);
  useEffect(() => {
    if (busy) return;
    let timer: ReturnType<typeof setTimeout> | null = null;
    let over = false;
    const again = async (): Promise<void> => {
      const now = await look().catch(() => null);
      if (over) return;
      setFound(now);
      timer = setTimeout(() => void again(), POLL_MS);
    };
    timer = setTimeout(() => void again(), 1500);
    return () => {
      over = true;
      if (timer !== null) clearTimeout(timer);
      setFound(null);
    };
  }, [busy]);
  return found;
}

export function Interrupted() {
  const busy = useLive((state) => state.state !== "idle" && state.state !== "finished");
  const found = useUnfinished(busy);
  const [hidden, hide] = useState<string | null>(null);
  const [followed, setFollowed] = useState<string | null>(null);
  if (!found || busy) return null;
  const { run, elsewhere } = found;
  // A notice that was closed while the run was live appears again when the run is interrupted.
  const key = `${run.runId} ${elsewhere ? "live" : "cut off"}`;
  if (hidden === key) return null;
  const resume = async (): Promise<void> => {
    await resumeRun(run.runId, run.config, await eventsOfRun(run.runId));
  };
  const follow = async (): Promise<void> => {
    setFollowed(run.runId);
    await followRun(run.runId).finally(() => setFollowed(null));
  };
  const later = (
    <button type="button" className="button" onClick={() => hide(key)}>
      Not now
    </button>
  );
  if (elsewhere)
    return (
      <section className="message calm" aria-label="Run in another tab">
        <p>
          <b>{run.name}</b> is running in another tab: round {run.round}, step {run.step}.{" "}
          {followed === run.runId
            ? "This tab follows it. Pause or stop it in the other tab."
            : "You can follow it here, and resume it here after that tab has stopped it or is closed."}
        </p>
        {followed !== run.runId && (
          <div className="acts">
            <button type="button" className="button main" onClick={() => void follow().catch(showProblem)}>
              Follow it here
            </button>
            {later}
          </div>
        )}
      </section>
    );
  return (
    <section className="message calm" aria-label="Interrupted run">
      <p>
        <b>{run.name}</b> was interrupted in round {run.round}, after step {run.step}. It can continue from
        its last checkpoint.
      </p>
      <div className="acts">
        <button type="button" className="button main" onClick={() => void resume().catch(showProblem)}>
          Resume
        </button>
        {later}
      </div>
    </section>
  );
}
