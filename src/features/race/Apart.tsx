// Why no other line stands here, in one sentence, and the two ways to a fair one: run random order now, or take a run
// of one's own that was made of the same. A recorded line never stands beside a run that it was not made for.
import { CHANCE, strategyLabel } from "../../curriculum/registry";
import { useEffect, useState } from "react";
import { faultSentence, runFacts } from "../../store/comparable";
import { agreeingRuns, putStoredBeside, type OwnRun } from "../../store/beside";
import { useFact, useLab } from "../../store/hooks";
import { useLive } from "../../store/live";
import { startBeside } from "../../store/session";
import { strategyOf } from "../../log/config";

/** The person's runs that may stand beside the one on the page; looked for again when a run has ended. */
function useAgreeing(wanted: boolean, busy: boolean): OwnRun[] {
  const player = useLab((state) => state.player);
  const [found, setFound] = useState<{ of: unknown; runs: OwnRun[] }>({ of: null, runs: [] });
  useEffect(() => {
    const own = wanted && !busy && player ? runFacts(player.events) : null;
    if (!own) return;
    let here = true;
    // A browser without storage has no runs to offer.
    agreeingRuns(own).then(
      (runs) => here && setFound({ of: player, runs }),
      () => undefined,
    );
    return () => {
      here = false;
    };
  }, [player, wanted, busy]);
  return found.of === player && wanted ? found.runs : [];
}

export function Apart() {
  const player = useLab((state) => state.player);
  const apart = useLab((state) => state.apart);
  const alone = useLab((state) => state.beside === null && state.coming === null);
  const busy = useLive((state) => !["idle", "finished"].includes(state.state));
  const strategy = useFact(player, strategyOf);
  const known = useFact(player, (view) => view.poolName !== "");
  const open = player !== null && player.kind !== "recorded" && alone && known;
  const runs = useAgreeing(open, busy);
  if (!open || (!apart && runs.length === 0)) return null;
  const name = apart ? strategyLabel(apart.strategy) : "";
  const subject = apart?.entry ? `The recorded ${name}` : `Your run in ${name}`;
  return (
    <div className="apart" role="note" aria-label="What stands beside this run">
      {apart && (
        <p>
          {faultSentence(subject, apart.faults)} It is not drawn beside this run.
          {busy && " When this run is over, random order can be run to the same plan."}
        </p>
      )}
      {!busy && (
        <div className="acts">
          {strategy !== CHANCE && (
            <button type="button" className="button small" onClick={() => void startBeside()}>
              Run random order now
            </button>
          )}
          {runs.map((run) => (
            <button
              key={run.runId}
              type="button"
              className="button small"
              onClick={() => void putStoredBeside(run.runId)}
            >
              Take my {strategyLabel(run.strategy)}, seed {run.seed}
              <small>{run.name}</small>
            </button>
          ))}
        </div>
      )}
    </div>
  );
}
