// An error message: what went wrong, what to do next, and a button that copies the details for a report.
import { useState } from "react";
import { dismissProblem } from "../../store/lab";
import { useLab } from "../../store/hooks";

export function ProblemCard() {
  const problem = useLab((state) => state.problem);
  const [copied, setCopied] = useState(false);
  if (!problem) return null;
  return (
    <div className="message" role="alert">
      <p>
        <b>{problem.message}</b>
      </p>
      {problem.hint && <p>{problem.hint}</p>}
      <div className="acts">
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
