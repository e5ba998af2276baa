// What does a step take: judging, rolling out and training, stacked by step.
import { useMemo } from "react";
import {
  stepTimeFigure,
  stepTimeSentence,
  stepTimeTable,
  type StepTime as Time,
} from "../../pictures/reward/stepTime";
import { PHASES } from "../../log/phases";
import type { RunView } from "../../log/view";
import { Svg } from "../../ui/charts/Svg";
import { useWidth } from "../../ui/charts/useWidth";
import { Picture } from "../../ui/controls/Picture";

export function timesOf(view: RunView): Time[] {
  const { step, judgeMs, rolloutMs, trainMs } = view.steps;
  return Array.from(step.values, (value, i) => ({
    step: value,
    judge: judgeMs.at(i),
    rollout: rolloutMs.at(i),
    train: trainMs.at(i),
  })).filter(({ train }) => !Number.isNaN(train));
}

export function StepTime({ view }: { view: RunView }) {
  const [room, width] = useWidth<HTMLDivElement>(420);
  const figure = useMemo(
    () => stepTimeFigure(timesOf(view), { width, height: 240, steps: view.planned.steps }),
    [width, view, view.version.steps],
  );
  const times = timesOf(view);
  const sentence = stepTimeSentence(times);
  return (
    <Picture
      id="step-time"
      question="What does a step take?"
      sentence={sentence}
      table={() => stepTimeTable(times)}
      figure={() => figure}
      legend={(["judge", "rollout", "train"] as const).map((part) => (
        <span key={part}>
          <svg className="swatch" viewBox="0 0 18 10" aria-hidden="true">
            <rect width="18" height="10" rx="2" fill={PHASES[part].color} />
          </svg>
          {PHASES[part].word}, seconds
        </span>
      ))}
    >
      <div ref={room} className="figure-room">
        <Svg figure={figure} name={`Time of each step. ${sentence}`} />
      </div>
    </Picture>
  );
}
