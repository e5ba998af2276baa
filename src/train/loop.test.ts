// The loop's accounting on a fake engine: what it logs, saves, counts, and that interruptions leave no trace.
import { describe, expect, it } from "vitest";
import type { ConfigInput } from "../config/schema";
import { LabError } from "../lib/errors";
import { withoutTimes, type RunEvent, type RunEventOf } from "../lib/events";
import { FakeEngine } from "./testing/fakeEngine";
import { fakeRun, type FakeRun } from "./testing/fakeRun";

const SMALL: ConfigInput = {
  curriculum: { rounds: 3, perRound: 8 },
  trainer: { samplesPerBatch: 4 },
  budget: { steps: 9 },
  evaluation: { probes: 2 },
};

const METIS: ConfigInput = {
  trainer: {
    kind: "grpo",
    samplesPerBatch: 3,
    rollouts: 4,
    maxNewTokens: 6,
    warmStartSteps: 2,
    reward: { kind: "regex", pattern: "^[a-m]" },
  },
  curriculum: { strategy: "metis", rounds: 1, perRound: null, restartOptimizer: false },
  budget: { steps: 5 },
  evaluation: { every: 2, probes: 1 },
};

const withProbe = (input: ConfigInput): ConfigInput => ({
  ...input,
  evaluation: { ...input.evaluation, forecastProbe: 5 },
});

function ofType<K extends RunEvent["type"]>(run: FakeRun, type: K): RunEventOf<K>[] {
  return run.events.filter((event): event is RunEventOf<K> => event.type === type);
}
const timeless = (events: RunEvent[]) => events.map(withoutTimes);

async function whole(input: ConfigInput, engine?: FakeEngine): Promise<FakeRun> {
  const run = fakeRun(input, { engine });
  await run.outcome;
  return run;
}

/** Runs again from the newest checkpoint, in a new engine, until the end. */
async function goOn(input: ConfigInput, interrupted: FakeRun): Promise<FakeRun> {
  const { bytes, eventCount } = interrupted.checkpoints.at(-1)!;
  const next = fakeRun(input, {
    from: { checkpoint: bytes, events: interrupted.events.slice(0, eventCount) },
  });
  await next.outcome;
  return next;
}

describe("a run", () => {
  it("says once, behind its pool, what is to be known of it", async () => {
    const run = fakeRun(SMALL, { notes: [{ code: "test-in-pool", text: "One is." }] });
    await run.outcome;
    expect(run.events.slice(0, 3).map(({ type }) => type)).toEqual(["run.started", "pool.loaded", "note"]);
    expect(ofType(run, "note")).toHaveLength(1);
  });
  it("logs its rounds in order and ends done", async () => {
    const run = await whole(SMALL);
    expect(await run.outcome).toEqual({ status: "done", error: null });
    const kinds = run.events.map((event) => event.type).filter((type) => type !== "phase.started");
    const round = [
      "pool.scored",
      "round.selected",
      ...Array<string>(3).fill("step.finished"),
      "evaluated",
      "probed",
      "round.finished",
      "checkpoint.saved",
    ];
    expect(kinds).toEqual([
      "run.started",
      "pool.loaded",
      "evaluated",
      "probed",
      "checkpoint.saved",
      ...round,
      ...round,
      ...round,
      "run.finished",
    ]);
    expect(ofType(run, "step.finished").map((event) => event.step)).toEqual([1, 2, 3, 4, 5, 6, 7, 8, 9]);
    expect(ofType(run, "round.selected").map((event) => event.round)).toEqual([1, 2, 3]);
    expect(run.events.map((event) => event.atMs)).toEqual(
      [...run.events.map((event) => event.atMs)].sort((a, b) => a - b),
    );
  });

  it("picks the highest scores and trains on the picks alone", async () => {
    const run = await whole(SMALL);
    const scored = ofType(run, "pool.scored");
    ofType(run, "round.selected").forEach((selected, i) => {
      const { values } = scored[i];
      const picked = selected.picks.map((pick) => pick.sample);
      expect(picked).toHaveLength(8);
      const best = values.map((_, sample) => sample).sort((a, b) => values[b]! - values[a]!);
      expect(new Set(picked)).toEqual(new Set(best.slice(0, 8)));
      for (const step of ofType(run, "step.finished").filter((event) => event.round === selected.round)) {
        for (const sample of step.samples) expect(picked).toContain(sample);
      }
    });
  });

  it("weighs a batch so that the loss is the mean over all answer tokens, end tokens included", async () => {
    const run = await whole({ ...SMALL, curriculum: { ...SMALL.curriculum, strategy: "random" } });
    const steps = ofType(run, "step.finished");
    run.engine.trained.forEach((items, i) => {
      const targets = items.flatMap((item) => [...item.head.targets]);
      const weights = items.flatMap((item) => [...item.objective.nllWeight]);
      expect(targets.filter((id) => id === 2)).toHaveLength(4);
      expect(targets).not.toContain(9); // what the template writes behind the end token
      expect(weights).toEqual(targets.map(() => Math.fround(1 / targets.length)));
      expect(steps[i].tokens).toBe(items.reduce((sum, item) => sum + item.batch.tokens.length, 0));
    });
  });

  it("restarts the optimiser each round, or keeps it", async () => {
    expect((await whole(SMALL)).engine.optimizerStep).toBe(3);
    const kept = await whole({ ...SMALL, curriculum: { ...SMALL.curriculum, restartOptimizer: false } });
    expect(kept.engine.optimizerStep).toBe(9);
  });

  it("is the same for the same seed and another for another", async () => {
    const [a, b, c] = await Promise.all([whole(SMALL), whole(SMALL), whole({ ...SMALL, seed: 2 })]);
    expect(timeless(a.events)).toEqual(timeless(b.events));
    expect(a.engine.weights).toEqual(b.engine.weights);
    expect(timeless(c.events)).not.toEqual(timeless(a.events));
  });

  it("scores once where the refresh is once, and never for random", async () => {
    const once = await whole({ ...SMALL, curriculum: { ...SMALL.curriculum, refresh: "once" } });
    expect(ofType(once, "pool.scored")).toHaveLength(1);
    expect(ofType(once, "round.selected")[2].picks.map((pick) => pick.sample)).toEqual(
      ofType(once, "round.selected")[0].picks.map((pick) => pick.sample),
    );
    const random = await whole({ ...SMALL, curriculum: { ...SMALL.curriculum, strategy: "random" } });
    expect(ofType(random, "pool.scored")).toHaveLength(0);
    expect(ofType(random, "run.finished")[0].tokens.score).toBe(0);
  });

  it.each(["loss", "perplexity", "length", "answer-length", "easy-to-hard", "hard-to-easy"] as const)(
    "runs with %s",
    async (strategy) => {
      const run = await whole({ ...SMALL, curriculum: { ...SMALL.curriculum, strategy } });
      expect((await run.outcome).status).toBe("done");
    },
  );

  it.each([
    { kind: "full" },
    { kind: "teacher-forced", prefixTokens: 2 },
    { preset: "released-code", prefixTokens: 4 },
    { samples: 3 },
    { decode: "greedy" },
  ] as const)("scores with %j", async (estimator) => {
    const run = await whole({ ...SMALL, curriculum: { ...SMALL.curriculum, estimator } });
    expect((await run.outcome).status).toBe("done");
    for (const { values, tokens } of ofType(run, "pool.scored")) {
      expect(values.every((value) => value !== null && Number.isFinite(value))).toBe(true);
      expect(tokens).toBeGreaterThan(0);
    }
  });

  it("compares estimators without charging the run", async () => {
    const plain = await whole(SMALL);
    const run = await whole({
      ...SMALL,
      evaluation: { ...SMALL.evaluation, compareEstimators: "first-round" },
    });
    const [compared] = ofType(run, "estimators.compared");
    expect(compared.rows.map((row) => row.estimator.split(",")[0])).toEqual([
      "full",
      "prefix 8",
      "teacher-forced 8",
    ]);
    expect(compared.rows[0].spearmanWithFull).toBe(1);
    expect(ofType(run, "run.finished")[0].tokens).toEqual(ofType(plain, "run.finished")[0].tokens);
  });

  it("evaluates every so many steps, or never", async () => {
    const often = await whole({ ...SMALL, evaluation: { every: 2, probes: 0 } });
    expect(ofType(often, "evaluated").map((event) => event.step)).toEqual([0, 2, 4, 6, 8, 9]);
    const never = await whole({ ...SMALL, evaluation: { every: "never", probes: 1 } });
    expect(ofType(never, "evaluated")).toHaveLength(0);
    expect(ofType(never, "probed")).toHaveLength(4);
  });

  it("ends on a budget of tokens, with at least a step in each round it began", async () => {
    const full = await whole(SMALL);
    const { score, train } = ofType(full, "run.finished")[0].tokens;
    const half = await whole({ ...SMALL, budget: { tokens: Math.floor((score + train) / 2) } });
    const end = ofType(half, "run.finished")[0].tokens;
    expect(end.score + end.train).toBeGreaterThanOrEqual(Math.floor((score + train) / 2));
    expect(end.train).toBeLessThan(train);
    for (const { round } of ofType(half, "round.finished")) {
      expect(ofType(half, "step.finished").some((step) => step.round === round)).toBe(true);
    }
  });

  it("has rounds of a fixed length follow until the budget is spent", async () => {
    const full = await whole(SMALL);
    const { train } = ofType(full, "run.finished")[0].tokens;
    const budget = { trainTokens: 2 * train, stepsPerRound: 2 };
    for (const strategy of ["random", "easy-to-hard"] as const) {
      const run = await whole({ ...SMALL, budget, curriculum: { ...SMALL.curriculum, strategy } });
      const end = ofType(run, "run.finished")[0];
      const steps = ofType(run, "step.finished");
      expect(end.tokens.train).toBeGreaterThanOrEqual(2 * train);
      expect(end.tokens.train - steps.at(-1)!.tokens).toBeLessThan(2 * train);
      const rounds = ofType(run, "round.finished");
      expect(rounds.length).toBeGreaterThan(3);
      expect(rounds.slice(0, -1).map(({ step }) => step)).toEqual(
        rounds.slice(0, -1).map((_, i) => 2 * (i + 1)),
      );
    }
  });

  it("ends rounds of a fixed length with the last step of the budget", async () => {
    const run = await whole({ ...SMALL, budget: { steps: 5, stepsPerRound: 2 } });
    expect(ofType(run, "round.finished").map(({ step }) => step)).toEqual([2, 4, 5]);
  });
});

describe("a reinforcement run", () => {
  const grpo = (more: ConfigInput = {}): ConfigInput => ({
    ...METIS,
    ...more,
    trainer: { ...METIS.trainer, ...more.trainer },
    curriculum: { ...METIS.curriculum, ...more.curriculum },
  });

  it("rolls out a batch of groups each step, after a warm start and a cold step", async () => {
    const run = await whole(METIS);
    expect(await run.outcome).toEqual({ status: "done", error: null });
    const groups = ofType(run, "group.rolled");
    expect(groups).toHaveLength(5 * 3);
    const judged = ofType(run, "step.judged");
    expect(judged.map((event) => event.step)).toEqual([2, 3, 4, 5]);
    for (const { rewards, advantages, variance } of groups) {
      expect(rewards).toHaveLength(4);
      const mean = rewards.reduce((sum, r) => sum + r, 0) / 4;
      expect(variance).toBeCloseTo(rewards.reduce((sum, r) => sum + (r - mean) ** 2, 0) / 4, 12);
      rewards.forEach((reward, i) => expect(advantages[i]).toBeCloseTo(reward - mean, 12));
    }
    for (const { candidates, selected, forecasts, rewards } of judged) {
      expect(candidates).toHaveLength(9);
      expect(forecasts).toHaveLength(9);
      expect(new Set(selected).size).toBe(3);
      expect(rewards).toHaveLength(3);
      for (const sample of selected) expect(candidates).toContain(sample);
    }
    expect(ofType(run, "evaluated").map((event) => event.step)).toEqual([0, 2, 4, 5]);
    expect(ofType(run, "note").some((event) => event.code === "warm-start")).toBe(true);
  });

  it("says of each step how long judging, rolling out and training took", async () => {
    const run = await whole(METIS);
    const sums = { judge: 0, rollout: 0, train: 0 };
    for (const { partsMs, elapsedMs } of ofType(run, "step.finished")) {
      const { judge, rollout, train } = partsMs!;
      expect(judge + rollout + train).toBeLessThanOrEqual(elapsedMs);
      expect(Math.min(rollout, train)).toBeGreaterThan(0);
      for (const part of ["judge", "rollout", "train"] as const) sums[part] += partsMs![part];
    }
    const { secondsMs } = ofType(run, "run.finished")[0];
    expect(sums).toMatchObject({ judge: secondsMs.judge, rollout: secondsMs.rollout });
    expect(sums.judge).toBeGreaterThan(0);
    // The warm start trained too.
    expect(sums.train).toBeLessThan(secondsMs.train);
  });

  it("shows every rollout its prompt once, and leaves out those at their group's mean", async () => {
    const run = await whole(grpo({ curriculum: { strategy: "uniform" }, trainer: { warmStartSteps: 0 } }));
    const groups = ofType(run, "group.rolled");
    const used = groups.flatMap(({ advantages }) => advantages.filter((a) => a !== 0)).length;
    const children = run.engine.trained.flatMap((items) =>
      items.flatMap(({ batch, objective }) => {
        expect([...objective.nllWeight].every((w) => w === 0)).toBe(true);
        expect(objective.policy!.oldLogprob).toBeNull();
        const starts = [...batch.documentStart].filter(
          (start, row) => start === row && batch.prefixEnd[row] > batch.prefixStart[row],
        );
        return starts;
      }),
    );
    // A rollout of one token needs no row of its own.
    expect(children.length).toBeLessThanOrEqual(used);
    expect(children.length).toBeGreaterThan(0);
  });

  it("trains the judgments with λ times their advantage, and not at λ = 0", async () => {
    const items = (run: FakeRun) => run.engine.trained.flat().filter(({ objective }) => !objective.policy);
    const some = await whole(grpo({ trainer: { warmStartSteps: 0 } }));
    const none = await whole(grpo({ trainer: { warmStartSteps: 0 }, metis: { lambda: 0 } }));
    expect(items(some).length).toBeGreaterThan(0);
    expect(items(none)).toHaveLength(0);
  });

  it.each([
    "random",
    "edco",
    "oracle",
    "last-variance",
    "running-mean",
    "shuffled",
    "pcl",
    "uniform",
    "metis-head",
  ] as const)("chooses prompts by %s", async (strategy) => {
    const run = await whole(grpo({ curriculum: { strategy, perRound: 8 } }));
    expect((await run.outcome).status).toBe("done");
    expect(ofType(run, "group.rolled")).toHaveLength(15);
    const again = await whole(grpo({ curriculum: { strategy, perRound: 8 } }));
    expect(timeless(again.events)).toEqual(timeless(run.events));
  });

  it("measures forecasts off selection without touching the training", async () => {
    const plain = await whole(METIS);
    const probed = await whole(withProbe(METIS));
    expect(probed.engine.weights).toEqual(plain.engine.weights);
    const probes = ofType(probed, "forecasts.probed");
    expect(probes.map(({ step }) => step)).toEqual(
      ofType(probed, "evaluated")
        .map(({ step }) => step)
        .slice(1),
    );
    for (const { samples, forecasts, variances, by } of probes) {
      expect(by).toBe("words");
      expect(samples).toEqual(probes[0].samples);
      expect(new Set(samples).size).toBe(5);
      expect([forecasts.length, variances.length]).toEqual([5, 5]);
      expect(variances.every((v) => v >= 0 && v <= 0.25)).toBe(true);
    }
    const spent = probes.reduce((sum, { tokens }) => sum + tokens, 0);
    const evaluated = (run: FakeRun) => ofType(run, "run.finished")[0].tokens.evaluate;
    expect(evaluated(probed)).toBe(evaluated(plain) + spent);
  });

  it.each([
    ["random", "words"],
    ["oracle", "words"],
    ["metis-head", "head"],
    ["running-mean", "control"],
  ] as const)("probes the same samples whoever forecasts: %s by %s", async (strategy, by) => {
    const run = await whole(withProbe(grpo({ curriculum: { strategy, perRound: 8 } })));
    const reference = ofType(await whole(withProbe(METIS)), "forecasts.probed")[0].samples;
    const probes = ofType(run, "forecasts.probed");
    expect(probes.length).toBeGreaterThan(0);
    for (const probe of probes) expect(probe).toMatchObject({ by, samples: reference });
  });

  it.each([
    { advantage: "group", lossType: "grpo" },
    { advantage: "batch", lossType: "bnpo", kl: 0.1 },
    { lossType: "dapo", minibatches: 3, maskTruncated: true, entropyBonus: 0.01 },
  ] as const)("trains with %j", async (trainer) => {
    const run = await whole(grpo({ curriculum: { strategy: "uniform" }, trainer }));
    expect((await run.outcome).status).toBe("done");
    const policies = run.engine.trained.flat().flatMap(({ objective }) => objective.policy ?? []);
    expect(policies.every(({ refLogprob }) => (refLogprob !== null) === "kl" in trainer)).toBe(true);
    expect(policies.some(({ oldLogprob }) => oldLogprob !== null)).toBe("minibatches" in trainer);
  });
});

describe("bad luck", () => {
  it("skips a step that is not finite and goes on", async () => {
    const engine = new FakeEngine();
    engine.brokenSteps = 2;
    const run = await whole(SMALL, engine);
    expect((await run.outcome).status).toBe("done");
    expect(
      ofType(run, "step.finished")
        .map((step) => step.skipped)
        .filter(Boolean),
    ).toHaveLength(2);
  });

  it("gives up after three in a row, with the checkpoint kept", async () => {
    const engine = new FakeEngine();
    engine.brokenSteps = 3;
    const run = await whole(SMALL, engine);
    expect(await run.outcome).toMatchObject({ status: "failed", error: { code: "diverged" } });
    expect(run.events.at(-1)).toMatchObject({ type: "run.failed", code: "diverged" });
    const next = await goOn(SMALL, run);
    expect(timeless(next.events)).toEqual(timeless((await whole(SMALL)).events));
  });

  it("says that storage failed, and fails", async () => {
    const run = fakeRun(SMALL, {
      onSave: (count) => {
        if (count === 1) throw new LabError("storage", "The disk is full.", "Free some space.");
      },
    });
    expect((await run.outcome).status).toBe("failed");
    expect(run.events.at(-1)).toMatchObject({
      type: "run.failed",
      code: "storage",
      reason: "The disk is full.",
    });
    const next = await goOn(SMALL, run);
    expect(timeless(next.events)).toEqual(timeless((await whole(SMALL)).events));
  });

  it("fails when the device is lost, and goes on from the last round", async () => {
    const engine = new FakeEngine();
    const run = fakeRun(SMALL, {
      engine,
      onEvent: (event) => {
        if (event.type !== "step.finished" || event.step !== 5) return;
        engine.trainStep = () => Promise.reject(new LabError("gpu-lost", "The device went away.", "Go on."));
      },
    });
    expect(await run.outcome).toMatchObject({ status: "failed", error: { code: "gpu-lost" } });
    const next = await goOn(SMALL, run);
    const straight = await whole(SMALL);
    expect(timeless(next.events)).toEqual(timeless(straight.events));
    expect(next.engine.weights).toEqual(straight.engine.weights);
  });
});

describe("an interrupted run", () => {
  const configs: [string, ConfigInput][] = [
    ["edco", SMALL],
    ["random", { ...SMALL, curriculum: { ...SMALL.curriculum, strategy: "random", perRound: 6 } }],
    ["evaluated every step", { ...SMALL, evaluation: { every: 1 } }],
    ["metis", METIS],
    ["metis with a forecast probe", withProbe(METIS)],
    ["metis held to its start", { ...METIS, trainer: { ...METIS.trainer, kl: 0.1, minibatches: 2 } }],
  ];

  it.each(configs)(
    "goes on to the same bits wherever it was stopped: %s",
    async (_, input) => {
      const straight = await whole(input);
      let stops = 0;
      for (let at = 0; ; at++) {
        const run = fakeRun(input, { onProgress: (count, { control }) => count === at && control.stop() });
        const { status } = await run.outcome;
        if (status === "done") break;
        stops++;
        expect(run.events.at(-1)).toMatchObject({ type: "run.finished", status: "stopped" });
        const next = await goOn(input, run);
        expect(timeless(next.events), `stopped at report ${at}`).toEqual(timeless(straight.events));
        expect(next.engine.weights).toEqual(straight.engine.weights);
        expect(next.engine.moments).toEqual(straight.engine.moments);
        expect(next.engine.reference).toEqual(straight.engine.reference);
      }
      expect(stops).toBeGreaterThan(15);
    },
    60_000,
  );

  it("leaves no trace of pauses in the log, and none in its times", async () => {
    const straight = await whole(SMALL);
    const run = fakeRun(SMALL, {
      onEvent: (event, { control }) => {
        if (event.type !== "step.finished") return;
        control.pause();
        setTimeout(() => control.resume(), 1);
      },
    });
    await run.outcome;
    expect(timeless(run.events)).toEqual(timeless(straight.events));
    expect(run.checkpoints.length).toBeGreaterThan(straight.checkpoints.length);
  });

  it("does one step, then one round, when asked", async () => {
    const run = fakeRun(SMALL);
    run.control.pause();
    const settle = () => new Promise((resolve) => setTimeout(resolve, 20));
    await settle();
    expect(ofType(run, "step.finished")).toHaveLength(0);
    run.control.step("step");
    await settle();
    expect(ofType(run, "step.finished")).toHaveLength(1);
    run.control.step("round");
    await settle();
    expect(ofType(run, "round.finished")).toHaveLength(1);
    expect(ofType(run, "step.finished")).toHaveLength(3);
    run.control.stop();
    expect((await run.outcome).status).toBe("stopped");
  });
});
