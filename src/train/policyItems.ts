// The training items of a reinforcement step: mini-batches, each prompt computed once for all its rollouts, and a
// weight for every token. Computed as in TRL 1.16, except that a mini-batch consists of whole prompts.
import type { TrainerConfig } from "../config/schema";
import { tokenWeights } from "../curriculum/advantages";
import type { Engine, Objective, TrainItem } from "../model/engine";
import { childRows, cutToRows, groupRows, pack, type Child, type Group } from "./pack";

/** The settings that decide what a policy step computes. */
export type PolicySettings = Pick<
  TrainerConfig,
  | "temperature"
  | "clip"
  | "kl"
  | "klReference"
  | "klTimesRatio"
  | "entropyBonus"
  | "lossType"
  | "lossLength"
  | "maxNewTokens"
  | "minibatches"
  | "iterations"
  | "maskTruncated"
>;

/** A prompt's rollouts as the loss sees them; a RolledGroup is one. */
export interface WeighedAnswers {
  /** Names the prompt. */
  sample: number;
  answers: readonly {
    tokens: Uint32Array;
    /** Ended by an end token. */
    stopped: boolean;
    /** One a token, 0 = not in the loss (what a tool wrote); left out = all are. */
    mask?: ArrayLike<number>;
  }[];
  advantages: readonly number[];
}

/** One rollout of a mini-batch. */
interface PolicyChild {
  child: Child;
  /** Its number among all rollouts of the step. */
  index: number;
  advantage: number;
  /** One a token; 0 = masked. */
  weights: Float32Array;
  /** Entropy weight of each of its tokens that are in the loss. */
  entropyWeight: number;
}

interface PolicyGroup extends Group {
  rollouts: PolicyChild[];
}

/** One mini-batch: prompts `from` to `to` of the step. */
export interface PolicyPart {
  from: number;
  to: number;
  groups: PolicyGroup[];
}

/** An item of policyItems: which rollouts of the step its head rows are, in order. */
export interface PolicyItem extends TrainItem {
  objective: Objective & { policy: NonNullable<Objective["policy"]> };
  rollouts: number[];
}

/** Ends of `parts` parts of `count` things: as even as can be, the first ones larger; never an empty part. */
function cuts(count: number, parts: number): [number, number][] {
  const wanted = Math.max(1, Math.min(parts, count));
  const size = Math.floor(count / wanted);
  const larger = count % wanted;
  const start = (i: number) => i * size + Math.min(i, larger);
  return Array.from({ length: wanted }, (_, i) => [start(i), start(i + 1)]);
}

/**
 * The mini-batches of a step. A token's weight is its share of the mean over its own mini-batch (grpo, bnpo, dr_grpo),
 * or over the step's tokens by the number of mini-batches (dapo); the entropy is a mean over the mini-batch's tokens.
 */
export function policyParts(
  groups: readonly WeighedAnswers[],
  prompts: (sample: number) => readonly number[],
  trainer: PolicySettings,
): PolicyPart[] {
  const { lossType, lossLength, maxNewTokens, maskTruncated, entropyBonus, kl } = trainer;
  const kept = groups.map(({ answers }) =>
    answers.map(({ tokens, stopped, mask }) => {
      if (maskTruncated && !stopped) return 0;
      return mask ? Array.from(mask).filter((m) => m !== 0).length : tokens.length;
    }),
  );
  const sum = (counts: readonly number[]) => counts.reduce((total, count) => total + count, 0);
  const ends = cuts(groups.length, trainer.minibatches);
  const share = Math.max(1, sum(kept.flat())) / ends.length;
  // Without KL or entropy terms a rollout at its group's mean teaches nothing: it is not computed.
  const allCount = kl > 0 || entropyBonus > 0;
  let index = 0;
  return ends.map(([from, to]) => {
    const counts = kept.slice(from, to).flat();
    const weights = tokenWeights(counts, lossType, lossLength ?? maxNewTokens, share);
    const entropyWeight = entropyBonus / Math.max(1, sum(counts));
    let at = 0;
    const own = groups.slice(from, to).map(({ sample, answers, advantages }): PolicyGroup => {
      const rollouts = answers.flatMap(({ tokens, mask }, i): PolicyChild[] => {
        const [mine, number] = [at++, index++];
        if (counts[mine] === 0 || (advantages[i] === 0 && !allCount)) return [];
        const values = Float32Array.from(tokens, (_, t) => (mask && mask[t] === 0 ? 0 : weights[mine]));
        const child = { tokens, targetFrom: 0 };
        return [{ child, index: number, advantage: advantages[i], weights: values, entropyWeight }];
      });
      return { prefix: prompts(sample), children: rollouts.map(({ child }) => child), rollouts };
    });
    return { from, to, groups: own };
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

/** Items of one mini-batch, as the first update of a step needs them: ratios exactly 1, no reference. */
export function policyItems(
  groups: readonly PolicyGroup[],
  trainer: PolicySettings,
  maxRows: number,
): PolicyItem[] {
  const parts = groups.flatMap((group) => split(group, maxRows));
  return cutToRows(parts, groupRows, maxRows).map((part) => {
    const { batch, head } = pack(part);
    const rollouts = part.flatMap((group) => group.rollouts);
    const each = (value: (rollout: PolicyChild, token: number) => number): Float32Array =>
      Float32Array.from(
        rollouts.flatMap((rollout) =>
          Array.from({ length: rollout.child.tokens.length }, (_, t) => value(rollout, t)),
        ),
      );
    const objective = {
      nllWeight: new Float32Array(head.rows.length),
      policy: {
        pgWeight: each(({ weights }, t) => weights[t]),
        advantage: each(({ advantage }) => advantage),
        oldLogprob: null,
        refLogprob: null,
        epsilonLow: trainer.clip[0],
        epsilonHigh: trainer.clip[1],
        beta: trainer.kl,
        klTimesRatio: trainer.klTimesRatio,
        entropyWeight: trainer.entropyBonus > 0 ? each(({ entropyWeight }) => entropyWeight) : null,
        temperature: trainer.temperature,
      },
    };
    return { batch, head, objective, rollouts: rollouts.map(({ index }) => index) };
  });
}

async function logprobs(engine: Engine, { batch, head, objective }: PolicyItem): Promise<Float32Array> {
  const { temperature } = objective.policy;
  return (await engine.tokenStats(batch, head, { temperature })).logprob;
}

const rowsOf = (items: readonly TrainItem[]): number =>
  items.reduce((sum, { batch }) => sum + batch.tokens.length, 0);

/** Fills in the log-probabilities of the policy as it is now, before the step's updates. Returns the rows computed. */
export async function addOld(engine: Engine, items: readonly PolicyItem[]): Promise<number> {
  for (const item of items) item.objective.policy.oldLogprob = await logprobs(engine, item);
  return rowsOf(items);
}

/**
 * Fills in the log-probabilities of the reference. Returns the rows computed.
 * @param kept whether the reference is the adapter that the engine keeps, else the model without adapter
 */
export async function addReference(
  engine: Engine,
  items: readonly PolicyItem[],
  kept: boolean,
): Promise<number> {
  if (kept) await engine.setReference(true);
  else engine.setAdapterEnabled(false);
  try {
    for (const item of items) item.objective.policy.refLogprob = await logprobs(engine, item);
  } finally {
    if (kept) await engine.setReference(false);
    else engine.setAdapterEnabled(true);
  }
  return rowsOf(items);
}
