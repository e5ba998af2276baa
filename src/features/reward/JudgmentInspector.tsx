// One judgment word for word: what the model read before it forecast, what it wrote, and how the forecast turned
// out.
import { judgmentSentence, judgmentTable, shownJudgments } from "../../pictures/reward/judgments";
import type { RunView } from "../../log/view";
import { Picture } from "../../ui/controls/Picture";
import { useStepButtons } from "./StepButtons";

export function JudgmentInspector({ view }: { view: RunView }) {
  const shown = shownJudgments(view.judged, view.groups);
  // The first of the newest step: the highest forecast, which was studied.
  const opening = shown.findIndex((one) => one.step === shown[shown.length - 1].step);
  const { at, tools } = useStepButtons(shown.length, opening, "judgment");
  const one = shown[at];
  if (!one) return null;
  return (
    <Picture
      id="judgment"
      question="What did it read, and what did it say?"
      sentence={judgmentSentence(one)}
      table={() => judgmentTable(shown)}
      tools={tools}
      legend={
        <>
          <span>V: how the rewards of the last prompts varied</span>
          <span>
            <mark>marked</mark>: what the model wrote
          </span>
        </>
      }
    >
      <pre className="context" tabIndex={0} role="region" aria-label="Context and judgment">
        {one.context}
        <mark>{one.judgment}</mark>
      </pre>
    </Picture>
  );
}
