// What every strategy's file must say, and what follows from it: schema, conditions in the form, words.
import { describe, expect, it } from "vitest";
import { FIELDS, defaultConfig, isRelevant, whyIdle, withValue } from "../config/describe";
import { resolveConfig, type ResolvedConfig } from "../config/schema";
import {
  RANDOM_ORDER,
  DEFAULT_STRATEGY,
  IN_WORDS,
  STRATEGIES,
  STRATEGY_NAMES,
  measuring,
  signalOf,
  strategyLabel,
  strategyNamed,
  underTitles,
  whyWords,
} from "./registry";

/** Paths of the settings of strategies that the form offers for this one. */
function offered(name: string): string[] {
  const { trainers } = strategyNamed(name);
  const config = withValue<ResolvedConfig>(defaultConfig(), "curriculum.strategy", name);
  const given = withValue(config, "trainer.kind", trainers[0]);
  return FIELDS.filter(
    (field) => field.when?.some(({ path }) => path === "curriculum.strategy") && isRelevant(field, given),
  )
    .map(({ path }) => path)
    .sort();
}

describe("the registry", () => {
  it("finds every file, and none twice", () => {
    const files = Object.keys(import.meta.glob(["./strategies/*.ts", "!./strategies/*.test.ts"]));
    const names = files.map((file) => file.replace(/^.*\/|\.ts$/g, ""));
    expect([...STRATEGY_NAMES].sort()).toEqual(names.sort());
    expect(new Set(STRATEGIES.map(({ menu }) => menu)).size).toBe(names.length);
    expect(new Set(STRATEGIES.map(({ words }) => words.label)).size).toBe(names.length);
  });

  it("has words of every strategy, and a source", () => {
    for (const { name, words } of STRATEGIES) {
      expect(words.help, name).toMatch(/\.$/);
      expect(words.source, name).not.toBe("");
      expect(strategyLabel(name)).toBe(words.label);
    }
    expect(strategyLabel("of-another-version")).toBe("of another version");
    expect(whyWords("of-another-version")).toBeUndefined();
  });

  it("measures others against random order, and begins with EDCO", () => {
    expect([DEFAULT_STRATEGY, RANDOM_ORDER]).toEqual(["edco", "random"]);
    expect(STRATEGIES.filter(({ random }) => random).map(({ name }) => name)).toEqual(["random", "uniform"]);
    expect(IN_WORDS.name).toBe("metis");
    expect(measuring("entropy")).toEqual(["edco", "edco-ratchet"]);
  });

  it("puts every strategy under one title of a menu", () => {
    const titled = underTitles(STRATEGY_NAMES);
    expect(titled.flatMap(([, names]) => names).sort()).toEqual([...STRATEGY_NAMES].sort());
    expect(titled[0][1]).toContain("edco");
    expect(underTitles(["metis"])).toEqual([["Prompts of each step", ["metis"]]]);
  });

  it("refuses a name that no file has", () => {
    expect(() => strategyNamed("edko")).toThrow('There is no strategy "edko".');
    expect(() => resolveConfig({ curriculum: { strategy: "edko" as "edco" } })).toThrow(
      "curriculum.strategy",
    );
  });

  it("offers a strategy the settings it reads, and no others", () => {
    const shared = ["metis.exploration", "metis.poolMultiplier"];
    expect(offered("uniform")).toEqual(shared);
    expect(offered("pcl")).toEqual([...shared, "metis.target"].sort());
    expect(offered("metis-head")).toEqual([...shared, "metis.headLearningRate"].sort());
    for (const field of ["memory", "lambda", "judgeMaxTokens", "fallback"]) {
      expect(offered("metis")).toContain(`metis.${field}`);
      expect(offered("shuffled")).toContain(`metis.${field}`);
    }
  });

  it("offers settings of scoring where a strategy scores, and those of the estimator where its signal is entropy", () => {
    const chosen = ["excludeSeen", "exploration", "refresh", "skipTopShare", "softmaxTemperature", "window"];
    const byScore = chosen.map((field) => `curriculum.${field}`);
    const estimator = FIELDS.map(({ path }) => path).filter((path) =>
      path.startsWith("curriculum.estimator."),
    );
    for (const strategy of STRATEGIES) {
      const given = offered(strategy.name);
      const signal = signalOf(strategy);
      expect(
        given.filter((path) => byScore.includes(path)),
        strategy.name,
      ).toEqual(signal ? byScore : []);
      const estimating = given.filter((path) => estimator.includes(path));
      // The text of the quick answer waits for the quick answer.
      const all = estimator.filter((path) => !path.endsWith("quickAnswerText")).sort();
      expect(estimating, strategy.name).toEqual(signal === "entropy" ? all : []);
    }
    expect(offered("edco")).toContain("evaluation.compareEstimators");
    expect(offered("loss")).not.toContain("evaluation.compareEstimators");
  });

  it("says why a setting has no effect", () => {
    const reduce = FIELDS.find(({ path }) => path === "curriculum.estimator.reduce")!;
    const random = withValue<ResolvedConfig>(defaultConfig(), "curriculum.strategy", "random");
    expect(whyIdle(reduce, defaultConfig())).toBeNull();
    expect(whyIdle(reduce, random)).toBe(
      "It has no effect while Strategy is random, only where that is edco or edco-ratchet.",
    );
  });
});
