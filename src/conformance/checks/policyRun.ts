// Policy updates over given rollouts, made by the trainer's own updatePolicy(), beside the losses, norms and weights
// that TRL's own trainer came to.
import type { AdamWStep, AdapterState } from "../../model/engine";
import { updatePolicy } from "../../train/policyUpdate";
import type { PolicyItem } from "../../train/policyItems";
import { byEnding, inputTensor, loraTensor, matrix, vector, type Check, type CheckContext } from "../context";
import type { HostTensor } from "../compare";
import { numberParam, numbersParam, wordParam } from "../spec";
import {
  completions,
  groupsOf,
  logprobs,
  scaleParam,
  settingsOf,
  startsOf,
  type Completions,
} from "./policy";
import { clipShares, perToken } from "./policyShares";

/** Values that items carry, by completion token; 0 where no item has the token. */
function scattered(
  set: Completions,
  items: readonly PolicyItem[],
  of: (item: PolicyItem) => Float32Array | null,
): Float32Array {
  const out = new Float32Array(set.count);
  const starts = startsOf(set);
  for (const item of items) {
    const values = of(item);
    let at = 0;
    for (const i of item.rollouts)
      for (let t = 0; t < set.lengths[i]; t++) out[starts[i] + t] = values?.[at++] ?? 0;
  }
  return out;
}

/** The largest |ratio − 1| of a token in the loss. */
function farthest(own: ArrayLike<number>, old: ArrayLike<number>, mask: ArrayLike<number>): number {
  let most = 0;
  for (let i = 0; i < own.length; i++)
    if (mask[i] === 1) most = Math.max(most, Math.abs(Math.exp(own[i] - old[i]) - 1));
  return most;
}

function optimizerOf(params: Readonly<Record<string, unknown>>): AdamWStep {
  const [beta1, beta2] = numbersParam(params, "betas");
  return {
    learningRate: numberParam(params, "lr"),
    beta1,
    beta2,
    epsilon: numberParam(params, "eps"),
    weightDecay: numberParam(params, "weight_decay"),
    clipNorm: numberParam(params, "max_grad_norm"),
  };
}

export const grpoRun: Check = async (context: CheckContext) => {
  const { engine, check } = context;
  const { params } = check;
  const groupSize = numberParam(params, "group_size");
  const trainer = settingsOf(params);
  const [epsilonLow, epsilonHigh] = trainer.clip;
  const optimizer = optimizerOf(params);
  const kept = wordParam(params, "reference", ["start", "base"]) === "start";
  const table: Record<string, HostTensor> = {};
  const [losses, norms, clipped, ratios]: number[][] = [[], [], [], []];
  const before = await engine.readState();
  let weights: AdapterState;
  try {
    engine.resetOptimizer();
    if (kept) await engine.keepReference();
    for (let b = 0; b < numberParam(params, "batches"); b++) {
      const name = `batch${b}`;
      const set = completions(context, name);
      const mask = inputTensor(context, `${name}/completion_mask`);
      const rewards = Array.from(inputTensor(context, `${name}/rewards`));
      const { groups, prompts } = groupsOf(set, { rewards, mask }, groupSize, scaleParam(params));
      const each = groups.flatMap((group) => group.advantages);
      const advantage = perToken(each, set.lengths);
      const starts = startsOf(set);
      // Rollouts that teach nothing are in no item; what the policy was before the step is measured for all.
      const old = await logprobs(context, set, trainer.temperature);
      const seen = new Set<PolicyItem>();
      const { reports } = await updatePolicy({
        engine,
        groups,
        prompts,
        trainer,
        optimizer,
        referenceKept: kept,
        before: async ({ from, to }, items) => {
          for (const item of items) seen.add(item);
          const own = await logprobs(context, set, trainer.temperature);
          const inPart = Array.from(mask, (m, i) =>
            i >= starts[from * groupSize] && i < starts[to * groupSize] ? m : 0,
          );
          clipped.push(...clipShares(own, old, advantage, inPart, { epsilonLow, epsilonHigh }));
          ratios.push(farthest(own, old, inPart));
        },
      });
      for (const { skipped, loss, gradNorm } of reports) {
        if (skipped) throw new Error(`update ${losses.length} was skipped: loss ${loss}, norm ${gradNorm}`);
        losses.push(loss);
        norms.push(gradNorm);
      }
      table[`advantages_${b}`] = vector(each);
      const all = [...seen];
      table[`old_logprobs_${b}`] = vector(
        scattered(set, all, ({ objective }) => objective.policy.oldLogprob),
      );
      table[`ref_logprobs_${b}`] = vector(
        scattered(set, all, ({ objective }) => objective.policy.refLogprob),
      );
    }
    weights = (await engine.readState()).adapter;
  } finally {
    // The checks that follow are about the adapter as stored.
    engine.writeState(before);
    engine.setAdapterEnabled(check.adapter);
  }
  const byName = byEnding({
    ...table,
    losses: vector(losses),
    grad_norms: vector(norms),
    ratio_max: vector(ratios),
    clip_ratio: matrix(losses.length, 3, clipped),
  });
  return (name) => (name.includes("/weights/") ? loraTensor(weights, name) : byName(name));
};
