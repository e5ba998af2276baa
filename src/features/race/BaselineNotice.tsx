// Explains in one sentence why the run on the page is not compared with another, and offers the two ways to a fair
// comparison: run random order now, or choose a stored run that was made with the same data, model and settings.
import { RANDOM_ORDER, strategyLabel } from "../../curriculum/registry";
import { useEffect, useState } from "react";
import { faultSentence, runFacts } from "../../store/comparable";
import { comparableRuns, setStoredBaseline, type OwnRun } from "../../store/baseline";
import { useFact, useLab } from "../../store/hooks";
import { useLive } from "../../store/live";
import { startBaseline } from "../../store/session";
import { strategyOf } from "../../log/config";

/** The user's runs that can be the baseline of the one on the page; looked for again when a run has ended. */
function useComparable(wanted: boolean, busy: boolean): OwnRun[] {
  const player = useLab((state) => state.player);
  const [found, setFound] = useState<{ of: unknown; runs: OwnRun[] }>({ of: null, runs: [] });
  useEffect(() => {
    const own = wanted && !busy && player ? runFacts(player.events) : null;
    if (!own) return;
    let here = true;
    // A browser without storage has no runs to offer.
    comparableRuns(own).then(
      (runs) => here && setFound({ of: player, runs }),
      () => undefined,
    );
    return () => {
      here = false;
    };
  }, [player, wanted, busy]);
  return found.of === player && wanted ? found.runs : [];
}

export function BaselineNotice() {
  const player = useLab((state) => state.player);
  const rejected = useLab((state) => state.rejected);
  const alone = useLab((state) => state.baseline === null && state.pending === null);
  const busy = useLive((state) => !["idle", "finished"].includes(state.state));
  const strategy = useFact(player, strategyOf);
  const known = useFact(player, (view) => view.poolName !== "");
  const open = player !== null && player.kind !== "recorded" && alone && known;
  const runs = useComparable(open, busy);
  if (!open || (!rejected && runs.length === 0)) return null;
  const name = rejected ? strategyLabel(rejected.strategy) : "";
  const subject = rejected?.entry ? `The recorded ${name}` : `Your run in ${name}`;
  return (
    <div className="baseline-notice" role="note" aria-label="What this run is compared with">
      {rejected && (
        <p>
          {faultSentence(subject, rejected.faults)} The two are therefore not compared.
          {busy && " After this run, you can run random order with the same settings."}
        </p>
      )}
      {!busy && (
        <div className="acts">
          {strategy !== RANDOM_ORDER && (
            <button type="button" className="button small" onClick={() => void startBaseline()}>
              Run random order now
            </button>
          )}
          {runs.map((run) => (
            <button
              key={run.runId}
              type="button"
              className="button small"
              onClick={() => void setStoredBaseline(run.runId)}
            >
              Compare with my {strategyLabel(run.strategy)}, seed {run.seed}
              <small>{run.name}</small>
            </button>
          ))}
        </div>
      )}
    </div>
  );
}
