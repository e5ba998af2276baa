// run.pause, run.resume, run.step and run.stop: what the user tells the run under way, from its first moment on.
import { LabError } from "../../lib/errors";
import type { Session } from "../session";
import type { CommandOf } from "./command";

export function pauseRun({ active }: Session): void {
  active?.control.pause();
}

export function resumeRun({ active }: Session): void {
  active?.control.resume();
}

export function stepRun({ active }: Session, { unit }: CommandOf<"run.step">): void {
  active?.control.step(unit);
}

/** While the run loads, ends that: nothing of a new run is stored then. */
export function stopRun({ active }: Session): void {
  if (!active) return;
  active.control.stop();
  active.loading?.abort(
    new LabError("stopped", "The run was stopped while it loaded.", "Nothing of it was stored or changed."),
  );
  active.line.changed();
}
