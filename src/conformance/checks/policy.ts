// Reinforcement fine-tuning: advantages, ratios and KL of given rollouts, the four losses, METIS's judge.
import { advantages, tokenWeights } from "../../curriculum/advantages";
import { judgmentReward, movingAverage } from "../../curriculum/metis";
import { mean, populationVariance } from "../../curriculum/stats";
import type { Objective, TrainItem } from "../../model/engine";
import { asDocument, cutToRows, groupRows, pack, type Group } from "../../train/pack";
import { clipShares, k3, perToken } from "../../train/policy";
import {
  byEnding,
  documents,
  ending,
  inputTensor,
  loraTensor,
  scalar,
  statsOf,
  vector,
  type Check,
  type CheckContext,
} from "../context";
import { flagParam, numberParam, wordParam } from "../spec";

/** Sequences of prompt and completion; completion tokens are numbered through all of them: [C]. */
export interface Completions {
  docs: Uint32Array[];
  lengths: number[];
  /** Completion number of a token among all tokens, −1 for prompts. */
  number: Int32Array;
  count: number;
}

export function completions(context: CheckContext, name: string): Completions {
  const docs = documents(context, name);
  const prompts = inputTensor(context, `${name}/prompt_lengths`);
  const number = new Int32Array(docs.reduce((sum, d) => sum + d.length, 0)).fill(-1);
  let [start, count] = [0, 0];
  docs.forEach((document, i) => {
    for (let t = prompts[i]; t < document.length; t++) number[start + t] = count++;
    start += document.length;
  });
  return { docs, lengths: docs.map((d, i) => d.length - prompts[i]), number, count };
}

/** Log-probability of every completion token, [C]. */
export async function logprobs(context: CheckContext, set: Completions): Promise<Float32Array> {
  const { logprob } = await statsOf(context.engine, set.docs, (token) => set.number[token] >= 0);
  const out = new Float32Array(set.count);
  set.number.forEach((n, token) => n >= 0 && (out[n] = logprob[token]));
  return out;
}

/**
 * The completions as the trainer lays them out: neighbours with the same prompt share it, computed once. Log-
 * probabilities (above) come from separate documents, so both layouts are held against the same numbers.
 */
function groups(set: Completions): Group[] {
  const out: Group[] = [];
  let last = "";
  set.docs.forEach((document, i) => {
    const split = document.length - set.lengths[i];
    const prompt = [...document.subarray(0, split)];
    const child = { tokens: document.subarray(split), targetFrom: 0 };
    const key = prompt.join();
    if (key === last && set.lengths[i - 1] > 0 && child.tokens.length > 0) {
      out[out.length - 1] = { prefix: prompt, children: [...out[out.length - 1].children, child] };
    } else if (child.tokens.length > 0) out.push({ prefix: prompt, children: [child] });
    else out.push(asDocument(prompt, []));
    last = key;
  });
  return out;
}

/** Items of at most the engine's rows; `objective` gets a picker of the values that belong to the item's rows. */
function items(
  context: CheckContext,
  set: Completions,
  objective: (pick: (values: ArrayLike<number>) => Float32Array) => Objective,
): TrainItem[] {
  let first = 0;
  return cutToRows(groups(set), groupRows, context.engine.maxRows).flatMap((part) => {
    const { batch, head } = pack(part);
    const from = first;
    first += head.targets.length;
    const pick = (values: ArrayLike<number>) => Float32Array.from(head.targets, (_, i) => values[from + i]);
    return head.targets.length > 0 ? [{ batch, head, objective: objective(pick) }] : [];
  });
}

export const grpoAdvantages: Check = async (context) => {
  const { params } = context.check;
  const rewards = Array.from(inputTensor(context, "grpo/rewards"));
  if (numberParam(params, "std_epsilon") !== 1e-4) throw new Error("std_epsilon: the lab's is 1e-4");
  const make = (scale: "group" | "batch" | "none") =>
    vector(advantages(rewards, numberParam(params, "group_size"), scale));
  return byEnding({
    advantages_group: make("group"),
    advantages_batch: make("batch"),
    advantages_none: make("none"),
  });
};

export const grpoTokens: Check = async (context) => {
  const set = completions(context, "grpo");
  const own = await logprobs(context, set);
  const old = inputTensor(context, "grpo/old_logprobs");
  const ref = inputTensor(context, "grpo/ref_logprobs");
  return byEnding({
    logprobs: vector(own),
    ratio: vector(own.map((l, i) => Math.exp(l - old[i]))),
    kl: vector(own.map((l, i) => k3(ref[i], l))),
  });
};

/** Tokens in the loss, one count a rollout. */
function keptTokens(lengths: readonly number[], mask: ArrayLike<number>): number[] {
  let at = 0;
  return lengths.map((length) => {
    let kept = 0;
    for (const end = at + length; at < end; at++) kept += mask[at];
    return kept;
  });
}

interface Policy {
  items: TrainItem[];
  clip: (own: ArrayLike<number>) => number[];
}

/** What is given of rollouts besides their tokens: a reward each, and numbers by completion token. */
export interface Given {
  rewards: readonly number[];
  /** 1 = in the loss. */
  mask: ArrayLike<number>;
  old: ArrayLike<number>;
  ref: ArrayLike<number> | null;
}

function givenOf(context: CheckContext, params: Readonly<Record<string, unknown>>): Given {
  return {
    rewards: Array.from(inputTensor(context, "grpo/rewards")),
    mask: inputTensor(context, "grpo/completion_mask"),
    old: inputTensor(context, "grpo/old_logprobs"),
    ref: numberParam(params, "beta") === 0 ? null : inputTensor(context, "grpo/ref_logprobs"),
  };
}

/** The policy loss of rollouts under the given parameters. */
export function policy(
  context: CheckContext,
  set: Completions,
  params: Readonly<Record<string, unknown>>,
  groupSize: number,
  { rewards, mask, old, ref }: Given = givenOf(context, params),
): Policy {
  const beta = numberParam(params, "beta");
  const scale = wordParam(params, "scale_rewards", ["group", "batch", "none"]);
  const type = wordParam(params, "loss_type", ["grpo", "bnpo", "dr_grpo", "dapo"]);
  const advantage = perToken(advantages(rewards, groupSize, scale), set.lengths);
  const kept = keptTokens(set.lengths, mask);
  const weight = perToken(
    tokenWeights(kept, type, numberParam(params, "max_completion_length")),
    set.lengths,
  ).map((w, i) => w * mask[i]);
  const bounds = {
    epsilonLow: numberParam(params, "epsilon_low"),
    epsilonHigh: numberParam(params, "epsilon_high"),
  };
  const klTimesRatio = flagParam(params, "kl_times_ratio");
  return {
    items: items(context, set, (pick) => ({
      nllWeight: pick(new Float32Array(set.count)),
      policy: {
        pgWeight: pick(weight),
        advantage: pick(advantage),
        oldLogprob: pick(old),
        refLogprob: ref ? pick(ref) : null,
        ...bounds,
        beta,
        klTimesRatio,
        entropyBonus: 0,
      },
    })),
    clip: (own) => clipShares(own, old, advantage, mask, bounds),
  };
}

export const grpoLoss: Check = async (context) => {
  const { params } = context.check;
  const set = completions(context, "grpo");
  const { items: work, clip } = policy(context, set, params, numberParam(params, "group_size"));
  const { loss, gradients } = await context.engine.gradients(work);
  const clipped = clip(await logprobs(context, set));
  return (name) =>
    name.includes("/grad/")
      ? loraTensor(gradients, name)
      : byEnding({ loss: scalar(loss), clip_ratio: vector(clipped) })(name);
};

export const metisJudge: Check = async (context) => {
  const { engine, check } = context;
  const { params } = check;
  const groupSize = numberParam(params, "group_size");
  const forecasts = Array.from(inputTensor(context, "metis/forecasts"));
  const outcomes = Array.from(inputTensor(context, "grpo/rewards"));
  const variance = forecasts.map((_, g) =>
    populationVariance(outcomes.slice(g * groupSize, (g + 1) * groupSize)),
  );
  const rewards = forecasts.map((forecast, g) => judgmentReward(forecast, variance[g]));
  const baseline = numberParam(params, "baseline");
  const lambda = numberParam(params, "lambda");
  const judgments = completions(context, "metis");
  if (judgments.docs.length * groupSize !== outcomes.length) {
    throw new Error(
      `${judgments.docs.length} judgments for ${outcomes.length} rollouts in groups of ${groupSize}`,
    );
  }
  // REINFORCE: every token of a judgment weighs (R − b) / P on its −log p.
  const weights = perToken(
    rewards.map((r) => (r - baseline) / rewards.length),
    judgments.lengths,
  );
  const judge = (factor: number) =>
    items(context, judgments, (pick) => ({ nllWeight: pick(weights.map((w) => w * factor)) }));
  const rollouts = policy(
    context,
    completions(context, "grpo"),
    (params.policy ?? {}) as Record<string, unknown>,
    groupSize,
  );
  const judged = await engine.gradients(judge(1));
  const policed = await engine.gradients(rollouts.items);
  const joint = await engine.gradients([...rollouts.items, ...judge(lambda)]);
  const table = byEnding({
    variance: vector(variance),
    reward: vector(rewards),
    baseline_next: scalar(movingAverage(baseline, mean(rewards), numberParam(params, "baseline_decay"))),
    judge_loss: scalar(judged.loss),
    policy_loss: scalar(policed.loss),
    joint_loss: scalar(joint.loss),
  });
  return (name) => {
    const folder = name.slice(0, name.length - ending(name).length);
    if (folder.endsWith("judge_grad/")) return loraTensor(judged.gradients, name);
    return folder.endsWith("joint_grad/") ? loraTensor(joint.gradients, name) : table(name);
  };
};
