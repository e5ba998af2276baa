// The grader a config asks for. Rewards written by a person run in a worker of their own (see rewardWorker.ts).
import type { RewardConfig } from "../config/schema";
import { textGrader, type Grader } from "../train/grader";

export async function openGrader(config: RewardConfig): Promise<Grader> {
  return textGrader(config);
}
