// Two runs stand on one picture only where pool, test set, weights, budget and seed agree; the recordings that come with
// the lab are held to the same rule.
import { readFileSync } from "node:fs";
import { describe, expect, it } from "vitest";
import type { LogSample, RunEvent, RunIdentity } from "../lib/events";
import {
  differences,
  faultSentence,
  pairFaults,
  runFacts,
  sameLine,
  settingWords,
  type RunFacts,
} from "./comparable";
import { rowsDigest } from "./digest";
import { samples } from "../log/testing/log";

const config = (change: Record<string, unknown> = {}): Record<string, unknown> => ({
  name: null,
  model: { source: "builtin:tiny", revision: null },
  data: { train: "builtin:needle", test: "builtin:needle" },
  trainer: { learningRate: 0.01, warmStartSteps: 0, samplesPerBatch: 8 },
  curriculum: { strategy: "edco", rounds: 5, perRound: 64, estimator: { kind: "prefix" } },
  metis: { memory: 3 },
  budget: { steps: 40, tokens: null },
  evaluation: { every: "round", limit: null, compareEstimators: "never" },
  seed: 1,
  ...change,
});

const identity = (change: Partial<RunIdentity> = {}): RunIdentity => ({
  train: { name: "mine", rows: 6, hash: "aa" },
  test: { name: "mine", rows: 4, hash: "bb" },
  weights: { name: "tiny", hash: "cc" },
  code: "1",
  ...change,
});

interface Made {
  config?: Record<string, unknown>;
  identity?: RunIdentity;
  train?: LogSample[];
  testSize?: number;
  seed?: number;
}

function made(what: Made = {}): RunFacts {
  const seed = what.seed ?? 1;
  const log: RunEvent[] = [
    {
      atMs: 0,
      type: "run.started",
      runId: "r",
      name: "r",
      seed,
      config: { ...(what.config ?? config()), seed },
      environment: {},
      planned: { rounds: 5, steps: 40, scoredPerRound: 0 },
      ...(what.identity ? { identity: what.identity } : {}),
    },
    { atMs: 1, type: "pool.loaded", name: "p", train: what.train ?? samples, testSize: what.testSize ?? 4 },
  ];
  const facts = runFacts(log);
  if (!facts) throw new Error("the log says enough");
  return facts;
}

describe("a run whose reward function was mended on the way", () => {
  it("matches no other run, because none was made this way", () => {
    const own = made();
    expect(pairFaults({ ...own, mended: true }, own).map(({ part }) => part)).toEqual(["budget"]);
    expect(faultSentence("Your run", pairFaults(own, { ...own, mended: true }))).toBe(
      "Your run was run with a reward function that was changed on the way in one of them.",
    );
  });
});

const random = config({
  curriculum: { strategy: "random", rounds: 5, perRound: 64, estimator: { kind: "full" } },
});
const parts = (other: RunFacts, own: RunFacts): string[] => pairFaults(other, own).map(({ words }) => words);

describe("two runs on one picture", () => {
  it("may differ in the strategy, its settings, the name and what only watches", () => {
    const other = made({
      config: {
        ...random,
        name: "other",
        metis: { memory: 9 },
        evaluation: { every: "round", limit: null, compareEstimators: "first-round" },
      },
    });
    expect(parts(other, made())).toEqual([]);
    expect(sameLine(other, made())).toBe(false);
  });

  it("are of one line where a limit that is off came later than one log", () => {
    const later = (trainTokens: number | null) =>
      made({ config: { ...config({}), budget: { steps: 40, trainTokens } } });
    const earlier = made({ config: { ...config({}), budget: { steps: 40 } } });
    expect(sameLine(later(null), earlier)).toBe(true);
    expect(sameLine(later(9000), earlier)).toBe(false);
  });

  it("are of one line where a setting of another strategy came later than one log", () => {
    const later = (more: Record<string, unknown>) =>
      made({ config: config({ metis: { memory: 3, ...more } }) });
    expect(sameLine(later({ headLearningRate: 0.3 }), made())).toBe(true);
    expect(sameLine(later({ ofNoStrategy: 1 }), made())).toBe(false);
    const head = { curriculum: { strategy: "metis-head" } };
    const own = made({ config: config(head) });
    const other = made({ config: config({ ...head, metis: { memory: 3, headLearningRate: 0.3 } }) });
    expect(sameLine(other, own)).toBe(false);
  });

  it.each([
    [
      "learning rate",
      { trainer: { learningRate: 0.002, warmStartSteps: 0, samplesPerBatch: 8 } },
      "with learning rate 0.002, not 0.01",
    ],
    [
      "warm start",
      { trainer: { learningRate: 0.01, warmStartSteps: 20, samplesPerBatch: 8 } },
      "with a warm start of 20, not 0",
    ],
    [
      "batch",
      { trainer: { learningRate: 0.01, warmStartSteps: 0, samplesPerBatch: 4 } },
      "with samples a batch 4, not 8",
    ],
    [
      "picks",
      { curriculum: { strategy: "edco", rounds: 5, perRound: 32, estimator: { kind: "prefix" } } },
      "with picks a round 32, not 64",
    ],
    ["steps", { budget: { steps: 60, tokens: null } }, "with steps 60, not 40"],
    ["tokens", { budget: { steps: 40, tokens: 900 } }, "with a limit of training tokens of 900, not none"],
    ["tested rows", { evaluation: { every: "round", limit: 9 } }, "with test questions up to 9, not none"],
    [
      "a setting that the other has not",
      { adapter: { rank: 4 } },
      "with LoRA rank 4, not as the lab then did it",
    ],
  ])("must have the same %s", (_, change, words) => {
    expect(parts(made({ config: config(change) }), made())).toContain(words);
  });

  it("may differ in settings of reinforcement where both are supervised", () => {
    const kind = (name: string, more: object) =>
      made({ config: config({ trainer: { kind: name, ...more } }) });
    expect(parts(kind("sft", {}), kind("sft", { iterations: 1, reward: { kind: "exact" } }))).toEqual([]);
    expect(parts(kind("grpo", {}), kind("grpo", { iterations: 1 }))).toEqual([
      "with passes over the rollouts as the lab then did it, not 1",
    ]);
  });

  it("must have the same seed as a pair; seeds of one line differ in nothing else", () => {
    expect(parts(made({ seed: 2 }), made())).toEqual(["with seed 2, not 1"]);
    expect(sameLine(made({ seed: 2 }), made())).toBe(true);
    const otherwise = config({
      curriculum: { strategy: "edco", rounds: 5, perRound: 64, estimator: { kind: "full" } },
    });
    expect(sameLine(made({ seed: 2, config: otherwise }), made())).toBe(false);
  });

  it("must have the same rows and weights, by their hash where both noted one", () => {
    const own = made({ identity: identity() });
    // The hash decides: a dataset may have been kept under another name.
    const renamed = made({
      identity: identity(),
      config: config({ data: { train: "stored:a", test: "stored:a" } }),
    });
    expect(parts(renamed, own)).toEqual([]);
    const rows = (hash: string) => ({ name: "mine", rows: 6, hash });
    expect(parts(made({ identity: identity({ train: rows("x") }) }), own)).toEqual(["on other questions"]);
    expect(parts(made({ identity: identity({ test: rows("x") }) }), own)).toEqual(["with another test set"]);
    expect(parts(made({ identity: identity({ weights: { name: "tiny", hash: "x" } }) }), own)).toEqual([
      "on another model",
    ]);
  });

  it("are held to their logged rows where a log noted no hash", () => {
    const changed = samples.map((row, i) => (i === 5 ? { ...row, answer: "so 9" } : row));
    expect(parts(made({ train: changed }), made())).toEqual(["on other questions"]);
    expect(parts(made({ train: samples.toReversed() }), made())).toEqual(["on other questions"]);
    expect(parts(made({ testSize: 5 }), made())).toEqual(["with another test set"]);
    expect(parts(made(), made({ identity: identity() }))).toEqual([]);
  });

  it("do not agree in what is unknown", () => {
    const stored = config({ data: { train: "stored:a", test: "stored:a" } });
    expect(parts(made({ config: stored }), made({ config: stored }))).toEqual([
      "with a test set it did not note",
    ]);
    expect(parts(made({ train: [] }), made())).toEqual(["on questions it did not note"]);
    const hub = config({ model: { source: "org/model", revision: null } });
    expect(parts(made({ config: hub }), made({ config: hub }))).toEqual(["on a model it did not note"]);
    expect(runFacts([])).toBeNull();
  });
});

describe("the sentence", () => {
  it("names rows first, then settings, and counts what it leaves out", () => {
    const own = made();
    const other = made({
      train: samples.slice(1),
      config: config({ trainer: { learningRate: 0.002, warmStartSteps: 0, samplesPerBatch: 8 } }),
    });
    expect(faultSentence("The recorded random order", pairFaults(other, own))).toBe(
      "The recorded random order was run on other questions and with learning rate 0.002, not 0.01.",
    );
    const far = made({
      seed: 3,
      config: config({
        trainer: { learningRate: 1, warmStartSteps: 2, samplesPerBatch: 3 },
        budget: { steps: 1, tokens: 2 },
      }),
    });
    expect(faultSentence("It", pairFaults(far, own))).toBe(
      "It was run with learning rate 1, not 0.01; a warm start of 2, not 0; samples a batch 3, not 8, and 3 more settings differ.",
    );
    expect(faultSentence("It", [])).toBe("");
    expect(settingWords("trainer.weightDecay")).toBe("weight decay");
  });
});

describe("rowsDigest", () => {
  it("tells rows, their order and where a text ends", () => {
    const row = (prompt: string, answer: string) => ({ prompt, answer });
    const all = [
      [row("ab", "c")],
      [row("a", "bc")],
      [row("ab", "c"), row("", "")],
      [row("a", "b"), row("c", "d")],
      [row("c", "d"), row("a", "b")],
    ];
    expect(new Set(all.map(rowsDigest)).size).toBe(all.length);
    expect(rowsDigest(all[0])).toBe(rowsDigest([row("ab", "c")]));
  });
});

describe("the recordings that come with the lab", () => {
  interface Entry {
    id: string;
    story: string;
    strategy: string;
    file: string;
    compareWith: string | null;
  }
  const catalogue = JSON.parse(readFileSync("public/runs/index.json", "utf8")) as Entry[];
  const facts = new Map(
    catalogue.map(({ id, file }) => {
      const head = readFileSync(`public/runs/${file}`, "utf8").split("\n", 40);
      return [id, runFacts(head.filter(Boolean).map((line) => JSON.parse(line) as RunEvent))];
    }),
  );
  const of = (id: string): RunFacts => {
    const found = facts.get(id);
    if (!found) throw new Error(`${id} says what it was made of`);
    return found;
  };
  it.each(catalogue.filter(({ compareWith }) => compareWith !== null))(
    "$id may be compared with $compareWith",
    ({ id, compareWith }) => {
      expect(pairFaults(of(compareWith ?? ""), of(id))).toEqual([]);
    },
  );
  it("are seeds of one line where story and strategy are the same, and of none otherwise", () => {
    for (const a of catalogue)
      for (const b of catalogue)
        expect(sameLine(of(a.id), of(b.id)), `${a.id} ${b.id}`).toBe(
          a.story === b.story && a.strategy === b.strategy,
        );
    expect(differences(of("noisy-edco-1"), of("needle-edco-1"))[0].words).toBe("on other questions");
  });
});
