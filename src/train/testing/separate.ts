// Test helper: the rollouts of a step with the prompt computed once for all of them, as the trainer does it, and
// the same rollouts as separate documents, each with the prompt before it.
import type { TrainerConfig } from "../../config/schema";
import type { TrainItem } from "../../model/engine";
import { asDocument, cutToRows, groupRows, pack } from "../pack";
import { policyItems, policyParts, type PolicyItem } from "../policyItems";
import type { RolledGroup } from "../rollouts";

/** Deterministic tokens; no end token among them. */
export const someTokens = (from: number, length: number): number[] =>
  Array.from({ length }, (_, i) => 3 + (((from + i) * 97 + ((from + i) ** 2 % 31)) % 600));

/** One prompt's answers with rewards that differ, and old log-probabilities a little off the present ones. */
export function madeUpGroup(sample: number, answerLengths: readonly number[], old: number): RolledGroup {
  const rewards = answerLengths.map((_, i) => (i % 3 === 0 ? 1 : i % 3 === 1 ? 0 : 0.25));
  const mean = rewards.reduce<number>((a, b) => a + b, 0) / rewards.length;
  return {
    sample,
    answers: answerLengths.map((length, rollout) => ({
      request: 0,
      rollout,
      tokens: Uint32Array.from(someTokens(1000 * (sample + 1) + 50 * rollout, length)),
      logprob: Float32Array.from({ length }, (_, t) => old + 0.4 * Math.sin(rollout + t)),
      entropy: new Float32Array(length),
      stopped: true,
    })),
    texts: answerLengths.map(() => ""),
    rewards,
    advantages: rewards.map((r) => r - mean),
    variance: 0,
    meanReward: mean,
    tokens: 0,
  };
}

/** The trainer's own items: every prompt once. */
export function sharedItems(
  groups: readonly RolledGroup[],
  prompt: (sample: number) => readonly number[],
  trainer: TrainerConfig,
  maxRows: number,
): PolicyItem[] {
  const { groups: own } = policyParts(groups, prompt, trainer)[0];
  const items = policyItems(own, trainer, maxRows);
  const answers = groups.flatMap((group) => group.answers);
  for (const { rollouts, objective } of items)
    objective.policy.oldLogprob = Float32Array.from(rollouts.flatMap((i) => [...answers[i].logprob]));
  return items;
}

/** The same sum over documents of their own. */
export function separateItems(
  groups: readonly RolledGroup[],
  prompt: (sample: number) => readonly number[],
  trainer: TrainerConfig,
  maxRows: number,
): PolicyItem[] {
  const answers = groups.flatMap((group) => group.answers);
  const alone = policyParts(groups, prompt, trainer)[0].groups.flatMap((group) =>
    group.rollouts.map((rollout) => ({
      rollout,
      document: asDocument(Array.from(group.prefix), Array.from(rollout.child.tokens)),
    })),
  );
  return cutToRows(alone, ({ document }) => groupRows(document), maxRows).map((part) => {
    const { batch, head, spans } = pack(part.map(({ document }) => document));
    const make = (value: (i: number, t: number) => number): Float32Array => {
      const out = new Float32Array(head.rows.length);
      spans.forEach(([from, to], i) => {
        for (let m = from; m < to; m++) out[m] = value(i, m - from);
      });
      return out;
    };
    const objective = {
      nllWeight: new Float32Array(head.rows.length),
      policy: {
        pgWeight: make((i, t) => part[i].rollout.weights[t]),
        advantage: make((i) => part[i].rollout.advantage),
        oldLogprob: make((i, t) => answers[part[i].rollout.index].logprob[t]),
        refLogprob: null,
        epsilonLow: trainer.clip[0],
        epsilonHigh: trainer.clip[1],
        beta: trainer.kl,
        klTimesRatio: trainer.klTimesRatio,
        entropyWeight: make((i) => part[i].rollout.entropyWeight),
        temperature: trainer.temperature,
      },
    };
    return { batch, head, objective, rollouts: part.map(({ rollout }) => rollout.index) };
  });
}

/** Rows that a list of items computes. */
export const rowsOfItems = (items: readonly TrainItem[]): number =>
  items.reduce((sum, { batch }) => sum + batch.tokens.length, 0);
