// Additions to the picture "Which prompts did it choose, and why?": buttons to earlier and later steps. Until the
// user presses one, the newest step is shown.
import { showChoice } from "../../../store/lab";
import type { Frame } from "../../../pictures/picture";
import type { Parts } from "../../pictures/parts";
import { StepButtons } from "../StepButtons";

function Tools({ frame: { run, choice } }: { frame: Frame }) {
  return (
    <StepButtons
      at={Math.min(choice, run.judged.length - 1)}
      length={run.judged.length}
      name="step"
      onGo={showChoice}
    />
  );
}

export const parts: Parts = { Tools };
