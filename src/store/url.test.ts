// Links reopen the same story and settings.
import { describe, expect, it } from "vitest";
import { merge } from "./config";
import { formatUrl, nest, parseUrl } from "./url";

describe("links", () => {
  it("carry values of every kind there and back", () => {
    const settings = {
      "curriculum.rounds": 7,
      name: "12",
      "adapter.targets": ["q_proj"],
      "budget.tokens": null,
      "adapter.rslora": true,
      "model.source": "org/model",
    };
    expect(parseUrl(formatUrl({ story: "noisy", settings, rows: null }))).toEqual({
      story: "noisy",
      settings,
      rows: null,
    });
    const own = { story: "needle", settings: { "data.train": "stored:a b.csv" }, rows: 20 };
    expect(parseUrl(formatUrl(own))).toEqual(own);
    expect(parseUrl("#story=needle&rows=many").rows).toBeNull();
  });
  it("open the needle when nothing is said, and leave odd names alone", () => {
    expect(parseUrl("")).toEqual({ story: "needle", settings: {}, rows: null });
    expect(parseUrl("#story=comm&__proto__=1&a b=2&a.__proto__.x=1&a..b=1").settings).toEqual({});
  });
});

describe("nest and merge", () => {
  it("turn paths into groups and lay them over a config", () => {
    const over = nest({ "curriculum.rounds": 7, "curriculum.estimator.prefixTokens": 4, seed: 3 });
    expect(
      merge({ curriculum: { rounds: 5, strategy: "edco" }, adapter: { targets: ["a", "b"] } }, over),
    ).toEqual({
      curriculum: { rounds: 7, strategy: "edco", estimator: { prefixTokens: 4 } },
      adapter: { targets: ["a", "b"] },
      seed: 3,
    });
    expect(merge({ list: [1, 2] }, { list: [3] })).toEqual({ list: [3] });
  });
  it("touch nothing but the tree, and leave a value that is no group to be refused", () => {
    expect(nest({ "constructor.prototype.stray": 1 })).toEqual({ constructor: { prototype: { stray: 1 } } });
    expect(({} as Record<string, unknown>).stray).toBeUndefined();
    expect(nest({ trainer: 5, "trainer.learningRate": 1 })).toEqual({ trainer: 5 });
    expect(nest({ "trainer.learningRate": 1, trainer: 5 })).toEqual({ trainer: 5 });
  });
});
