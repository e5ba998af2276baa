// The status sentence: round, phase, progress, time left, and what choosing has cost so far. Pure.
import type { Progress } from "../../lib/events";
import { duration, percent, plural } from "../../lib/format";
import type { Outline } from "../../log/outline";
import { leftWords, phaseWords, roundWords } from "../../log/progress";
import type { PlayerKind } from "../../store/player";
import { choosingShare, SHARE_OF } from "../../log/share";
import type { RunView } from "../../log/view";

export interface LiveProgress extends Progress {
  state: "running" | "paused" | "stopping";
  gpuBytes: number;
}

export interface Status {
  /** "Round 2 of 5" */
  lead: string;
  /** "training step 6 of 8" */
  phase: string;
  /** "about 40 s left"; may be empty. */
  left: string;
  /** "choosing has cost 21 % of the time for choosing and training so far"; may be empty. */
  cost: string;
}

/** ms that are left, least and most; null where they are not told. */
function leftOf(outline: Outline, clockMs: number, live: LiveProgress | null, kind: PlayerKind) {
  if (kind === "live") return live?.leftMs ?? null;
  const left = outline.endMs - clockMs;
  return left > 500 ? ([left, left] as const) : null;
}

export function statusOf(
  view: RunView,
  outline: Outline,
  clockMs: number,
  kind: PlayerKind,
  live: LiveProgress | null,
): Status {
  const share = choosingShare(view);
  const cost = share ? `choosing has cost ${percent(share)} ${SHARE_OF} so far` : "";
  if (view.status === "empty" && kind === "live")
    return { lead: "Starting", phase: "loading the model and the questions", left: "", cost: "" };
  if (view.status === "empty" && outline.endMs > 0)
    return { lead: "At the start", phase: "nothing has happened yet", left: "", cost: "" };
  if (view.status === "empty") return { lead: "Opening", phase: "reading the run log", left: "", cost: "" };
  if (view.status === "failed")
    return { lead: "Stopped by an error", phase: view.failure?.reason ?? "", left: "", cost };
  if (view.status === "done" || view.status === "stopped") {
    const lead = view.status === "done" ? "Finished" : "Stopped";
    const rounds = view.rounds.length > 0 ? `${plural(view.rounds.length, "round")}, ` : "";
    return {
      lead,
      phase: `${rounds}${plural(view.step, "step")} in ${duration(outline.endMs)}`,
      left: "",
      cost,
    };
  }
  const open = view.phases.at(-1);
  const phase = live?.phase ?? open?.phase ?? "load";
  const round = live?.round ?? open?.round ?? view.round;
  const { rounds, steps } = view.planned;
  const lead = roundWords(round, rounds);
  const left = leftWords(leftOf(outline, clockMs, live, kind));
  const sizes = { pool: view.samples.length, test: view.testSize };
  if (live) return { lead, phase: phaseWords(phase, live, sizes), left, cost };
  const perRound = rounds > 0 ? Math.round(steps / rounds) : 0;
  const inRound = Math.min(perRound, view.step - (round - 1) * perRound + 1);
  const training = phase === "train" && perRound > 0 && round > 0;
  const extent = training ? { done: inRound, total: perRound } : null;
  return { lead, phase: phaseWords(phase, extent, sizes), left, cost };
}

export function statusSentence(status: Status): string {
  return `${[status.lead, status.phase, status.left].filter(Boolean).join(", ")}.`;
}
