// Compares the model's first and latest answers to the same test questions. Pure.
import type { ProbeAnswer } from "../../lib/events";
import { plural } from "../../lib/format";
import type { RunView } from "../../log/view";

export interface BeforeNow {
  promptId: string;
  prompt: string;
  expected: string;
  before: ProbeAnswer;
  now: ProbeAnswer;
  nowRound: number;
}

/** Pairs of answers, before training and after `round` (or the newest at or before it). */
export function pairsOf(view: RunView, round: number): BeforeNow[] {
  const first = view.probes[0];
  const last = view.probes.findLast((probe) => probe.round <= round) ?? first;
  if (!first || !last) return [];
  return first.answers.flatMap((before) => {
    const now = last.answers.find((answer) => answer.promptId === before.promptId);
    if (!now) return [];
    const { promptId, prompt, expected } = before;
    return [{ promptId, prompt, expected, before, now, nowRound: last.round }];
  });
}

export function meanEntropy(answer: ProbeAnswer): number {
  return answer.entropy.length === 0
    ? NaN
    : answer.entropy.reduce((sum, e) => sum + e, 0) / answer.entropy.length;
}

export function answersSentence(pairs: readonly BeforeNow[]): string {
  if (pairs.length === 0) return "The first answers come before training starts.";
  const right = (side: "before" | "now"): number =>
    pairs.filter((pair) => pair[side].correct === true).length;
  const round = pairs[0].nowRound;
  const asked = plural(pairs.length, "fixed question");
  if (round === 0) return `Before training ${right("before")} of ${asked} are answered right.`;
  const worse = pairs.filter((pair) => pair.before.correct === true && pair.now.correct === false).length;
  const tail = worse > 0 ? ` ${plural(worse, "answer")} got worse.` : "";
  return `Of ${asked}, the model had ${right("before")} right before and has ${right("now")} right after round ${round}.${tail}`;
}

/** Thickness of the underline in px: 1 if the model was sure of the token, up to 6 if it was undecided. */
export function underline(entropyNats: number): number {
  return 1 + 5 * Math.min(1, Math.max(0, entropyNats) / 2);
}
