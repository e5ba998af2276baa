// Is it getting surer? One histogram a round on bins that never move; the picked part is warm, the threshold drawn.
import { useMemo } from "react";
import { useLab, useShownRound, useView } from "../../store/hooks";
import type { RunView } from "../../store/view";
import { histogram, ridges, type Ridge } from "../../ui/charts/ridges";
import { niceCeil } from "../../ui/charts/scale";
import { Svg } from "../../ui/charts/Svg";
import { useWidth } from "../../ui/charts/useWidth";
import type { TableData } from "../../ui/controls/DataTable";
import { Picture } from "../../ui/controls/Picture";
import { Gloss } from "../words";
import { meanOf, scoredIn, shareSure, surerSentence } from "./sentences";

const BINS = 48;

export function ridgesOf(view: RunView, max: number, shown: number): Ridge[] {
  const rounds = Math.max(view.planned.rounds, view.rounds.length);
  return Array.from({ length: rounds }, (_, r) => {
    const round = view.rounds[r];
    const scores = round?.scores ?? null;
    const domain = [0, max] as const;
    return {
      name: `round ${r + 1}`,
      counts: scores && histogram(scores, domain, BINS),
      chosen: scores && round.picked ? histogram(scores, domain, BINS, round.picked) : null,
      threshold: scores ? round.threshold : null,
      mean: scores ? meanOf(scores) : null,
      current: r + 1 === shown,
    };
  });
}

export function ridgeTable(view: RunView): TableData {
  return {
    columns: ["#Round", "#Scored", "#Mean, nats", "#Threshold, nats", "#Under 0.1 nats"],
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
  const max = niceCeil(player?.outline.scoreMax ?? 0, 4);
  const unit = view.rounds.find((round) => round.scores)?.unit ?? "nats";
  const news = `${view.version.scores} ${view.version.picks}`;
  const figure = useMemo(
    () =>
      ridges({
        width,
        rowHeight: width < 360 ? 46 : 56,
        domain: [0, max],
        rows: ridgesOf(view, max, shown),
        formatX: (value) => (value === 0 ? "0" : `${value} ${unit}`),
        formatThreshold: (value) => `threshold ${value.toFixed(2)}`,
      }),
    [width, max, view, shown, unit, news],
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
