// Ten policy updates over given rollouts, beside the losses, norms and weights that TRL's own trainer came to.
import { advantages } from "../../curriculum/advantages";
import type { AdapterState } from "../../model/engine";
import { byEnding, inputTensor, loraTensor, matrix, vector, type Check, type CheckContext } from "../context";
import type { HostTensor } from "../compare";
import { numberParam, numbersParam, wordParam } from "../spec";
import { completions, logprobs, policy, type Completions, type Given } from "./policy";

/** A batch of rollouts with what is known of it before its first update. */
interface Batch {
  set: Completions;
  given: Given;
}

/** Old log-probabilities come from the policy at hand, the reference's from the model without its adapter. */
async function openBatch(context: CheckContext, name: string, beta: number): Promise<Batch> {
  const set = completions(context, name);
  const old = await logprobs(context, set);
  let ref: Float32Array | null = null;
  if (beta !== 0) {
    context.engine.setAdapterEnabled(false);
    ref = await logprobs(context, set);
    context.engine.setAdapterEnabled(true);
  }
  const rewards = Array.from(inputTensor(context, `${name}/rewards`));
  return { set, given: { rewards, mask: inputTensor(context, `${name}/completion_mask`), old, ref } };
}

/** Values by completion token, 0 for rollouts that are out of the loss as a whole: TRL does not score those. */
function scored({ set, given }: Batch, values: ArrayLike<number>): HostTensor {
  const out = new Float32Array(set.count);
  let at = 0;
  for (const length of set.lengths) {
    const tokens = Array.from({ length }, (_, t) => at + t);
    if (tokens.some((t) => given.mask[t] === 1)) for (const t of tokens) out[t] = values[t];
    at += length;
  }
  return vector(out);
}

/** The largest |ratio − 1| of a token in the loss. */
function farthest(own: ArrayLike<number>, { old, mask }: Given): number {
  let most = 0;
  for (let i = 0; i < own.length; i++)
    if (mask[i] === 1) most = Math.max(most, Math.abs(Math.exp(own[i] - old[i]) - 1));
  return most;
}

export const grpoRun: Check = async (context) => {
  const { engine, check } = context;
  const { params } = check;
  const groupSize = numberParam(params, "group_size");
  const scale = wordParam(params, "scale_rewards", ["group", "batch", "none"]);
  const [beta1, beta2] = numbersParam(params, "betas");
  const optimizer = {
    learningRate: numberParam(params, "lr"),
    beta1,
    beta2,
    epsilon: numberParam(params, "eps"),
    weightDecay: numberParam(params, "weight_decay"),
    clipNorm: numberParam(params, "max_grad_norm"),
  };
  const table: Record<string, HostTensor> = {};
  const [losses, norms, clipped, ratios]: number[][] = [[], [], [], []];
  const before = await engine.readState();
  let weights: AdapterState;
  try {
    engine.resetOptimizer();
    for (let b = 0; b < numberParam(params, "batches"); b++) {
      const batch = await openBatch(context, `batch${b}`, numberParam(params, "beta"));
      const { items, clip } = policy(context, batch.set, params, groupSize, batch.given);
      table[`advantages_${b}`] = vector(advantages(batch.given.rewards, groupSize, scale));
      table[`old_logprobs_${b}`] = scored(batch, batch.given.old);
      if (batch.given.ref) table[`ref_logprobs_${b}`] = scored(batch, batch.given.ref);
      for (let update = 0; update < numberParam(params, "updates_per_batch"); update++) {
        const own = await logprobs(context, batch.set);
        clipped.push(...clip(own));
        ratios.push(farthest(own, batch.given));
        const report = await engine.trainStep(items, optimizer);
        if (report.skipped)
          throw new Error(
            `update ${losses.length} was skipped: loss ${report.loss}, norm ${report.gradNorm}`,
          );
        losses.push(report.loss);
        norms.push(report.gradNorm);
      }
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
