// Rewards of text, and the small language of tests: right answers, wrong ones, and nonsense that must do no harm.
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { resolveConfig, type RewardConfig } from "../config/schema";
import { ExpressionError, evaluateExpression, testShare } from "./expression";
import { textReward } from "./rewards";

function reward(
  part: Partial<RewardConfig>,
  text: string,
  answer: string,
  extra?: Record<string, unknown>,
): number {
  const config = { ...resolveConfig({}).trainer.reward, ...part };
  return textReward(config, { text, answer, prompt: "q", extra });
}

describe("rewards", () => {
  it.each([
    [{ kind: "final-answer" }, "1+1=3, so 2", "so 2", 1],
    [{ kind: "final-answer" }, "so 3", "so 2", 0],
    [{ kind: "exact" }, " a  b ", "a b", 1],
    [{ kind: "exact" }, "a", "A", 0],
    [{ kind: "numeric" }, "so 1,200.0 mg", "so 1200", 1],
    [{ kind: "numeric", tolerance: 0.5 }, "3.4", "3", 1],
    [{ kind: "numeric" }, "none", "3", 0],
    [{ kind: "contains" }, "It is PARIS.", "so Paris", 1],
    [{ kind: "regex", pattern: "^{answer}!$" }, "a.b!", "a.b", 1],
    [{ kind: "regex", pattern: "^{answer}!$" }, "axb!", "a.b", 0],
    [{ kind: "json" }, 'call {"f":"x","n":[1,2]}', '{"n":[1,2],"f":"x"}', 1],
  ] as const)("%j grades %j against %j with %d", (config, text, answer, want) => {
    expect(reward(config, text, answer)).toBe(want);
  });
  it("grades by tests, and says when a sample has none", () => {
    const tests = [
      { inputs: { x: 2 }, expect: 4 },
      { inputs: { x: 3 }, expect: 9 },
    ];
    expect(reward({ kind: "tests" }, "so x*x", "x^2", { tests })).toBe(1);
    expect(reward({ kind: "tests" }, "so x+x", "x^2", { tests })).toBe(0.5);
    expect(() => reward({ kind: "tests" }, "x", "x")).toThrow("needs a column tests");
  });
});

describe("expressions", () => {
  it.each([
    ["1 + 2 * 3 - 4 / 2", 5],
    ["-2 ^ 2", -4],
    ["2 ^ -1", 0.5],
    ["7 % 3 + -7 % 3", 3],
    ["x > 1 && !(x == 3) ? max(x, 10) : 0", 10],
    ["upper('ab') + \"c\"", "ABc"],
    ["slice(reverse('abc'), 0, 2)", "cb"],
    ["true || nope_is_not_read", true],
  ])("computes %s", (text, want) => {
    expect(evaluateExpression(text, { x: 2, nope_is_not_read: false })).toBe(want);
  });
  it.each([
    "1 +",
    "x",
    "constructor",
    "f(1)",
    "toString()",
    "1 2",
    "'a' * 2",
    "((((",
    "a".repeat(3000),
    "1 < 2 < 3",
  ])("refuses %s", (text) => {
    expect(() => evaluateExpression(text, {})).toThrow(ExpressionError);
  });
  it("never does anything but compute or refuse, whatever the text", () => {
    fc.assert(
      fc.property(fc.string({ maxLength: 80 }), (text) => {
        const share = testShare(text, [{ inputs: { x: 1 }, expect: 1 }]);
        return share === 0 || share === 1;
      }),
    );
    expect(testShare("(".repeat(1990), [{ inputs: {}, expect: 1 }])).toBe(0);
    expect(testShare("-".repeat(1990), [{ inputs: {}, expect: 1 }])).toBe(0);
  });
});
