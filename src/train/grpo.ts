// One reinforcement step (GRPO): choose prompts, draw and grade answers, and make answers above their group's mean
// likelier. If the model forecast the variance of the rewards itself, the same update also rewards its forecasts.
import { memorySettings } from "../curriculum/candidates";
import { afterRollouts } from "../curriculum/record";
import { strategyNamed } from "../curriculum/registry";
import { mean } from "../curriculum/stats";
import type { StepReport, TrainItem } from "../model/engine";
import { Random, mixKey } from "../curriculum/random";
import { optimizerNow } from "./batches";
import { choosePrompts, type Judged } from "./choosing";
import type { RunTracker } from "./context";
import { briefly, rollAndKeep, shownOf, type Rolled } from "./keeping";
import type { StepOutcome } from "./loop";
import type { Judgment } from "./measure";
import { cutToRows, groupRows, pack, type Group } from "./pack";
import type { PolicyPart } from "./policyItems";
import { updatePolicy } from "./policyUpdate";
import type { RolledGroup } from "./rollouts";

/** Random stream that decides what is remembered of a step. */
const MEMORY_STREAM = 0x3e30;
/** Judgments whose context the log keeps, a step. */
const SHOWN = 2;

/** @returns what the loop logs as the step; `group.rolled` and `step.judged` are logged here */
export async function grpoStep(tracker: RunTracker): Promise<StepOutcome> {
  const { run } = tracker;
  const { trainer } = run.config;
  const { engine } = run;
  const { samples, judged } = await choosePrompts(tracker);
  await tracker.between(0, trainer.minibatches + 1, 0);
  const rolled = await tracker.timed("rollout", () => rollAndKeep(tracker, samples));
  const { all, kept: groups } = rolled.result;
  tracker.spend(
    "rollout",
    all.reduce((sum, { tokens }) => sum + tokens, 0),
  );
  await tracker.between(1, trainer.minibatches + 1, 0);

  const verdict = rewardForecasts(tracker, judged, groups);
  const optimizer = optimizerNow(tracker);
  const { result, elapsedMs } = await tracker.timed("train", async () => {
    const { reports, tokens } = await updatePolicy({
      engine,
      groups,
      prompts: (sample) => run.train[sample].promptIds,
      trainer,
      optimizer,
      referenceKept: tracker.state.keptReference,
      joining: verdict.itemsOf,
    });
    return { report: joined(reports), tokens };
  });
  const moved = await movement(tracker, groups);
  logStep(tracker, rolled.result, judged, verdict, moved);
  remember(tracker, rolled.result, judged, verdict);
  const partsMs = { judge: judged?.elapsedMs ?? 0, rollout: rolled.elapsedMs, train: elapsedMs };
  const trained = groups.map(({ sample }) => sample);
  return {
    samples: trained,
    report: result.report,
    tokens: result.tokens,
    lr: optimizer.learningRate,
    partsMs,
  };
}

/** Combines several updates to one report: the mean of their losses and the largest norm. */
function joined(reports: readonly StepReport[]): StepReport {
  return {
    loss: mean(reports.map(({ loss }) => loss)),
    gradNorm: reports.reduce(
      (most, { gradNorm }) => (gradNorm > most || Number.isNaN(gradNorm) ? gradNorm : most),
      0,
    ),
    skipped: reports.some(({ skipped }) => skipped),
  };
}

interface Verdict {
  /** Reward of the forecast of each trained prompt, in order; empty where forecasts are not rewarded. */
  rewards: number[];
  /** Forecast of each trained prompt, null = none or unreadable. */
  forecasts: (number | null)[];
  baseline: number;
  /** The REINFORCE items of a mini-batch's judgments. */
  itemsOf: (part: PolicyPart) => TrainItem[];
}

/** How good the forecasts of the trained prompts were, and the loss on their judgment tokens. */
function rewardForecasts(
  tracker: RunTracker,
  judged: Judged | null,
  groups: readonly RolledGroup[],
): Verdict {
  const { run, state } = tracker;
  const none = { rewards: [], baseline: 0, itemsOf: () => [] };
  if (!judged) return { ...none, forecasts: groups.map(() => null) };
  const { strategy, candidates, judgments, sharedPrefix } = judged;
  const at = groups.map(({ sample }) => candidates.indexOf(sample));
  const forecasts = at.map((i) => judged.forecasts[i] ?? null);
  const variances = groups.map(({ variance }) => variance);
  const rewarded = strategy.reward?.(state.curriculum.own, forecasts, variances, run.config);
  if (!rewarded) return { ...none, forecasts };
  const { rewards, baseline } = rewarded;
  const itemsOf = ({ from, to }: PolicyPart): TrainItem[] => {
    const weights = strategy.judgmentWeights?.(rewards.slice(from, to), baseline, run.config);
    if (!judgments || !weights) return [];
    const own = at.slice(from, to).map((i) => judgments[i]);
    return judgmentItems(own, sharedPrefix, weights, run.engine.maxRows);
  };
  return { rewards, forecasts, baseline, itemsOf };
}

function judgmentItems(
  judgments: readonly Judgment[],
  sharedPrefix: number,
  weights: readonly number[],
  maxRows: number,
): TrainItem[] {
  if (judgments.length === 0) return [];
  const prefix = judgments[0].prompt.slice(0, sharedPrefix);
  const own = judgments.map(({ prompt, answer }, i) => {
    const rest = prompt.slice(sharedPrefix);
    return { child: { tokens: [...rest, ...answer.tokens], targetFrom: rest.length }, weight: weights[i] };
  });
  const rowsNoSubgroups = ({ child }: (typeof own)[number]) => groupRows({ prefix: [], children: [child] });
  return cutToRows(own, rowsNoSubgroups, Math.max(1, maxRows - prefix.length)).map((part) => {
    const group: Group = { prefix, children: part.map(({ child }) => child) };
    const { batch, head, spans } = pack([group]);
    const nllWeight = new Float32Array(head.rows.length);
    spans.forEach(([from, to], i) => nllWeight.fill(part[i].weight, from, to));
    return { batch, head, objective: { nllWeight } };
  });
}

/** Change of the log-probability of each rollout in the group with most variance, nats; null = not measured. */
async function movement(tracker: RunTracker, groups: readonly RolledGroup[]) {
  const { run } = tracker;
  const [group] = [...groups].sort((a, b) => b.variance - a.variance);
  if (!group || group.variance === 0) return null;
  const children = group.answers.map(({ tokens }) => ({ tokens, targetFrom: 0 }));
  const packed: Group = { prefix: run.train[group.sample].promptIds, children };
  if (groupRows(packed) > run.engine.maxRows) return null;
  const { batch, head, spans } = pack([packed]);
  const { logprob } = await run.engine.tokenStats(batch, head);
  const total = (values: Float32Array) => values.reduce((sum, x) => sum + x, 0);
  const values = spans.map(
    ([from, to], i) => total(logprob.subarray(from, to)) - total(group.answers[i].logprob),
  );
  return { sample: group.sample, values };
}

/** Characters of a text by the token that wrote them; empty where tokens do not end between characters. */
function characters(tokens: Uint32Array, text: string, { run }: RunTracker): number[] {
  const { eosTokenIds } = run.engine.config;
  const counts = Array.from(tokens, (id) =>
    eosTokenIds.includes(id) ? 0 : run.tokenizer.idToText(id).length,
  );
  return counts.reduce((sum, n) => sum + n, 0) === text.length ? counts : [];
}

const rounded = (value: number): number => Math.round(value * 1000) / 1000;

function logStep(
  tracker: RunTracker,
  { all, kept, first }: Rolled,
  judged: Judged | null,
  verdict: Verdict,
  moved: Awaited<ReturnType<typeof movement>>,
): void {
  const { state } = tracker;
  const step = state.step + 1;
  if (judged) {
    const { candidates, forecasts, ranking, standIn, exploration, byLot, because } = judged;
    const { judgments, tokens, elapsedMs } = judged;
    const unread = judgments ? forecasts.indexOf(null) : -1;
    const foremost = kept.slice(0, SHOWN).map(({ sample }) => candidates.indexOf(sample));
    const shown = [...new Set(unread >= 0 ? [...foremost, unread] : foremost)];
    tracker.emit({
      type: "step.judged",
      step,
      candidates,
      forecasts,
      ...(ranking ? { ranking } : {}),
      standIn,
      selected: [...first],
      exploration,
      byLot,
      ...(because ? { because } : {}),
      rewards: verdict.rewards,
      baseline: verdict.baseline,
      ...(judgments
        ? {
            shown: shown.map((i) => ({
              sample: candidates[i],
              context: judgments[i].context,
              judgment: judgments[i].text,
              forecast: forecasts[i],
            })),
          }
        : {}),
      tokens,
      elapsedMs,
    });
  }
  const trained = new Set(kept);
  all.forEach((group) => {
    tracker.emit({
      type: "group.rolled",
      round: state.round,
      step,
      sample: group.sample,
      rewards: group.rewards,
      advantages: group.advantages,
      variance: group.variance,
      variancePredicted: judged?.forecasts[judged.candidates.indexOf(group.sample)] ?? null,
      texts: group.texts,
      tokenEntropy: group.answers.map(({ entropy }) => Array.from(entropy, rounded)),
      tokenChars: group.answers.map(({ tokens }, a) => characters(tokens, group.texts[a], tracker)),
      ...(moved?.sample === group.sample ? { moved: moved.values } : {}),
      ...(trained.has(group) ? {} : { dropped: true as const }),
      tokens: group.tokens,
    });
  });
}

/** Updates what the next step starts from: the record of rollouts, and the strategy's own memory. */
function remember(
  tracker: RunTracker,
  { all, kept }: Rolled,
  judged: Judged | null,
  { rewards }: Verdict,
): void {
  const { run, state } = tracker;
  const { config } = run;
  const rolled = all.map((group) => briefly(tracker, group));
  const random = new Random(mixKey(config.seed, MEMORY_STREAM, state.step), "memory");
  state.record = afterRollouts(state.record, rolled, { ...memorySettings(config), random });
  const strategy = strategyNamed(config.curriculum.strategy);
  if (!strategy.learn) return;
  const trained = new Set(kept);
  const learnt = all.map((group) => ({
    ...shownOf(tracker, strategy, group),
    trained: trained.has(group),
    features: judged?.features?.[judged.candidates.indexOf(group.sample)] ?? null,
  }));
  const own = strategy.learn(state.curriculum.own, { config, groups: learnt, rewards });
  state.curriculum = { ...state.curriculum, own };
}
