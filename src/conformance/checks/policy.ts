// Reinforcement fine-tuning: advantages, ratios and KL of given rollouts, the four losses, METIS's judge.
import { advantages } from "../../curriculum/advantages";
import { judgmentReward } from "../../curriculum/judgment";
import { movingAverage } from "../../curriculum/record";
import { mean, populationVariance } from "../../curriculum/stats";
import type { Objective, TrainItem } from "../../model/engine";
import { asDocument, cutToRows, groupRows, pack } from "../../train/pack";
import {
  policyItems,
  policyParts,
  type PolicyItem,
  type PolicySettings,
  type WeighedAnswers,
} from "../../train/policyItems";
import { clipShares, k3, perToken } from "./policyShares";
import { byEnding, documents, ending, inputTensor, loraTensor, scalar, statsOf, vector } from "../context";
import type { Check, CheckContext } from "../context";
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

/** Log-probability of every completion token at a temperature, [C]. */
export async function logprobs(
  context: CheckContext,
  set: Completions,
  temperature = 1,
): Promise<Float32Array> {
  const wanted = (token: number) => set.number[token] >= 0;
  const { logprob } = await statsOf(context.engine, set.docs, wanted, temperature);
  const out = new Float32Array(set.count);
  set.number.forEach((n, token) => n >= 0 && (out[n] = logprob[token]));
  return out;
}

/** Items of judgments, each a document of its own; `objective` gets a picker of the values of the item's rows. */
function items(
  context: CheckContext,
  set: Completions,
  objective: (pick: (values: ArrayLike<number>) => Float32Array) => Objective,
): TrainItem[] {
  let first = 0;
  const groups = set.docs.map((document, i) => {
    const split = document.length - set.lengths[i];
    return asDocument([...document.subarray(0, split)], [...document.subarray(split)]);
  });
  return cutToRows(groups, groupRows, context.engine.maxRows).flatMap((part) => {
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

/** The trainer's settings of a check. */
export function settingsOf(params: Readonly<Record<string, unknown>>): PolicySettings {
  const number = (name: string, otherwise: number) =>
    params[name] === undefined ? otherwise : numberParam(params, name);
  const length = numberParam(params, "max_completion_length");
  return {
    temperature: number("temperature", 1),
    clip: [numberParam(params, "epsilon_low"), numberParam(params, "epsilon_high")],
    kl: numberParam(params, "beta"),
    klReference: "start",
    klTimesRatio: flagParam(params, "kl_times_ratio"),
    entropyBonus: number("entropy_bonus", 0),
    lossType: wordParam(params, "loss_type", ["grpo", "bnpo", "dr_grpo", "dapo"]),
    lossLength: length,
    maxNewTokens: length,
    minibatches: number("minibatches", 1),
    iterations: number("iterations", 1),
    maskTruncated: true,
  };
}

/** What is given of rollouts besides their tokens: a reward each, and numbers by completion token. */
export interface Given {
  rewards: readonly number[];
  /** 1 = in the loss; 0 throughout a rollout = cut before its end token. */
  mask: ArrayLike<number>;
}

/** Given rollouts as the trainer gets them from rollOut(): a group a prompt, with its advantages. */
export function groupsOf(
  set: Completions,
  { rewards, mask }: Given,
  groupSize: number,
  scale: "group" | "batch" | "none",
) {
  const scaled = advantages(rewards, groupSize, scale);
  const starts = startsOf(set);
  const promptOf = (i: number) => Array.from(set.docs[i].subarray(0, set.docs[i].length - set.lengths[i]));
  const groups = Array.from({ length: set.docs.length / groupSize }, (_, sample): WeighedAnswers => {
    const own = Array.from({ length: groupSize }, (_, i) => sample * groupSize + i);
    if (own.some((i) => promptOf(i).join() !== promptOf(own[0]).join()))
      throw new Error(`the rollouts of group ${sample} have different prompts`);
    const answers = own.map((i) => {
      const inLoss = Array.from({ length: set.lengths[i] }, (_, t) => mask[starts[i] + t]);
      const tokens = set.docs[i].slice(set.docs[i].length - set.lengths[i]);
      return { tokens, stopped: inLoss.includes(1), mask: inLoss };
    });
    return { sample, answers, advantages: own.map((i) => scaled[i]) };
  });
  return { groups, prompts: (sample: number) => promptOf(sample * groupSize) };
}

/** Number of each rollout's first completion token, and behind them the count of all. */
export function startsOf({ lengths }: Completions): number[] {
  const starts = [0];
  for (const length of lengths) starts.push(starts[starts.length - 1] + length);
  return starts;
}

/** Values by completion token, for the head rows of an item. */
export function valuesFor(item: PolicyItem, set: Completions, values: ArrayLike<number>): Float32Array {
  const starts = startsOf(set);
  return Float32Array.from(
    item.rollouts.flatMap((i) => Array.from({ length: set.lengths[i] }, (_, t) => values[starts[i] + t])),
  );
}

export const scaleParam = (params: Readonly<Record<string, unknown>>) =>
  wordParam(params, "scale_rewards", ["group", "batch", "none"]);

/** The trainer's items of the given rollouts, with the old and reference log-probabilities of the case. */
function policy(
  context: CheckContext,
  set: Completions,
  params: Readonly<Record<string, unknown>>,
  groupSize: number,
): { items: TrainItem[]; clip: (own: ArrayLike<number>) => number[] } {
  const settings = settingsOf(params);
  const rewards = Array.from(inputTensor(context, "grpo/rewards"));
  const mask = inputTensor(context, "grpo/completion_mask");
  const old = inputTensor(context, "grpo/old_logprobs");
  const ref = settings.kl === 0 ? null : inputTensor(context, "grpo/ref_logprobs");
  const scale = scaleParam(params);
  const { groups, prompts } = groupsOf(set, { rewards, mask }, groupSize, scale);
  const [{ groups: weighed }] = policyParts(groups, prompts, settings);
  const made = policyItems(weighed, settings, context.engine.maxRows);
  for (const item of made) {
    item.objective.policy.oldLogprob = valuesFor(item, set, old);
    if (ref) item.objective.policy.refLogprob = valuesFor(item, set, ref);
  }
  const advantage = perToken(advantages(rewards, groupSize, scale), set.lengths);
  const [epsilonLow, epsilonHigh] = settings.clip;
  return { items: made, clip: (own) => clipShares(own, old, advantage, mask, { epsilonLow, epsilonHigh }) };
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
