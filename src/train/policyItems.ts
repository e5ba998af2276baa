// Train items of a policy step: every prompt computed once for its rollouts, every token with its weight.
import type { TrainerConfig } from "../config/schema";
import { tokenWeights } from "../curriculum/advantages";
import type { Engine, Objective, TrainItem } from "../model/engine";
import { childRows, cutToRows, groupRows, pack, type Child, type Group } from "./pack";
import type { RolledGroup } from "./rollouts";

/** One rollout as the loss sees it. */
interface PolicyChild {
  child: Child;
  advantage: number;
  /** Weight of each of its tokens; 0 = masked. */
  weight: number;
  /** Log-probabilities when it was drawn. */
  old: Float32Array;
}

interface PolicyGroup extends Group {
  rollouts: PolicyChild[];
}

/**
 * What every rollout of the step weighs. Computed over the whole step, so that mini-batches and items only split
 * the sum.
 */
export function policyGroups(
  groups: readonly RolledGroup[],
  prompts: (sample: number) => readonly number[],
  trainer: TrainerConfig,
): PolicyGroup[] {
  const kept = groups.flatMap(({ answers }) =>
    answers.map(({ tokens, stopped }) => (trainer.maskTruncated && !stopped ? 0 : tokens.length)),
  );
  const weights = tokenWeights(kept, trainer.lossType, trainer.lossLength ?? trainer.maxNewTokens);
  // Without KL or entropy terms a rollout at its group's mean teaches nothing: it is not computed.
  const allCount = trainer.kl > 0 || trainer.entropyBonus > 0;
  let at = 0;
  return groups.map(({ sample, answers, advantages }) => {
    const rollouts = answers.flatMap((answer, i): PolicyChild[] => {
      const index = at++;
      if (kept[index] === 0 || (advantages[i] === 0 && !allCount)) return [];
      const child = { tokens: answer.tokens, targetFrom: 0 };
      return [{ child, advantage: advantages[i], weight: weights[index], old: answer.logprob }];
    });
    return { prefix: prompts(sample), children: rollouts.map(({ child }) => child), rollouts };
  });
}

/** A group as parts that fit in `maxRows`, each with the prefix of its own. */
function split(group: PolicyGroup, maxRows: number): PolicyGroup[] {
  const room = Math.max(1, maxRows - group.prefix.length);
  return cutToRows(group.rollouts, ({ child }) => childRows(child), room).map((rollouts) => ({
    prefix: group.prefix,
    children: rollouts.map(({ child }) => child),
    rollouts,
  }));
}

/**
 * Items for one update.
 * @param first whether the policy is still the one that drew the answers: then ratios are exactly 1
 */
export function policyItems(
  groups: readonly PolicyGroup[],
  trainer: TrainerConfig,
  maxRows: number,
  first: boolean,
): TrainItem[] {
  const parts = groups.flatMap((group) => split(group, maxRows));
  return cutToRows(parts, groupRows, maxRows).map((part) => {
    const { batch, head } = pack(part);
    const rollouts = part.flatMap((group) => group.rollouts);
    const each = (value: (rollout: PolicyChild) => ArrayLike<number> | number): Float32Array =>
      Float32Array.from(
        rollouts.flatMap((rollout) => {
          const found = value(rollout);
          return Array.from({ length: rollout.child.tokens.length }, (_, t) =>
            typeof found === "number" ? found : found[t],
          );
        }),
      );
    const objective: Objective = {
      nllWeight: new Float32Array(head.rows.length),
      policy: {
        pgWeight: each(({ weight }) => weight),
        advantage: each(({ advantage }) => advantage),
        oldLogprob: first ? null : each(({ old }) => old),
        refLogprob: null,
        epsilonLow: trainer.clip[0],
        epsilonHigh: trainer.clip[1],
        beta: trainer.kl,
        klTimesRatio: trainer.klTimesRatio,
        entropyBonus: trainer.entropyBonus,
      },
    };
    return { batch, head, objective };
  });
}

/** Fills in the log-probabilities of the model without its adapter. Returns the rows computed. */
export async function addReference(engine: Engine, items: readonly TrainItem[]): Promise<number> {
  engine.setAdapterEnabled(false);
  try {
    let rows = 0;
    for (const { batch, head, objective } of items) {
      objective.policy!.refLogprob = (await engine.tokenStats(batch, head)).logprob;
      rows += batch.tokens.length;
    }
    return rows;
  } finally {
    engine.setAdapterEnabled(true);
  }
}
