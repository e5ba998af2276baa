// An error message: what went wrong, what to do next, buttons that do what it advises, and one that copies the details for a
// report.
import { useState } from "react";
import { changeSettings, dismissProblem, ownDataset, showPanel } from "../../store/lab";
import { useLab } from "../../store/hooks";
import { startRun } from "../../store/session";

/** Values of a setting that an error may advise, as people say it. */
const ADVISED: Record<string, readonly (readonly [label: string, value: string])[]> = {
  "data.unusable": [["Leave out such rows", "leave out"]],
  "data.tooLong": [
    ["Leave out such rows", "leave out"],
    ["Cut their answers", "cut"],
  ],
};

export function ProblemCard() {
  const problem = useLab((state) => state.problem);
  const changes = useLab((state) => state.changes);
  const [copied, setCopied] = useState(false);
  if (!problem) return null;
  const { setting } = problem;
  const advise = (value: string): void => {
    changeSettings({ ...changes, [setting!]: value });
    dismissProblem();
    void startRun();
  };
  const isOwn = setting?.startsWith("data.") && ownDataset(changes) !== null;
  return (
    <div className="message" role="alert">
      <p>
        <b>{problem.message}</b>
      </p>
      {problem.hint && <p>{problem.hint}</p>}
      <div className="acts">
        {(ADVISED[setting ?? ""] ?? []).map(([label, value]) => (
          <button key={value} type="button" className="button small" onClick={() => advise(value)}>
            {label}, and run
          </button>
        ))}
        {isOwn && (
          <button type="button" className="button small" onClick={() => showPanel("data")}>
            Open My questions
          </button>
        )}
        <button
          type="button"
          className="button small"
          onClick={() => void navigator.clipboard.writeText(problem.details).then(() => setCopied(true))}
        >
          {copied ? "Copied" : "Copy details"}
        </button>
        <button type="button" className="button small" onClick={() => dismissProblem()}>
          Close
        </button>
      </div>
    </div>
  );
}
