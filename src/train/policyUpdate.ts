// The updates of one reinforcement step, in TRL's order: all mini-batches once, repeated as often as the config
// says.
import type { AdamWStep, Engine, StepReport, TrainItem } from "../model/engine";
import {
  addOld,
  addReference,
  policyItems,
  policyParts,
  type PolicyItem,
  type PolicyPart,
  type PolicySettings,
  type WeighedAnswers,
} from "./policyItems";
import { rowsOf } from "./sft";

export interface PolicyWork {
  engine: Engine;
  groups: readonly WeighedAnswers[];
  /** Token ids of a prompt. */
  prompts: (sample: number) => readonly number[];
  trainer: PolicySettings;
  optimizer: AdamWStep;
  /** Whether the engine keeps the adapter that the first rollout came from; without one the base is the reference. */
  referenceKept: boolean;
  /** Items that join a mini-batch's first update. */
  joining?: (part: PolicyPart) => TrainItem[];
  /** Called before each update, once the items hold all they need. */
  before?: (part: PolicyPart, items: readonly PolicyItem[]) => Promise<void>;
}

/** A report an update, and the rows computed. An update without a gradient still lets AdamW's moments decay. */
export async function updatePolicy(work: PolicyWork): Promise<{ reports: StepReport[]; tokens: number }> {
  const { engine, trainer, optimizer } = work;
  const parts = policyParts(work.groups, work.prompts, trainer).map((part) => ({
    part,
    items: policyItems(part.groups, trainer, engine.maxRows),
  }));
  const all = parts.flatMap(({ items }) => items);
  let tokens = 0;
  // With a single update the policy is the one that drew the answers, and the ratio is 1.
  if (parts.length * trainer.iterations > 1) tokens += await addOld(engine, all);
  if (trainer.kl > 0) {
    tokens += await addReference(engine, all, work.referenceKept && trainer.klReference === "start");
  }
  const reports: StepReport[] = [];
  for (let pass = 0; pass < trainer.iterations; pass++) {
    for (const { part, items } of parts) {
      await work.before?.(part, items);
      const joining = pass === 0 ? (work.joining?.(part) ?? []) : [];
      const together = [...items, ...joining];
      tokens += rowsOf(together);
      reports.push(await engine.trainStep(together, optimizer));
    }
  }
  return { reports, tokens };
}
