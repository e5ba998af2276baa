// The list of runs, those stored in this browser and the recorded ones: open, resume, delete, export.
import { useEffect, useState } from "react";
import { asLabError, LabError } from "../../lib/errors";
import { plural } from "../../lib/format";
import { followRun, runsInTraining } from "../../store/otherTabs";
import { useLab } from "../../store/hooks";
import { eventsOfRun, removeRun, storedRuns, openStoredRun, type RunRecord } from "../../store/storedData";
import { openEntry, showProblem } from "../../store/lab";
import { isPersistent } from "../../store/persistence";
import { useLive } from "../../store/live";
import { ask, resumeRun } from "../../store/session";
import { saveArchive } from "../../ui/controls/archive";
import { Fault } from "../../ui/controls/Fault";
import { Sheet } from "../../ui/controls/Sheet";

const stateWords: Record<RunRecord["status"], string> = {
  running: "interrupted",
  paused: "paused",
  stopped: "stopped",
  done: "finished",
  failed: "failed",
};

async function exportAdapter(run: RunRecord): Promise<void> {
  const answer = await ask({ type: "run.export", runId: run.runId, what: "adapter" });
  if (answer.type === "run.exported") await saveArchive(`${run.runId}-adapter`, answer.files);
}

export function RunsPanel({ onClose }: { onClose: () => void }) {
  const catalogue = useLab((state) => state.catalogue) ?? [];
  const busy = useLive((state) => !["idle", "finished"].includes(state.state));
  const active = useLive((state) => state.runId);
  const [runs, setRuns] = useState<RunRecord[] | null>(null);
  /** Runs that another tab trains. */
  const [others, setOthers] = useState<ReadonlySet<string>>(new Set());
  const [fault, setFault] = useState<LabError | null>(null);
  const [kept, setKept] = useState(true);
  const guarded = (work: () => Promise<void>): void => {
    setFault(null);
    work().catch((thrown: unknown) => setFault(asLabError(thrown)));
  };
  const refresh = async (): Promise<void> => {
    const list = await storedRuns();
    setOthers(await runsInTraining(list));
    setRuns(list);
  };
  useEffect(() => {
    guarded(refresh);
    void isPersistent().then(setKept);
  }, []);
  const goOn = (run: RunRecord): void =>
    guarded(async () => {
      const events = await eventsOfRun(run.runId);
      onClose();
      await resumeRun(run.runId, run.config, events);
    });
  const remove = (run: RunRecord): void =>
    guarded(async () => {
      // Another tab may have resumed it after the list was read.
      const elsewhere = (await runsInTraining([run])).has(run.runId);
      if (!elsewhere) await removeRun(run.runId);
      await refresh();
      if (elsewhere)
        throw new LabError(
          "config",
          `The run ${run.name} is running in another tab.`,
          "Stop it in that tab or close the tab, then delete it here.",
        );
    });
  return (
    <Sheet title="Runs" place="panel" onClose={onClose}>
      <Fault fault={fault} />
      <h3>My runs, stored in this browser</h3>
      {runs?.length === 0 && (
        <p className="aside">None yet. A run on your GPU is stored here, with a checkpoint each round.</p>
      )}
      {!kept && runs !== null && runs.length > 0 && (
        <p className="aside">
          This browser may delete them all when the disk is nearly full. Export what you want to keep.
        </p>
      )}
      <ul className="runs">
        {runs?.map((run) => {
          const going = busy && run.runId === active;
          const elsewhere = !going && others.has(run.runId);
          const now = going ? "running now" : elsewhere ? "running in another tab" : stateWords[run.status];
          return (
            <li key={run.runId}>
              <span>
                {run.name}
                <span className="aside">
                  {" "}
                  {now}, round {run.round}, {plural(run.step, "step")},{" "}
                  {new Date(run.createdAt).toLocaleString("en-GB", {
                    dateStyle: "medium",
                    timeStyle: "short",
                  })}
                </span>
              </span>
              <span className="acts">
                {elsewhere ? (
                  <button
                    type="button"
                    className="button small"
                    disabled={busy}
                    onClick={() => {
                      onClose();
                      void followRun(run.runId).catch(showProblem);
                    }}
                  >
                    Follow
                  </button>
                ) : (
                  <button
                    type="button"
                    className="button small"
                    onClick={() => guarded(() => openStoredRun(run.runId).then(onClose))}
                    disabled={going}
                  >
                    Open
                  </button>
                )}
                {run.status !== "done" && !elsewhere && (
                  <button type="button" className="button small" disabled={busy} onClick={() => goOn(run)}>
                    Resume
                  </button>
                )}
                <button
                  type="button"
                  className="button small"
                  disabled={busy || run.step === 0}
                  onClick={() => guarded(() => exportAdapter(run))}
                >
                  Export adapter
                </button>
                <button
                  type="button"
                  className="button small"
                  disabled={going || elsewhere}
                  onClick={() => remove(run)}
                >
                  Delete
                </button>
              </span>
            </li>
          );
        })}
      </ul>
      <h3>Recorded runs that come with the lab</h3>
      <ul className="runs">
        {catalogue.map((entry) => (
          <li key={entry.id}>
            <span>
              {entry.title}
              <span className="aside">
                {" "}
                {entry.strategy}, seed {entry.seed}
              </span>
            </span>
            <button
              type="button"
              className="button small"
              disabled={busy}
              onClick={() => {
                void openEntry(entry);
                onClose();
              }}
            >
              Open
            </button>
          </li>
        ))}
      </ul>
    </Sheet>
  );
}
