// One reinforcement step (see grpoStep).
import { LabError } from "../lib/errors";
import type { RunBook } from "./context";
import type { StepOutcome } from "./loop";

export async function grpoStep(_book: RunBook): Promise<StepOutcome> {
  throw new LabError("config", "trainer.kind: grpo is not built in yet.");
}
