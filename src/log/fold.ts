// The one function that turns the records of a run log into a view of the run. The page (live, stored and recorded
// runs), the report and the summary all use it, so all show the same. No clock, no DOM, no randomness.
import type { Pick as PickRecord, RunEvent, RunEventOf } from "../lib/events";
import { readConfig } from "./config";
import { costOf, countsAsCost, tokensOf } from "./phases";
import { scoreColumn } from "./series";
import { emptyView, type RoundView, type RunView, type Spent, type Topic } from "./view";

let tick = 0;

function touch(view: RunView, ...topics: Topic[]): void {
  tick++;
  for (const topic of topics) view.version[topic] = tick;
}

/** The round's record, created empty where it is the first to be mentioned. Rounds count from 1. */
function roundOf(view: RunView, round: number): RoundView {
  while (view.rounds.length < round)
    view.rounds.push({
      round: view.rounds.length + 1,
      scores: null,
      unit: "nats",
      estimator: "",
      prefixTokens: null,
      scoreTokens: 0,
      scoreMs: 0,
      picks: null,
      picked: null,
      threshold: null,
      missed: [],
      newPicks: 0,
      overlap: 0,
      meanScore: null,
      scored: 0,
    });
  return view.rounds[round - 1];
}

/** Where batches are chosen one by one, the picks of a round are the samples that its batches have shown so far. */
function addPicks(view: RunView, { round: number, random, chosen }: RunEventOf<"batch.chosen">): void {
  const round = roundOf(view, number);
  const picks = (round.picks ??= []);
  const picked = (round.picked ??= new Uint8Array(view.samples.length));
  const add = (sample: number, why: Pick<PickRecord, "reason" | "because">): void => {
    if (picked[sample] === 1) return;
    picked[sample] = 1;
    const pickedBefore = view.rounds
      .slice(0, number - 1)
      .flatMap((r) => (r.picked?.[sample] ? [r.round] : []));
    const rank = picks.length + 1;
    picks.push({ sample, rank, score: null, pickedBefore, previousScore: null, ...why });
    if (view.firstPick[sample] === 0) {
      view.firstPick[sample] = number;
      round.newPicks++;
    }
    if (pickedBefore.includes(number - 1)) round.overlap++;
  };
  for (const sample of random) add(sample, { reason: "random" });
  for (const { sample, why } of chosen) add(sample, { reason: "neighbourhood", because: why });
}

function closePhase(view: RunView, atMs: number): void {
  const open = view.phases.at(-1);
  if (!open || open.toMs !== null) return;
  open.toMs = atMs;
  if (open.phase === "compare" || (open.phase === "train" && open.round === 0)) return;
  view.spentMs[open.phase] += atMs - open.bookedMs;
}

/** A reinforcement step judges, rolls out and trains inside one phase, and says how long each took. */
function bookStep(view: RunView, event: RunEventOf<"step.finished">): void {
  const open = view.phases.at(-1);
  if (!event.partsMs || !open) return;
  for (const part of ["judge", "rollout", "train"] as const) view.spentMs[part] += event.partsMs[part];
  open.bookedMs = event.atMs;
}

/** Estimators are compared within the scoring phase, but that is not part of the run's cost. */
function splitComparison(view: RunView, atMs: number): void {
  const open = view.phases.at(-1);
  if (!open || open.toMs !== null || open.phase !== "score") return;
  const { round, step } = open;
  closePhase(view, view.scoredMs);
  const { scoredMs } = view;
  view.phases.push({ phase: "compare", round, step, fromMs: scoredMs, bookedMs: scoredMs, toMs: atMs });
  view.phases.push({ phase: "score", round, step, fromMs: atMs, bookedMs: atMs, toMs: null });
}

/** What the run has spent so far on learning and choosing; evaluation, loading and saving are left out. */
export function spentBy(view: RunView, atMs: number): Spent {
  const open = view.phases.at(-1);
  let ms = costOf(view.spentMs);
  if (open && open.toMs === null && countsAsCost(open)) ms += Math.max(0, atMs - open.bookedMs);
  return {
    steps: view.step,
    trainTokens: view.tokens.train,
    allTokens: costOf(view.tokens),
    seconds: ms / 1000,
  };
}

/** Takes one record into the view. Records must come in the order of the log. */
export function applyEvent(view: RunView, event: RunEvent): void {
  show(view, event);
  const spent = tokensOf(event);
  if (spent) view.tokens[spent.phase] += spent.tokens;
}

function show(view: RunView, event: RunEvent): void {
  view.clockMs = event.atMs;
  if ("round" in event && event.round > view.round) view.round = event.round;
  switch (event.type) {
    case "run.started":
      Object.assign(view, {
        runId: event.runId,
        name: event.name,
        seed: event.seed,
        config: readConfig(event.config),
        environment: event.environment,
        identity: event.identity ?? null,
        planned: event.planned,
        status: "running",
      });
      return touch(view, "run", "phases");
    case "pool.loaded":
      view.poolName = event.name;
      view.samples = event.train;
      view.testSize = event.testSize;
      view.firstPick = new Uint16Array(event.train.length);
      return touch(view, "pool");
    case "phase.started":
      closePhase(view, event.atMs);
      view.phases.push({
        phase: event.phase,
        round: event.round,
        step: event.step,
        fromMs: event.atMs,
        bookedMs: event.atMs,
        toMs: null,
      });
      return touch(view, "phases");
    case "pool.scored": {
      const round = roundOf(view, Math.max(1, event.round));
      round.scores = scoreColumn(event.values);
      round.unit = event.unit;
      round.estimator = event.estimator;
      round.prefixTokens = event.prefixTokens;
      round.scoreTokens += event.tokens;
      round.scoreMs += event.elapsedMs;
      view.scoredMs = event.atMs;
      return touch(view, "scores");
    }
    case "estimators.compared":
      view.comparisons.push(event);
      splitComparison(view, event.atMs);
      return touch(view, "scores", "phases");
    case "round.selected": {
      const round = roundOf(view, event.round);
      round.picks = event.picks;
      round.picked = new Uint8Array(view.samples.length);
      for (const pick of event.picks) {
        round.picked[pick.sample] = 1;
        if (view.firstPick[pick.sample] === 0) view.firstPick[pick.sample] = event.round;
      }
      round.threshold = event.threshold;
      round.missed = event.missed;
      round.newPicks = event.new;
      round.overlap = event.overlap;
      round.meanScore = event.meanScore;
      round.scored = event.scored;
      return touch(view, "picks");
    }
    case "pool.parted":
      view.batches.names = event.names;
      view.batches.parts = event.parts;
      return touch(view, "picks");
    case "batch.chosen":
      view.batches.steps.push(event);
      addPicks(view, event);
      return touch(view, "picks");
    case "step.finished":
      view.step = event.step;
      view.steps.step.push(event.step);
      view.steps.round.push(event.round);
      view.steps.loss.push(event.skipped ? NaN : event.loss);
      view.steps.computedLoss.push(event.loss ?? NaN);
      view.steps.tokens.push(event.tokens);
      view.steps.gradNorm.push(event.gradNorm);
      view.steps.atMs.push(event.atMs);
      view.steps.skipped.push(event.skipped ? 1 : 0);
      view.steps.judgeMs.push(event.partsMs?.judge ?? NaN);
      view.steps.rolloutMs.push(event.partsMs?.rollout ?? NaN);
      view.steps.trainMs.push(event.partsMs?.train ?? NaN);
      bookStep(view, event);
      return touch(view, "steps");
    case "group.rolled":
      view.groups.push(event);
      return touch(view, "groups");
    case "step.judged":
      view.judged.push(event);
      return touch(view, "groups");
    case "forecasts.probed":
      view.forecastProbes.push(event);
      return touch(view, "groups");
    case "evaluated":
      view.evaluations.push({
        ...spentBy(view, event.atMs),
        round: event.round,
        step: event.step,
        metric: event.metric,
        value: event.value,
        n: event.n,
        interval: event.interval,
        items: event.items,
      });
      return touch(view, "evaluations");
    case "probed":
      view.probes.push({ round: event.round, step: event.step, answers: event.answers });
      return touch(view, "probes");
    case "round.finished":
      view.sums = event;
      return touch(view, "phases");
    case "checkpoint.saved":
      return touch(view, "phases");
    case "note":
      view.notes.push({ code: event.code, text: event.text, atMs: event.atMs });
      return touch(view, "run");
    case "run.finished":
      closePhase(view, event.atMs);
      view.status = event.status;
      view.sums = event;
      return touch(view, "run", "phases");
    case "run.failed":
      closePhase(view, event.atMs);
      view.status = "failed";
      view.failure = { code: event.code, reason: event.reason, hint: event.hint };
      return touch(view, "run", "phases");
    default:
      return event satisfies never;
  }
}

/** The view after the records up to `untilMs` (all of them by default). */
export function reduceRun(events: readonly RunEvent[], untilMs = Infinity): RunView {
  const view = emptyView();
  for (const event of events) {
    if (event.atMs > untilMs) break;
    applyEvent(view, event);
  }
  return view;
}
