// The time of each reinforcement step, stacked: judging, rollouts and training. Pure.
import { ticks } from "d3-array";
import { scaleLinear } from "d3-scale";
import { duration, percent } from "../../lib/format";
import { PHASES } from "../../log/phases";
import { label, line, rect, type Figure, type Mark } from "../../ui/charts/scene";
import type { TableData } from "../../ui/controls/DataTable";

/** Parts of a step, ms. */
export interface StepTime {
  step: number;
  judge: number;
  rollout: number;
  train: number;
}

const parts = ["judge", "rollout", "train"] as const;

const sum = (steps: readonly StepTime[], part: (typeof parts)[number]): number =>
  steps.reduce((total, step) => total + step[part], 0);

export function stepTimeSentence(steps: readonly StepTime[]): string {
  if (steps.length === 0) return "No step has been timed yet.";
  const [judge, rollout, train] = parts.map((part) => sum(steps, part));
  const all = judge + rollout + train;
  const over =
    judge > 0
      ? ` Without judging the same steps would have taken ${percent(judge / all)} less.`
      : " Nothing was judged, so choosing took no time.";
  return (
    `A step took ${duration(all / steps.length)} on average: judging ${percent(judge / all)}, ` +
    `rollouts ${percent(rollout / all)}, training ${percent(train / all)}.${over}`
  );
}

export function stepTimeFigure(
  steps: readonly StepTime[],
  size: { width: number; height: number; steps: number },
): Figure {
  const { width, height } = size;
  const [left, bottom, top, right] = [44, 22, 12, 10];
  const most = Math.max(0.001, ...steps.map((s) => (s.judge + s.rollout + s.train) / 1000));
  const last = Math.max(size.steps, ...steps.map(({ step }) => step), 1);
  const x = scaleLinear([0.5, last + 0.5], [left, width - right]);
  const y = scaleLinear([0, most], [height - bottom, top]).nice(5);
  const marks: Mark[] = [];
  for (const tick of y.ticks(4))
    marks.push(
      line(left, y(tick), width - right, y(tick), { stroke: "var(--line)" }),
      label(left - 8, y(tick) + 4, `${tick} s`, { "text-anchor": "end", fill: "var(--faint)" }),
    );
  for (const tick of ticks(1, last, Math.max(2, Math.floor(width / 110))).filter(Number.isInteger))
    marks.push(
      label(x(tick), height - 5, tick === 1 ? "step 1" : String(tick), {
        "text-anchor": "middle",
        fill: "var(--faint)",
      }),
    );
  const bar = Math.max(1, (x(2) - x(1)) * 0.78);
  for (const step of steps) {
    let from = 0;
    for (const part of parts) {
      const seconds = step[part] / 1000;
      marks.push(
        rect(x(step.step) - bar / 2, y(from + seconds), bar, y(from) - y(from + seconds), {
          fill: PHASES[part].color,
        }),
      );
      from += seconds;
    }
  }
  return { width, height, marks };
}

export function stepTimeTable(steps: readonly StepTime[]): TableData {
  const seconds = (ms: number): string => (ms / 1000).toFixed(2);
  return {
    columns: ["#Step", "#Judging, s", "#Rollouts, s", "#Training, s"],
    rows: steps.map((s) => [s.step, seconds(s.judge), seconds(s.rollout), seconds(s.train)]),
  };
}
