// The very words: what the policy read before it forecast, and what it wrote.
import { useState } from "react";
import type { RunView } from "../../store/view";
import { Picture } from "../../ui/controls/Picture";

export function JudgmentInspector({ view }: { view: RunView }) {
  const shown = view.judged.flatMap((step) => (step.shown ?? []).map((one) => ({ ...one, step: step.step })));
  const [chosen, setChosen] = useState<number | null>(null);
  const at = chosen === null ? shown.length - 1 : Math.min(chosen, shown.length - 1);
  const one = shown[at];
  if (!one) return null;
  const group = view.groups.find(
    (candidate) => candidate.step === one.step && candidate.sample === one.sample,
  );
  const outcome =
    one.forecast === null
      ? "It could not be read as a number."
      : group
        ? `Its answers then varied by ${group.variance.toFixed(3)}.`
        : "It was not picked, so nobody knows whether this was right.";
  return (
    <Picture
      id="judgment"
      question="What did it read, and what did it say?"
      sentence={`Step ${one.step}: the forecast was ${one.forecast === null ? "unreadable" : one.forecast.toFixed(3)}. ${outcome}`}
      table={() => ({
        columns: ["#Step", "#Sample", "Context", "Judgment", "#Forecast"],
        rows: shown.map((row) => [
          row.step,
          row.sample,
          row.context,
          row.judgment,
          row.forecast?.toFixed(3) ?? "none",
        ]),
      })}
      tools={
        <span className="group-nav">
          <button
            type="button"
            className="button small"
            aria-label="Earlier judgment"
            disabled={at === 0}
            onClick={() => setChosen(at - 1)}
          >
            ◂
          </button>
          <span className="aside">
            {at + 1} of {shown.length}
          </span>
          <button
            type="button"
            className="button small"
            aria-label="Later judgment"
            disabled={at === shown.length - 1}
            onClick={() => setChosen(at + 1 === shown.length - 1 ? null : at + 1)}
          >
            ▸
          </button>
        </span>
      }
    >
      <pre className="context" tabIndex={0} role="region" aria-label="Context and judgment">
        {one.context}
        <mark>{one.judgment}</mark>
      </pre>
    </Picture>
  );
}
