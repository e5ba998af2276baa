// The pictures of reward fine-tuning, loaded when a run has rollouts.
import { useMemo } from "react";
import { percent } from "../../lib/format";
import { useLab, useView } from "../../store/hooks";
import { debiasedMean } from "../../store/series";
import type { RunView } from "../../store/view";
import { lines, type LineSeries } from "../../ui/charts/lines";
import { scatter } from "../../ui/charts/scatter";
import { Svg } from "../../ui/charts/Svg";
import { useWidth } from "../../ui/charts/useWidth";
import { Picture } from "../../ui/controls/Picture";
import { Gloss } from "../words";
import { GroupInspector } from "./GroupInspector";
import { JudgmentInspector } from "./JudgmentInspector";
import {
  forecastCurves,
  forecastDots,
  forecastSentence,
  forecastsOf,
  frontier,
  frontierSentence,
  groupTable,
  parabolaCurves,
  parabolaDots,
  parabolaSentence,
} from "./reward";

const rolloutsOf = (view: RunView): number => view.groups[0]?.rewards.length ?? 0;

function Parabola({ view }: { view: RunView }) {
  const [room, width] = useWidth<HTMLDivElement>(560);
  const sentence = parabolaSentence(view.groups);
  const figure = useMemo(
    () =>
      scatter({
        width,
        height: 280,
        xDomain: [0, 1],
        yDomain: [0, 0.3],
        xName: "mean reward of the group",
        yName: "variance of its rewards",
        dots: parabolaDots(view.groups),
        curves: parabolaCurves(rolloutsOf(view)),
        radius: 2.4,
      }),
    [width, view, view.groups.length],
  );
  return (
    <Picture
      id="parabola"
      question="Where is the learning?"
      sentence={sentence}
      table={() => groupTable(view.groups)}
      figure={() => figure}
      legend={
        <>
          <span>
            <i className="k-pick k-round" />
            groups of the newest third
          </span>
          <span>
            <i className="k-ring k-round" />
            earlier groups
          </span>
          <span>
            line: p(1 − p); dashed: what {rolloutsOf(view)} <Gloss word="rollout">rollouts</Gloss> show of it
            on average
          </span>
        </>
      }
    >
      <div ref={room} className="figure-room">
        <Svg figure={figure} name={sentence} />
      </div>
    </Picture>
  );
}

function Forecast({ view }: { view: RunView }) {
  const [room, width] = useWidth<HTMLDivElement>(420);
  const forecasts = forecastsOf(view.groups, view.judged);
  const sentence = forecastSentence(forecasts);
  const figure = useMemo(
    () =>
      scatter({
        width,
        height: 280,
        xDomain: [0, 0.26],
        yDomain: [0, 0.26],
        xName: "forecast variance",
        yName: "observed variance",
        dots: forecastDots(forecasts),
        curves: forecastCurves(rolloutsOf(view)),
        radius: 3,
      }),
    [width, view, view.groups.length, view.judged.length],
  );
  return (
    <Picture
      id="forecast"
      question="Does it know what it does not know?"
      sentence={sentence}
      table={() => groupTable(view.groups.filter((group) => group.variancePredicted !== null))}
      figure={() => figure}
      legend={
        <>
          <span>a dot is a studied prompt</span>
          <span>ring: mean of a fifth of the range</span>
          <span>line: a perfect forecast; dashed: what a perfect one would see</span>
        </>
      }
    >
      <div ref={room} className="figure-room">
        <Svg figure={figure} name={sentence} />
      </div>
    </Picture>
  );
}

function Frontier({ view, beside }: { view: RunView; beside: RunView | null }) {
  const [room, width] = useWidth<HTMLDivElement>(420);
  const sentence = frontierSentence(view.groups);
  const figure = useMemo(() => {
    const series: LineSeries[] = [];
    const add = (id: string, color: string, run: RunView, raw: boolean): void => {
      const steps = frontier(run.groups);
      const smooth = debiasedMean(
        steps.map((s) => s.reward),
        0.8,
      );
      if (raw)
        series.push({
          id: `${id}-raw`,
          name: id,
          color,
          faint: true,
          points: steps.map((s) => [s.step, s.reward]),
        });
      series.push({ id, name: id, color, points: steps.map((s, i) => [s.step, smooth[i]]) });
    };
    if (beside) add("beside", "var(--random)", beside, false);
    add("own", "var(--pick)", view, true);
    return lines({
      width,
      height: 240,
      series,
      yDomain: [0, 1],
      yTicks: [0, 0.25, 0.5, 0.75, 1],
      xDomain: [0, Math.max(1, view.planned.steps)],
      formatX: (value) => (value === 0 ? "step 0" : String(value)),
      formatY: (value) => percent(value),
      levels: [{ y: 0.5, text: "most variance" }],
    });
  }, [width, view, beside, view.groups.length]);
  return (
    <Picture
      id="frontier"
      question="Does it stay at the edge?"
      sentence={sentence}
      table={() => ({
        columns: ["#Step", "#Mean reward", "#Mean variance"],
        rows: frontier(view.groups).map((s) => [s.step, s.reward.toFixed(3), s.variance.toFixed(4)]),
      })}
      figure={() => figure}
      legend={
        <span>
          mean <Gloss word="reward">reward</Gloss> of the studied prompts, each step faint, grey: random order
        </span>
      }
    >
      <div ref={room} className="figure-room">
        <Svg figure={figure} name={sentence} />
      </div>
    </Picture>
  );
}

export function RewardPictures() {
  const player = useLab((state) => state.player);
  const besidePlayer = useLab((state) => state.beside);
  const view = useView(player, "groups", "run");
  const beside = useView(besidePlayer, "groups");
  return (
    <>
      <Parabola view={view} />
      <GroupInspector view={view} />
      {view.judged.length > 0 && <Forecast view={view} />}
      <Frontier view={view} beside={besidePlayer && beside.groups.length > 0 ? beside : null} />
      {view.judged.some((step) => step.shown?.length) && <JudgmentInspector view={view} />}
    </>
  );
}
