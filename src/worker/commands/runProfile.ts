// run.profile: times the next training step of the run under way by kernel; a paused run takes one.
import { LabError } from "../../lib/errors";
import type { Session } from "../session";
import type { CommandOf } from "./command";

export async function profileRun(
  { options, active }: Session,
  { requestId, runId }: CommandOf<"run.profile">,
): Promise<void> {
  const { timer } = options.host;
  // Until its model is loaded, a run has no timer of its own.
  if (!timer || active?.runId !== runId || active.loading)
    throw new LabError("config", "No run is under way whose step could be timed.", "Start a run first.");
  const timed = timer.next();
  const { control } = active;
  if (control.state === "paused") control.step("step");
  options.post({ type: "run.profiled", requestId, runId, profile: await timed });
}
