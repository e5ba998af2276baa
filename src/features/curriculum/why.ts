// The reason for a pick in words, from the pick's record and the round's scores. Pure.
import type { Pick } from "../../lib/events";
import { count, list, score as withUnit } from "../../lib/format";
import { whyWords } from "../../curriculum/registry";
import type { RoundView, RunView } from "../../log/view";

export type WhyKind = "top" | "first" | "again" | "forgotten" | "rose" | "random" | "neighbourhood" | "other";

export interface Why {
  kind: WhyKind;
  /** "beat 590 of 603" */
  beat: string;
  /** The rest of the reason; may be empty. */
  story: string;
}

const plain: Record<Exclude<Pick["reason"], "top-score">, string> = {
  random: "drawn at random",
  order: "next in the fixed order",
  window: "inside the score window",
  neighbourhood: "out of a neighbourhood that is being learnt",
  exploration: "drawn at random, as a share of the picks",
};

export const rounds = (numbers: readonly number[]): string =>
  `round${numbers.length === 1 ? "" : "s"} ${list(numbers.map(String))}`;

function beats(pick: Pick, round: RoundView): string {
  if (pick.score === null) return "";
  if (pick.rank === 1) return `top of ${count(round.scored)}`;
  return `beat ${count(Math.max(0, round.scored - pick.rank))} of ${count(round.scored)}`;
}

/** The kind of a pick alone: cheap, for counting. `before` is the round before, for its threshold. */
export function kindOf(pick: Pick, round: RoundView, before: RoundView | null): WhyKind {
  if (pick.reason === "random") return "random";
  if (pick.reason === "neighbourhood") return "neighbourhood";
  if (pick.reason !== "top-score") return "other";
  const was = pick.previousScore;
  const wasLow = was !== null && before?.threshold != null && was < before.threshold;
  const rose = wasLow && pick.score !== null && pick.score > was * 1.25;
  if (pick.pickedBefore.length > 0) return rose ? "forgotten" : "again";
  if (rose && round.round > 1) return "rose";
  return round.round === 1 && pick.rank === 1 ? "top" : "first";
}

/** The reason for one pick, in words: the strategy's own where it has some. */
export function whyPicked(pick: Pick, round: RoundView, before: RoundView | null, strategy: string): Why {
  const kind = kindOf(pick, round, before);
  const beat = beats(pick, round);
  const { pickedBefore, previousScore: was, reason } = pick;
  if (reason !== "top-score")
    return {
      kind,
      beat,
      story:
        (pick.because ?? whyWords(strategy)?.[reason] ?? plain[reason]) +
        (pickedBefore.length > 0 ? `, also in ${rounds(pickedBefore)}` : ""),
    };
  const old = was === null ? "" : withUnit(was, round.unit);
  switch (kind) {
    case "forgotten":
      return {
        kind,
        beat,
        story: `slipping: ${old} in round ${round.round - 1}, studied in ${rounds(pickedBefore)}`,
      };
    case "again":
      return { kind, beat, story: `still unsure after ${rounds(pickedBefore)}${old && `, was ${old}`}` };
    case "rose":
      return { kind, beat, story: `never studied, rose from ${old}` };
    default:
      return { kind, beat, story: round.round === 1 ? "" : `never studied${old && `, was ${old}`}` };
  }
}

/** "just missed: 0.01 nats below the threshold" */
export function whyMissed(missed: { score: number }, round: RoundView): string {
  if (round.threshold === null) return "not drawn";
  const gap = round.threshold - missed.score;
  const shown = gap < 5e-5 ? `less than 0.0001 ${round.unit}` : withUnit(gap, round.unit);
  return `just missed: ${shown} below the threshold`;
}

export const kindNames: Record<WhyKind, string> = {
  top: "first time",
  first: "first time",
  again: "again",
  forgotten: "slipping",
  rose: "newly unsure",
  random: "at random",
  neighbourhood: "by neighbourhood",
  other: "other",
};

/** How many picks of a round there are of each kind, most frequent first. */
export function kindCounts(view: RunView, round: RoundView): { kind: string; n: number }[] {
  const counts = new Map<string, number>();
  for (const pick of round.picks ?? []) {
    const name = kindNames[kindOf(pick, round, view.rounds[round.round - 2] ?? null)];
    counts.set(name, (counts.get(name) ?? 0) + 1);
  }
  return [...counts].map(([kind, n]) => ({ kind, n })).sort((a, b) => b.n - a.n);
}
