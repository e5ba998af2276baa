// Is it getting surer? One histogram of entropy for each round, on the same bins; the picked part is coloured, the
// threshold drawn.
import { digits } from "../../lib/format";
import type { RunView } from "../../log/view";
import { histogram, ridges, type Ridge } from "../../ui/charts/ridges";
import type { TableData } from "../../ui/controls/DataTable";
import { byRounds, type Picture } from "../picture";
import { highest, LOWEST, marks, place } from "../pool/nats";
import { meanOf, scoredIn, shareSure, surerSentence } from "../pool/sentences";

const BINS = 48;

interface Binned {
  high: number;
  places: Float32Array;
  counts: Uint32Array;
}

const binned = new WeakMap<Float32Array, Binned>();

/** A round's scores on the scale and in bins; a round does not change once it is scored. */
function binsOf(scores: Float32Array, high: number): Binned {
  const known = binned.get(scores);
  if (known?.high === high) return known;
  const places = scores.map((value) => place(value, high));
  const found = { high, places, counts: histogram(places, [0, 1], BINS) };
  binned.set(scores, found);
  return found;
}

function ridgesOf(view: RunView, high: number, shown: number): Ridge[] {
  const rounds = Math.max(view.planned.rounds, view.rounds.length);
  return Array.from({ length: rounds }, (_, r) => {
    const round = view.rounds[r];
    const scores = round?.scores ?? null;
    const bins = scores && binsOf(scores, high);
    return {
      name: `round ${r + 1}`,
      counts: bins && bins.counts,
      chosen: bins && round.picked ? histogram(bins.places, [0, 1], BINS, round.picked) : null,
      threshold: scores && round.threshold !== null ? place(round.threshold, high) : null,
      mean: scores ? place(meanOf(scores), high) : null,
      current: r + 1 === shown,
    };
  });
}

function ridgeTable(view: RunView): TableData {
  return {
    columns: ["#Round", "#Scored", "#Mean, nats", "#Threshold, nats", "#Under 0.01 nats"],
    rows: view.rounds
      .filter((round) => round.scores)
      .map((round) => [
        round.round,
        round.scores ? scoredIn(round.scores) : 0,
        round.scores ? meanOf(round.scores).toFixed(3) : "",
        round.threshold?.toFixed(3) ?? "",
        round.scores ? `${(shareSure(round.scores) * 100).toFixed(0)} %` : "",
      ]),
  };
}

const isScored = (run: RunView): boolean => run.rounds.some((round) => round.scores);

export const picture: Picture = {
  id: "surer",
  place: 70,
  question: "Is it getting surer?",
  follows: ["scores", "picks", "run", "round"],
  applies: ({ run, room }) => byRounds(run) && (room || isScored(run)),
  sentence: ({ run, round }) => surerSentence(run, round),
  figure({ run, round, whole }, width) {
    if (!isScored(run) && run.rounds.length > 0) return null;
    const high = highest(whole.scoreMax);
    const unit = run.rounds.find((one) => one.scores)?.unit ?? "nats";
    return ridges({
      width,
      rowHeight: width < 360 ? 46 : 56,
      domain: [0, 1],
      rows: ridgesOf(run, high, round),
      xTicks: marks(high).map(({ value, text }) => ({
        at: place(value, high),
        text: value === high ? `${text} ${unit}` : text,
      })),
      formatThreshold: (at) => `threshold ${digits(LOWEST * (high / LOWEST) ** at)}`,
    });
  },
  table: ({ run }) => ridgeTable(run),
  key: ({ run }) =>
    isScored(run)
      ? [
          { mark: "k-e2", text: "questions by [[entropy]]" },
          { mark: "k-pick", text: "picked" },
          { mark: "", text: "▲ mean" },
          { mark: "", text: "height: square root of the count" },
        ]
      : [],
};
