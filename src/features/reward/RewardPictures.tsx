// The pictures of reward fine-tuning, loaded when a run has rollouts.
import { useMemo } from "react";
import {
  forecastFigure,
  forecastSentence,
  forecastTable,
  forecastsOf,
  hasForecasts,
  offSelectionSentence,
} from "../../pictures/reward/forecast";
import { frontierFigure, frontierSentence, frontierTable } from "../../pictures/reward/frontier";
import { groupTable, rolloutsOf } from "../../pictures/reward/groups";
import { parabolaFigure, parabolaSentence, type Beside } from "../../pictures/reward/parabola";
import { useLab, useView } from "../../store/hooks";
import type { RunView } from "../../log/view";
import { Svg } from "../../ui/charts/Svg";
import { useWidth } from "../../ui/charts/useWidth";
import { Picture } from "../../ui/controls/Picture";
import { Gloss } from "../words";
import { Choice } from "./Choice";
import { GroupInspector } from "./GroupInspector";
import { JudgmentInspector } from "./JudgmentInspector";
import { StepTime, timesOf } from "./StepTime";

interface Props {
  view: RunView;
  beside: Beside | null;
}

function Parabola({ view, beside }: Props) {
  const [room, width] = useWidth<HTMLDivElement>(560);
  const sentence = parabolaSentence(view.groups, beside);
  const figure = useMemo(
    () => parabolaFigure(view.groups, { width, height: 290 }),
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
            line: p(1 − p); dashed: what {rolloutsOf(view.groups)} <Gloss word="rollout">rollouts</Gloss> show
            of it on average
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
  const sentence = forecastSentence(forecasts) + offSelectionSentence(view.forecastProbes);
  const figure = useMemo(
    () => forecastFigure(forecastsOf(view.groups, view.judged), view.groups, { width, height: 290 }),
    [width, view, view.groups.length, view.judged.length],
  );
  return (
    <Picture
      id="forecast"
      question="Does it know what it does not know?"
      sentence={sentence}
      table={() => forecastTable(view.groups, view.forecastProbes)}
      figure={() => figure}
      legend={
        <>
          <span>a dot’s size: studied prompts at that place</span>
          <span>
            <i className="k-ring-pick k-round" />
            mean of a fifth of the range
          </span>
          <span>line: a perfect forecast; dashed: what a perfect one would see</span>
          <span>left edge: forecasts that could not be read</span>
        </>
      }
    >
      <div ref={room} className="figure-room">
        <Svg figure={figure} name={sentence} />
      </div>
    </Picture>
  );
}

function Frontier({ view, beside }: Props) {
  const [room, width] = useWidth<HTMLDivElement>(420);
  const sentence = frontierSentence(view.groups, beside);
  const figure = useMemo(
    () =>
      frontierFigure(view.groups, beside?.groups ?? null, { width, height: 290, steps: view.planned.steps }),
    [width, view, beside?.groups, view.groups.length],
  );
  return (
    <Picture
      id="frontier"
      question="Does it stay at the edge?"
      sentence={sentence}
      table={() => frontierTable(view.groups)}
      figure={() => figure}
      legend={
        <>
          <span>
            <i className="k-line k-pick" />
            mean <Gloss word="reward">reward</Gloss> of the studied prompts, each step faint
          </span>
          {beside && (
            <span>
              <i className="k-line k-random" />
              {beside.name}
            </span>
          )}
        </>
      }
    >
      <div ref={room} className="figure-room">
        <Svg figure={figure} name={sentence} />
      </div>
    </Picture>
  );
}

/** @param besideName what the order of the run beside this one is called */
export function RewardPictures({ besideName }: { besideName: string }) {
  const player = useLab((state) => state.player);
  const besidePlayer = useLab((state) => state.beside);
  const view = useView(player, "groups", "steps", "run");
  const other = useView(besidePlayer, "groups");
  const beside = besidePlayer && other.groups.length > 0 ? { name: besideName, groups: other.groups } : null;
  return (
    <>
      {view.judged.length > 0 && <Choice view={view} />}
      <Parabola view={view} beside={beside} />
      <Frontier view={view} beside={beside} />
      {view.judged.some(hasForecasts) && <Forecast view={view} />}
      {view.judged.some((step) => step.shown?.length) && <JudgmentInspector view={view} />}
      <GroupInspector view={view} />
      {timesOf(view).length > 0 && <StepTime view={view} />}
    </>
  );
}
