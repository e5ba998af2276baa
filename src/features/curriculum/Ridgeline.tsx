// Is it getting surer? One histogram a round on bins that never move; the picked part is warm, the threshold drawn.
import { useMemo } from "react";
import { digits } from "../../lib/format";
import { useLab, useShownRound, useView } from "../../store/hooks";
import type { RunView } from "../../log/view";
import { histogram, ridges, type Ridge } from "../../ui/charts/ridges";
import { Svg } from "../../ui/charts/Svg";
import { useWidth } from "../../ui/charts/useWidth";
import type { TableData } from "../../ui/controls/DataTable";
import { Picture } from "../../ui/controls/Picture";
import { Gloss } from "../words";
import { highest, LOWEST, marks, place } from "./nats";
import { meanOf, scoredIn, shareSure, surerSentence } from "./sentences";

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

export function ridgesOf(view: RunView, high: number, shown: number): Ridge[] {
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

export function ridgeTable(view: RunView): TableData {
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

export function Ridgeline() {
  const player = useLab((state) => state.player);
  const view = useView(player, "scores", "picks", "run");
  const shown = useShownRound(view);
  const [room, width] = useWidth<HTMLDivElement>(560);
  const high = highest(player?.outline.scoreMax ?? 0);
  const unit = view.rounds.find((round) => round.scores)?.unit ?? "nats";
  const news = `${view.version.scores} ${view.version.picks}`;
  const figure = useMemo(
    () =>
      ridges({
        width,
        rowHeight: width < 360 ? 46 : 56,
        domain: [0, 1],
        rows: ridgesOf(view, high, shown),
        xTicks: marks(high).map(({ value, text }) => ({
          at: place(value, high),
          text: value === high ? `${text} ${unit}` : text,
        })),
        formatThreshold: (at) => `threshold ${digits(LOWEST * (high / LOWEST) ** at)}`,
      }),
    [width, high, view, shown, unit, news],
  );
  const sentence = surerSentence(view, shown);
  const scored = view.rounds.some((round) => round.scores);
  return (
    <Picture
      id="surer"
      question="Is it getting surer?"
      sentence={sentence}
      table={() => ridgeTable(view)}
      figure={() => figure}
      legend={
        scored && (
          <>
            <span>
              <i className="k-e2" />
              questions by <Gloss word="entropy">entropy</Gloss>
            </span>
            <span>
              <i className="k-pick" />
              picked
            </span>
            <span>▲ mean</span>
            <span>height: square root of the count</span>
          </>
        )
      }
    >
      <div ref={room} className="figure-room">
        {(scored || view.rounds.length === 0) && <Svg figure={figure} name={sentence} />}
      </div>
    </Picture>
  );
}
