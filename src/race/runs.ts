// A finished run as the race has it, from its log alone: its tests with what each had cost, and what the run did to single
// skills, to what was known before, and to the pool. Pure.
import type { RaceCost } from "../config/race";
import type { RunEvent } from "../lib/events";
import { reduceRun } from "../log/fold";
import type { CostAxis, EvaluationView, RunView, Spent } from "../log/view";

/** What can be learnt from a row, where its file says. */
export type Truth = "known" | "learnable" | "noise";

/** What a row's file says of it, in the order of the rows. */
export interface RowFacts {
  skill: string | null;
  truth: Truth | null;
}

/** A test: what training had cost by then; neither tests nor a warm start count. */
export interface RaceTest {
  step: number;
  trainTokens: number;
  /** All tokens: scoring, judging and rollouts included. */
  tokens: number;
  seconds: number;
  /** Share of right answers. */
  value: number;
}

export interface RaceRun {
  strategy: string;
  seed: number;
  evaluations: RaceTest[];
}

/** What race.json says of a run beyond its tests. */
export interface RunExtras {
  strategy: string;
  seed: number;
  /** What the whole run had spent at its end. */
  spent: Omit<RaceTest, "step" | "value"> & { steps: number };
  /** Share of right answers by the skill of the question, before training and at the end; null = no skills known. */
  bySkill: Record<string, { n: number; before: number; end: number }> | null;
  /** Questions right before training, and how many of them were wrong at the end. */
  forgetting: { rightBefore: number; lost: number };
  /** Share of the pool's rows that were trained at least once. */
  coverage: number;
  /** Share of trained rows, repeats counted, from which nothing can be learnt; null = truth unknown. */
  noiseTrained: number | null;
}

export const AXIS: Record<RaceCost, CostAxis> = {
  steps: "steps",
  trainTokens: "trainTokens",
  tokens: "allTokens",
  seconds: "seconds",
};

export const costOfTest = (test: RaceTest, cost: RaceCost): number =>
  cost === "steps" ? test.step : test[cost];

/**
 * The tests that the budget paid for. The last step may overshoot; a step that began with nothing left, because scoring
 * had used it up, bought no result.
 */
function paidTests(
  events: readonly RunEvent[],
  tests: readonly EvaluationView[],
  cost: RaceCost,
  budget: number,
) {
  const lastStep = stepCosts(events, cost);
  return tests.filter(
    (test) => test.step === 0 || test[AXIS[cost]] - (lastStep.get(test.step) ?? 0) < budget - 1e-9,
  );
}

/** What each step itself had cost, without the scoring before it. */
function stepCosts(events: readonly RunEvent[], cost: RaceCost): Map<number, number> {
  const costs = new Map<number, number>();
  let choosing = 0;
  for (const event of events) {
    if (event.type === "step.judged" || event.type === "group.rolled") choosing += event.tokens;
    if (event.type !== "step.finished") continue;
    const { step, tokens, elapsedMs } = event;
    costs.set(
      step,
      { steps: 1, trainTokens: tokens, tokens: choosing + tokens, seconds: elapsedMs / 1000 }[cost],
    );
    choosing = 0;
  }
  return costs;
}

const spentIn = ({ steps, trainTokens, allTokens, seconds }: Spent) => ({
  steps,
  trainTokens,
  tokens: allTokens,
  seconds,
});

export function raceRun(
  strategy: string,
  seed: number,
  events: readonly RunEvent[],
  { cost, budget }: { cost: RaceCost; budget: number },
): RaceRun {
  const paid = paidTests(events, reduceRun(events).evaluations, cost, budget);
  const evaluations = paid.map(({ step, trainTokens, allTokens, seconds, value }) => ({
    step,
    trainTokens,
    tokens: allTokens,
    seconds,
    value,
  }));
  return { strategy, seed, evaluations };
}

/**
 * A run that trained on beyond the budget, as it stood when it had spent that: between two tests its share right moves in a
 * straight line while it trains, and stays while it chooses. For runs of equal steps that are compared at equal tokens.
 */
export function cutAtTokens(run: RaceRun, budget: number): RaceRun {
  const next = run.evaluations.findIndex(({ tokens }) => tokens > budget);
  if (next <= 0) return run;
  const [from, to] = [run.evaluations[next - 1], run.evaluations[next]];
  const begins = to.tokens - (to.trainTokens - from.trainTokens);
  const way = Math.max(0, (budget - begins) / (to.tokens - begins));
  const between = (a: number, b: number): number => a + way * (b - a);
  const there: RaceTest = {
    step: Math.floor(between(from.step, to.step)),
    trainTokens: Math.round(between(from.trainTokens, to.trainTokens)),
    tokens: budget,
    seconds: between(from.seconds, to.seconds),
    value: between(from.value, to.value),
  };
  const before = run.evaluations.slice(0, next);
  // Choosing had bought nothing yet: what it trained before stands until the budget is spent.
  return { ...run, evaluations: [...before, there] };
}

/** @param rows what the files say of the rows; null where they could not be read beside the run */
export function runExtras(
  strategy: string,
  seed: number,
  events: readonly RunEvent[],
  rows: { train: readonly RowFacts[]; test: readonly RowFacts[] } | null,
): RunExtras {
  const view = reduceRun(events);
  const [before, end] = [view.evaluations[0]?.items ?? "", view.evaluations.at(-1)?.items ?? ""];
  const trained = events.flatMap((event) => (event.type === "step.finished" ? event.samples : []));
  const truths = rows?.train.length === view.samples.length ? rows.train : [];
  const right = indicesOf(before, "1");
  return {
    strategy,
    seed,
    spent: spentIn(view.evaluations.at(-1) ?? { steps: 0, trainTokens: 0, allTokens: 0, seconds: 0 }),
    bySkill: bySkill(before, end, rows?.test ?? []),
    forgetting: { rightBefore: right.length, lost: right.filter((i) => end[i] === "0").length },
    coverage: new Set(trained).size / Math.max(1, poolSize(view)),
    noiseTrained:
      truths.some(({ truth }) => truth !== null) && trained.length > 0
        ? trained.filter((i) => truths[i]?.truth === "noise").length / trained.length
        : null,
  };
}

const poolSize = ({ samples }: RunView): number => samples.length;

function indicesOf(items: string, item: string): number[] {
  return [...items].flatMap((char, i) => (char === item ? [i] : []));
}

function bySkill(before: string, end: string, rows: readonly RowFacts[]): RunExtras["bySkill"] {
  const found: NonNullable<RunExtras["bySkill"]> = {};
  // A limit on the test leaves rows at its end out.
  for (let i = 0; i < Math.min(before.length, end.length, rows.length); i++) {
    const { skill } = rows[i];
    if (skill === null) continue;
    const at = (found[skill] ??= { n: 0, before: 0, end: 0 });
    at.n++;
    at.before += Number(before[i] === "1");
    at.end += Number(end[i] === "1");
  }
  for (const at of Object.values(found)) {
    at.before /= at.n;
    at.end /= at.n;
  }
  return Object.keys(found).length > 0 ? found : null;
}

/** What a file's columns say of a row: `skill` and `truth`, or the tier of a built-in pool. */
export function factsOf(columns: Readonly<Record<string, unknown>>): RowFacts {
  const skill = typeof columns.skill === "string" && columns.skill !== "" ? columns.skill : null;
  const truth = TRUTHS.find((word) => word === columns.truth) ?? byTier(columns.tier);
  return { skill, truth };
}

const TRUTHS: readonly Truth[] = ["known", "learnable", "noise"];
/** Of the built-in pools: A practised, B met rarely, C new, N without a right answer; D is out of reach, yet true. */
const byTier = (tier: unknown): Truth | null =>
  (({ A: "known", B: "learnable", C: "learnable", N: "noise" })[String(tier)] as Truth) ?? null;
