// The main buttons. For a recorded run: run it live, play or pause, step, settings. For a live run: pause or
// resume, step, stop.
import { RANDOM_ORDER } from "../../curriculum/registry";
import { bytes } from "../../lib/format";
import { strategyOf } from "../../log/config";
import { showPanel } from "../../store/lab";
import { useFact, useLab, useTransport } from "../../store/hooks";
import { useLive } from "../../store/live";
import {
  showRunUnderWay,
  showsLive,
  startBaseline,
  startRun,
  stepRun,
  stopRun,
  toggleRun,
} from "../../store/session";
import { MODEL_BYTES } from "./modelBytes";

export function RunButtons({ onChange }: { onChange: () => void }) {
  const player = useTransport(useLab((state) => state.player));
  const baseline = useLab((lab) => lab.baseline !== null || lab.pending !== null);
  const shown = useLab(showsLive);
  const random = useFact(player, (view) => strategyOf(view) === RANDOM_ORDER || view.status === "empty");
  const state = useLive((live) => live.state);
  const busy = state !== "idle" && state !== "finished";
  const live = shown && busy;
  if (live) {
    const paused = state === "paused";
    return (
      <div className="acts">
        <button
          type="button"
          className="button main"
          onClick={toggleRun}
          disabled={state === "stopping" || state === "starting"}
        >
          {paused ? "Resume" : "Pause"}
        </button>
        <button type="button" className="button" onClick={() => stepRun("step")} disabled={!paused}>
          One step
        </button>
        <button type="button" className="button" onClick={() => stepRun("round")} disabled={!paused}>
          One round
        </button>
        <button type="button" className="button" onClick={stopRun} disabled={state === "stopping"}>
          {state === "stopping" ? "Stopping…" : state === "starting" ? "Stop" : "Stop and save"}
        </button>
      </div>
    );
  }
  const alone = player !== null && player.kind !== "recorded" && !busy && !baseline && !random;
  return (
    <div className="acts">
      {alone && (
        <button type="button" className="button main" onClick={() => void startBaseline()}>
          Run random order to compare
        </button>
      )}
      {busy ? (
        <button
          type="button"
          className="button main"
          onClick={showRunUnderWay}
          disabled={state === "starting"}
        >
          Back to the current run
        </button>
      ) : (
        <button type="button" className={`button ${alone ? "" : "main"}`} onClick={() => void startRun()}>
          Run on my GPU <small>{bytes(MODEL_BYTES)}</small>
        </button>
      )}
      <button type="button" className="button" onClick={toggleRun} disabled={!player}>
        {player?.playing ? "Pause" : "Play"}
      </button>
      <button type="button" className="button" onClick={() => stepRun("step")} disabled={!player}>
        Step
      </button>
      <button type="button" className="button" onClick={onChange}>
        Settings…
      </button>
      <button type="button" className="button" onClick={() => showPanel("pilot")}>
        Does it pay here?
      </button>
    </div>
  );
}
