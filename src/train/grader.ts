// Grades answers by the reward of the config. Some rewards run in a worker of their own, so grading is
// asynchronous.
import type { RewardConfig } from "../config/schema";
import { textReward, type Graded } from "../curriculum/rewards";
import { LabError } from "../lib/errors";

export interface Grader {
  /** One reward in [0, 1] an answer. @throws LabError "reward" when a reward function misbehaves. */
  grade(items: readonly Graded[]): Promise<number[]>;
  dispose(): void;
}

/** A grader for rewards that need nothing but the text. */
export function textGrader(config: RewardConfig): Grader {
  return {
    grade: async (items) => items.map((item) => checkReward(textReward(config, item))),
    dispose: () => undefined,
  };
}

/** @throws LabError "reward" for anything but a number from 0 to 1 */
export function checkReward(reward: unknown): number {
  if (typeof reward === "number" && reward >= 0 && reward <= 1) return reward;
  const got = typeof reward === "number" || typeof reward === "string" ? String(reward) : typeof reward;
  throw new LabError(
    "reward",
    `The reward function returned ${got} where a number from 0 to 1 was expected.`,
    "Return 0 for a wrong answer, 1 for a right one, or a share between.",
  );
}
