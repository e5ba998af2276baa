// One training step kernel by kernel: timed by the GPU's own clock when the user asks for it, and saved as a trace
// file.
import { useState } from "react";
import { asLabError, type LabError } from "../../lib/errors";
import { useLab } from "../../store/hooks";
import { useLive } from "../../store/live";
import { profileStep } from "../../store/session";
import { stack } from "../../ui/charts/stack";
import { Picture } from "../../ui/controls/Picture";
import { saveFile } from "../../ui/controls/save";
import { Bars } from "./Bars";
import { chromeTrace, kernelRows, kernelTable, profileSentence } from "./profile";

const NAMES = 150;

/** Why no step can be timed now, in a sentence; null where one can. */
function useHindrance(): string | null {
  const onGpu = useLab((state) => state.player?.kind === "live");
  const state = useLive((live) => live.state);
  const timestamps = useLive((live) => live.device?.features.includes("timestamp-query") ?? null);
  if (timestamps === false)
    return "This browser gives no GPU timestamps, so single kernels cannot be timed; whole phases are, above.";
  if (!onGpu || (state !== "running" && state !== "paused"))
    return "A step can be timed while a run on this GPU is under way or paused.";
  return null;
}

export function StepPicture() {
  const hindrance = useHindrance();
  const paused = useLive((live) => live.state === "paused");
  const phase = useLive((live) => live.progress?.phase ?? null);
  const profile = useLive((live) => live.profile);
  const ceiling = useLive((live) => live.ceiling);
  const [waiting, setWaiting] = useState(false);
  const [fault, setFault] = useState<LabError | null>(null);
  const time = async (): Promise<void> => {
    setWaiting(true);
    setFault(null);
    try {
      await profileStep();
    } catch (thrown) {
      setFault(asLabError(thrown));
    } finally {
      setWaiting(false);
    }
  };
  const sentence = profile
    ? profileSentence(profile)
    : "Each kernel of one training step, timed on the GPU’s own clock; the run’s numbers stay the same.";
  return (
    <Picture
      id="step-kernels"
      question="What does one step do?"
      sentence={sentence}
      table={profile ? () => kernelTable(profile, ceiling) : undefined}
      figure={profile ? () => stack(640, kernelRows(profile), NAMES, 100) : undefined}
    >
      {profile && (
        <Bars rows={kernelRows(profile)} names={NAMES} totals={100} name={`Time by kernel. ${sentence}`} />
      )}
      <div className="acts">
        {hindrance === null && (
          <button type="button" className="button small" disabled={waiting} onClick={() => void time()}>
            {paused ? "Take one step and time it" : "Time the next step"}
          </button>
        )}
        {profile && (
          <button
            type="button"
            className="button small"
            onClick={() => saveFile("training-step-trace.json", [chromeTrace(profile)], "application/json")}
          >
            Save as a Chrome trace
          </button>
        )}
      </div>
      {hindrance !== null && <p className="aside">{hindrance}</p>}
      <p className="aside" role="status">
        {waiting && (phase === "train" ? "Timing the next step…" : "Waiting for the next training step…")}
        {!waiting && fault && `${fault.message} ${fault.hint}`}
      </p>
      {profile && (
        <p className="aside">
          Browsers may round these times; kernels shorter than their steps then show as 0. The trace opens in
          Perfetto or chrome://tracing.
        </p>
      )}
    </Picture>
  );
}
