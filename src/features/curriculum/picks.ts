// The rows of the list of picks: rank, score and the reason in words. Pure.
import { strategyIn } from "../../curriculum/registry";
import type { Pick } from "../../lib/events";
import type { RoundView, RunView } from "../../log/view";
import type { TableData } from "../../ui/controls/DataTable";
import { kindNames, kindOf, whyMissed, whyPicked, type Why } from "./why";

export interface Row {
  sample: number;
  rank: number;
  score: number | null;
  why: Why | null;
  reason: string;
}

function picked(pick: Pick, round: RoundView, before: RoundView | null, strategy: string): Row {
  const why = whyPicked(pick, round, before, strategy);
  const reason = [why.beat, why.story].filter(Boolean).join("; ");
  return { sample: pick.sample, rank: pick.rank, score: pick.score, why, reason };
}

/** The round's picks in order, of one kind or all; words are made only for the rows asked for. */
export function pickRows(
  view: RunView,
  round: RoundView,
  from = 0,
  to = Infinity,
  kind: string | null = null,
): Row[] {
  const before = view.rounds[round.round - 2] ?? null;
  const picks = round.picks ?? [];
  const wanted =
    kind === null ? picks : picks.filter((pick) => kindNames[kindOf(pick, round, before)] === kind);
  const strategy = strategyIn(view.config);
  return wanted.slice(from, to).map((pick) => picked(pick, round, before, strategy));
}

/** The first rows under the threshold. */
export function missedRows(round: RoundView): Row[] {
  return round.missed.map((row, m) => ({
    sample: row.sample,
    rank: (round.picks?.length ?? 0) + m + 1,
    score: row.score,
    why: null,
    reason: whyMissed(row, round),
  }));
}

export function pickTable(view: RunView, round: RoundView): TableData {
  return {
    columns: ["#Rank", "Question", "#Entropy, nats", "Picked", "Because"],
    rows: [...pickRows(view, round), ...missedRows(round)].map((row) => [
      row.rank,
      view.samples[row.sample]?.prompt ?? "",
      row.score?.toFixed(4) ?? "",
      row.why ? "yes" : "no",
      row.reason,
    ]),
  };
}
