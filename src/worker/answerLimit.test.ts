// The limit of test answers follows the longest reference, within what the model can hold.
import { describe, expect, it } from "vitest";
import { resolveConfig } from "../config/schema";
import { withAnswerLimit } from "./answerLimit";

const ids = (length: number): number[] => Array.from({ length }, () => 1);
const samples = (...lengths: number[]) =>
  lengths.map((length) => ({ promptIds: ids(20), answerIds: ids(length) }));
const open = resolveConfig({});
const limitOf = (lengths: number[], maxPosition = 2048, config = open) =>
  withAnswerLimit(config, { test: samples(...lengths), maxPosition }).config.evaluation.maxNewTokens;

describe("the limit of test answers", () => {
  it("is what it always was where references are short", () => {
    expect(open.evaluation.maxNewTokens).toBe(null);
    expect(limitOf([3, 40])).toBe(40);
    expect(limitOf([])).toBe(40);
    expect(withAnswerLimit(open, { test: samples(40), maxPosition: 512 }).notes).toEqual([]);
  });

  it("holds the longest reference, in steps of eight", () => {
    expect(limitOf([3, 41, 12])).toBe(48);
    expect(limitOf([120])).toBe(120);
    expect(limitOf([121])).toBe(128);
    const { notes } = withAnswerLimit(open, { test: samples(3, 121), maxPosition: 2048 });
    expect(notes).toEqual([
      {
        code: "answer-limit",
        text: "A test answer may have up to 128 tokens, since the longest of 2 reference answers has 121 (evaluation.maxNewTokens sets another limit).",
      },
    ]);
  });

  it("leaves room for the prompt, and stays within the setting", () => {
    expect(limitOf([121], 140)).toBe(120);
    expect(limitOf([5000], 1e6)).toBe(4096);
  });

  it("is the config's own where that names one", () => {
    const named = resolveConfig({ evaluation: { maxNewTokens: 12 } });
    expect(withAnswerLimit(named, { test: samples(121), maxPosition: 2048 })).toEqual({
      config: named,
      maxNewTokens: 12,
      notes: [],
    });
  });
});
