// The schema refuses with the path and fills the defaults; links carry only what differs.
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { LabError } from "../lib/errors";
import {
  FIELDS,
  configDifference,
  configFromQuery,
  configToQuery,
  defaultConfig,
  minimalConfig,
  withValue,
} from "./describe";
import { PRESETS } from "./presets";
import { resolveConfig } from "./resolve";

function refusal(input: unknown): string {
  try {
    resolveConfig(input);
  } catch (thrown) {
    expect(thrown).toBeInstanceOf(LabError);
    expect((thrown as LabError).code).toBe("config");
    return (thrown as LabError).message;
  }
  throw new Error(`accepted: ${JSON.stringify(input)}`);
}

describe("resolveConfig", () => {
  it("fills the documented defaults", () => {
    expect(resolveConfig({})).toMatchObject({
      model: { source: "builtin:tiny" },
      weights: "as-stored",
      adapter: { rank: 8, alpha: 16 },
      data: { train: "builtin:needle", test: "builtin:needle" },
      trainer: {
        kind: "sft",
        samplesPerBatch: 8,
        learningRate: 2e-3,
        beta1: 0.9,
        beta2: 0.95,
        epsilon: 1e-8,
        clipNorm: 1,
      },
      curriculum: {
        strategy: "edco",
        rounds: 5,
        perRound: 64,
        estimator: {
          kind: "prefix",
          prefixTokens: 8,
          reduce: "mean",
          unit: "nats",
          temperature: 0.7,
          topP: 0.7,
        },
      },
      budget: { steps: 40, tokens: null, seconds: null },
      evaluation: { every: "round", maxNewTokens: null },
      seed: 1,
    });
  });

  it.each([
    [{ curriculum: { rounds: "five" } }, 'curriculum.rounds: expected a whole number ≥ 1, got "five"'],
    [{ curriculum: { rounds: 0 } }, "curriculum.rounds: expected a whole number ≥ 1, got 0"],
    [
      { curriculum: { rounds: 1e6 } },
      "curriculum.rounds: expected a whole number from 1 to 1000, got 1000000",
    ],
    [{ curriculum: [] }, "curriculum: expected an object with settings, got []"],
    [{ curriculum: { round: 3 } }, 'curriculum.round: unknown setting, did you mean "rounds"?'],
    [{ trainer: { learningRate: NaN } }, "trainer.learningRate: expected a number ≥ 1e-8, got NaN"],
    [{ trainer: "sft" }, 'trainer: expected an object with settings, got "sft"'],
    [{ curriculum: { strategy: "metis" } }, 'curriculum.strategy: "metis" needs trainer.kind "grpo"'],
    [{ budget: { steps: 3 } }, "budget.steps: expected at least one step a round (5 rounds), got 3"],
    [{ adapter: { targets: ["q_proj", "q_proj"] } }, "adapter.targets: expected a list of different words"],
    [{ trainer: { clip: [0.3, 0.2] } }, "trainer.clip: expected [low, high] from 0 to 10, got [0.3,0.2]"],
    [{ evaluation: { every: 0 } }, 'evaluation.every: expected "round", "never" or a whole number'],
    [[], "config: expected an object with settings, got []"],
    [null, "config: expected an object with settings, got null"],
  ])("refuses %j", (input, sentence) => {
    expect(refusal(input)).toContain(sentence);
  });

  it("names every fault, one a line", () => {
    expect(refusal({ seed: -1, adapter: { rank: 0.5 } }).split("\n")).toHaveLength(2);
  });

  it("lets a preset fill what was left out beside it", () => {
    const { estimator } = resolveConfig({
      curriculum: { estimator: { preset: "released-code", prefixTokens: 16 } },
    }).curriculum;
    expect(estimator).toMatchObject({
      prefixTokens: 16,
      reduce: "top-fifth",
      unit: "bits",
      vocabulary: "top20",
    });
  });

  it("gives no default budget of steps beside another budget", () => {
    expect(resolveConfig({ budget: { tokens: 1000 } }).budget).toEqual({
      steps: null,
      tokens: 1000,
      trainTokens: null,
      seconds: null,
      stepsPerRound: null,
    });
  });

  it("never throws anything but a config error, whatever the input", () => {
    fc.assert(
      fc.property(fc.anything(), (input) => {
        try {
          resolveConfig(input);
        } catch (thrown) {
          return thrown instanceof LabError && thrown.code === "config" && thrown.message.includes(":");
        }
        return true;
      }),
    );
  });
});

describe("the table of settings", () => {
  it("has a label and help for every setting, and a default that resolves", () => {
    for (const field of FIELDS) {
      expect(field.label, field.path).not.toBe("");
      expect(field.help, field.path).not.toBe("");
      expect(field.fallback, field.path).not.toBeUndefined();
      expect(() => resolveConfig(withValue({}, field.path, field.fallback)), field.path).not.toThrow();
    }
  });

  it("points every condition at a setting that exists", () => {
    const paths = new Set(FIELDS.map((field) => field.path));
    for (const { path, when = [] } of FIELDS)
      for (const on of when) expect(paths.has(on.path), path).toBe(true);
  });

  it("resolves every preset", () => {
    for (const { config, id } of PRESETS) expect(() => resolveConfig(config), id).not.toThrow();
  });
});

describe("links and differences", () => {
  const someConfig = fc.record({
    strategy: fc.constantFrom("edco", "random", "loss", "easy-to-hard"),
    rounds: fc.integer({ min: 1, max: 40 }),
    perRound: fc.option(fc.integer({ min: 1, max: 500 }), { nil: null }),
    window: fc.option(fc.constant([0.5, 2]), { nil: null }),
    every: fc.constantFrom("round", "never", 7),
    text: fc.string({ minLength: 1 }).filter((word) => word.trim() !== ""),
    preset: fc.constantFrom("none", "released-code"),
  });

  it("carry a config there and back", () => {
    fc.assert(
      fc.property(someConfig, (some) => {
        const config = resolveConfig({
          curriculum: {
            strategy: some.strategy,
            rounds: some.rounds,
            perRound: some.perRound,
            window: some.window,
            estimator: { preset: some.preset, quickAnswerText: some.text },
          },
          evaluation: { every: some.every },
        });
        expect(configFromQuery(configToQuery(config))).toEqual(config);
        expect(resolveConfig(minimalConfig(config))).toEqual(config);
      }),
    );
  });

  it("say nothing of the defaults", () => {
    expect(configToQuery(defaultConfig())).toBe("");
    expect(minimalConfig(defaultConfig())).toEqual({});
  });

  it("name what differs", () => {
    const other = resolveConfig({ curriculum: { strategy: "random" }, seed: 2 });
    expect(configDifference(defaultConfig(), other).map((row) => row.path)).toEqual([
      "curriculum.strategy",
      "seed",
    ]);
  });
});
