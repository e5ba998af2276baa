// The updates of a policy step on the stand-in engine: how a step is split, weighed, repeated and held back.
import { expect, describe, it } from "vitest";
import type { ConfigInput } from "../config/schema";
import { FakeEngine } from "./testing/fakeEngine";
import { fakeRun, type FakeRun } from "./testing/fakeRun";

/** Five METIS steps of three prompts and four rollouts, and what is given instead. */
const grpo = (input: ConfigInput): ConfigInput => ({
  trainer: {
    kind: "grpo",
    samplesPerBatch: 3,
    rollouts: 4,
    maxNewTokens: 6,
    reward: { kind: "regex", pattern: "^[a-m]" },
    ...input.trainer,
  },
  curriculum: { strategy: "metis", rounds: 1, perRound: null, restartOptimizer: false, ...input.curriculum },
  budget: { steps: 5 },
  evaluation: { every: "never" },
});

async function whole(input: ConfigInput, engine?: FakeEngine): Promise<FakeRun> {
  const run = fakeRun(input, { engine });
  await run.outcome;
  return run;
}

describe("a policy step", () => {
  const policiesOf = (run: FakeRun) =>
    run.engine.trained.map((items) => items.flatMap(({ objective }) => objective.policy ?? []));
  const plain = (trainer: object) =>
    grpo({ curriculum: { strategy: "uniform" }, trainer: { warmStartSteps: 0, ...trainer } });

  it("splits six prompts in four parts as 2, 2, 1, 1, each weighed by itself, and passes again", async () => {
    const run = await whole(
      plain({
        samplesPerBatch: 6,
        minibatches: 4,
        iterations: 2,
        kl: 0.1,
        lossType: "dr_grpo",
        lossLength: 5,
      }),
    );
    const updates = policiesOf(run);
    expect(updates).toHaveLength(5 * 4 * 2);
    // dr_grpo: 1 / (rollouts of the part · 5), with four rollouts a prompt.
    const weights = updates.map((policies) => [...new Set(policies.flatMap((p) => [...p.pgWeight]))]);
    const pass = [1 / 40, 1 / 40, 1 / 20, 1 / 20].map((weight) => [Math.fround(weight)]);
    expect(weights.slice(0, 8)).toEqual([...pass, ...pass]);
    expect(updates.flat().every((p) => p.oldLogprob !== null && p.refLogprob !== null)).toBe(true);
  });

  it("refuses more parts than prompts", () => {
    expect(() => fakeRun(plain({ samplesPerBatch: 3, minibatches: 4 }))).toThrow("trainer.minibatches");
  });

  it("weighs the entropy as a mean over the tokens of the part", async () => {
    const run = await whole(plain({ entropyBonus: 0.5, lossType: "grpo" }));
    for (const policies of policiesOf(run)) {
      const weights = policies.flatMap((p) => [...p.entropyWeight!]);
      expect(weights.reduce((sum, w) => sum + w, 0)).toBeCloseTo(0.5, 5);
      expect(new Set(weights).size).toBe(1);
    }
  });

  it("takes the distribution the answers were drawn from", async () => {
    const run = await whole(plain({ temperature: 0.7 }));
    for (const { temperature } of policiesOf(run).flat()) expect(temperature).toBe(0.7);
  });

  it("updates even where nothing is learnt, so that moments decay", async () => {
    const run = await whole(plain({ reward: { kind: "regex", pattern: "^never$" } }));
    expect(run.engine.trained).toHaveLength(5);
    expect(run.engine.trained.flat()).toHaveLength(0);
    expect(run.engine.optimizerStep).toBe(5);
  });

  it("is held to the adapter its first rollout came from, or to the base where asked", async () => {
    const calls = async (trainer: object) => {
      const engine = new FakeEngine();
      const seen: string[] = [];
      const swap = engine.setReference.bind(engine);
      engine.setReference = (on) => (on && seen.push("start"), swap(on));
      engine.setAdapterEnabled = (on?: boolean) => void (on === false && seen.push("base"));
      const run = await whole(grpo({ curriculum: { strategy: "uniform" }, trainer }), engine);
      expect((await run.outcome).status).toBe("done");
      return { seen: new Set(seen), reference: engine.reference, weights: engine.weights };
    };
    const warm = await calls({ warmStartSteps: 2, kl: 0.1 });
    expect(warm.seen).toEqual(new Set(["start"]));
    expect(warm.reference).not.toEqual(warm.weights);
    expect((await calls({ warmStartSteps: 2, kl: 0.1, klReference: "base" })).seen).toEqual(
      new Set(["base"]),
    );
    expect((await calls({ warmStartSteps: 0, kl: 0.1 })).seen).toEqual(new Set(["base"]));
    expect((await calls({ warmStartSteps: 2, kl: 0 })).seen).toEqual(new Set());
  });

  it("trains each part with the judgments of its own prompts, in the first pass only", async () => {
    const run = await whole(grpo({ trainer: { warmStartSteps: 0, minibatches: 3, iterations: 2 } }));
    const judged = run.engine.trained.map((items) => items.some(({ objective }) => !objective.policy));
    // The first of five steps has no judgments; of the six updates of each other the first three may have some.
    const steps = [0, 1, 2, 3, 4].map((step) => judged.slice(6 * step, 6 * step + 6));
    expect(steps[0]).not.toContain(true);
    for (const step of steps.slice(1)) {
      expect(step.slice(3)).not.toContain(true);
      expect(step.slice(0, 3).filter(Boolean).length).toBeGreaterThan(1);
    }
  });
});
