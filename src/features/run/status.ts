// The status sentence: round, phase, progress, time left, and what choosing has cost so far. Pure.
import type { Phase } from "../../lib/events";
import { count, duration, percent, plural, roughly } from "../../lib/format";
import type { Outline } from "../../log/outline";
import type { PlayerKind } from "../../store/player";
import { choosingShare, SHARE_OF } from "../../log/share";
import type { LogPhase } from "../../log/phases";
import type { RunView } from "../../log/view";

export interface LiveProgress {
  state: "running" | "paused" | "stopping";
  phase: Phase;
  round: number;
  rounds: number;
  step: number;
  steps: number;
  done: number;
  total: number;
  leftMs: [number, number] | null;
  tokensPerSecond: number | null;
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

/** The phase in words, with how far it is. `done` of `total` are samples, steps or answers. */
export function phaseWords(
  phase: LogPhase,
  view: RunView,
  done: number | null,
  total: number | null,
): string {
  const of = done !== null && total !== null && total > 0 ? ` ${count(done)} of ${count(total)}` : "";
  switch (phase) {
    case "load":
      return "loading the model";
    case "score":
      return of ? `scoring${of} questions` : `scoring ${plural(view.samples.length, "question")}`;
    case "judge":
      return `forecasting${of}`;
    case "rollout":
      return `writing answers${of}`;
    case "train":
      return of ? `training step${of}` : "training";
    case "evaluate":
      return of ? `testing${of} questions` : `testing on ${plural(view.testSize, "question")}`;
    case "compare":
      return "comparing estimators";
    case "save":
      return "saving a checkpoint";
  }
}

function leftWords(outline: Outline, clockMs: number, live: LiveProgress | null, kind: PlayerKind): string {
  if (kind === "live") {
    if (!live?.leftMs) return "";
    const [low, high] = live.leftMs;
    const [a, b] = [roughly(low), roughly(high)];
    return a === b ? `about ${a} left` : `${a} to ${b} left`;
  }
  const left = outline.endMs - clockMs;
  return left > 500 ? `about ${roughly(left)} left` : "";
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
  const lead = round === 0 ? "Before training" : `Round ${round} of ${rounds}`;
  if (live)
    return {
      lead,
      phase: phaseWords(phase, view, live.done, live.total),
      left: leftWords(outline, clockMs, live, kind),
      cost,
    };
  const perRound = rounds > 0 ? Math.round(steps / rounds) : 0;
  const inRound = Math.min(perRound, view.step - (round - 1) * perRound + 1);
  const training = phase === "train" && perRound > 0 && round > 0;
  return {
    lead,
    phase: phaseWords(phase, view, training ? inRound : null, training ? perRound : null),
    left: leftWords(outline, clockMs, live, kind),
    cost,
  };
}

export function statusSentence(status: Status): string {
  return `${[status.lead, status.phase, status.left].filter(Boolean).join(", ")}.`;
}
