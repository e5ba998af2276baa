// What does a step take? Judging, rollouts and training of each reinforcement step, stacked.
import { PHASES } from "../../log/phases";
import type { RunView } from "../../log/view";
import { stepTimeFigure, stepTimeSentence, stepTimeTable, type StepTime } from "../reward/stepTime";
import type { Picture } from "../picture";

function timesOf({ steps }: RunView): StepTime[] {
  const { step, judgeMs, rolloutMs, trainMs } = steps;
  return Array.from(step.values, (value, i) => ({
    step: value,
    judge: judgeMs.at(i),
    rollout: rolloutMs.at(i),
    train: trainMs.at(i),
  })).filter(({ train }) => !Number.isNaN(train));
}

export const picture: Picture = {
  id: "step-time",
  place: 56,
  question: "What does a step take?",
  follows: ["steps", "run"],
  applies: ({ run }) => timesOf(run).length > 0,
  sentence: ({ run }) => stepTimeSentence(timesOf(run)),
  figure: ({ run }, width) => stepTimeFigure(timesOf(run), { width, height: 240, steps: run.planned.steps }),
  table: ({ run }) => stepTimeTable(timesOf(run)),
  key: () =>
    (["judge", "rollout", "train"] as const).map((part) => ({
      mark: "",
      color: PHASES[part].color,
      text: `${PHASES[part].word}, seconds`,
    })),
};
