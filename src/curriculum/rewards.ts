// Rewards computed from text alone: each compares an answer with its reference answer and gives a number from 0 to
// 1.
import type { RewardConfig } from "../config/schema";
import { LabError } from "../lib/errors";
import { testShare, type Test } from "./expression";
import { isObject, jsonReward } from "./grading/json";
import { sameNumber } from "./grading/number";
import { contains, finalAnswer, normal, plain, sameFinalAnswer } from "./grading/text";

export interface Graded {
  text: string;
  answer: string;
  prompt: string;
  /** Further columns of the sample's row. */
  extra?: Record<string, unknown>;
}

/** Text as a pattern that matches it alone. With the flag u a hyphen may not be escaped by a backslash. */
function escapeRegExp(text: string): string {
  return text.replace(/[.*+?^$(){}|[\]\\/]/g, "\\$&").replaceAll("-", "\\x2d");
}

/** The tests of a sample: its column `tests`, a list of { inputs, expect }. @throws LabError "data" */
function testsOf({ extra, prompt }: Graded): Test[] {
  const { tests } = extra ?? {};
  const isTest = (test: unknown): test is Test =>
    isObject(test) && isObject(test.inputs) && ["number", "string", "boolean"].includes(typeof test.expect);
  if (Array.isArray(tests) && tests.length > 0 && tests.every(isTest)) return tests;
  throw new LabError(
    "data",
    `The reward "tests" needs a column tests with a list of { inputs, expect }, missing for ${JSON.stringify(prompt.slice(0, 60))}.`,
    "Add the column, or choose another reward.",
  );
}

/** The pattern that an answer must match, with the reference in its place. */
export function patternFor({ pattern, marker }: RewardConfig, answer: string): string {
  return pattern.replaceAll("{answer}", () => escapeRegExp(finalAnswer(answer, marker)));
}

/** The reward of one answer; `function` runs elsewhere, and `regex` too where a user wrote it. */
export function textReward(config: RewardConfig, item: Graded): number {
  const { text, answer } = item;
  switch (config.kind) {
    case "exact":
      return normal(text) === normal(answer) ? 1 : 0;
    case "final-answer":
      return sameFinalAnswer(text, answer, config.marker) ? 1 : 0;
    case "numeric": {
      const [got, want] = [text, answer].map((whole) => finalAnswer(whole, config.marker));
      return sameNumber(got, want, config.tolerance) ? 1 : 0;
    }
    case "contains":
      return contains(text, finalAnswer(answer, config.marker)) ? 1 : 0;
    case "regex":
      return new RegExp(patternFor(config, answer), "u").test(plain(text)) ? 1 : 0;
    case "json":
      return jsonReward(text, answer);
    case "tests":
      return testShare(finalAnswer(text, config.marker), testsOf(item));
    case "function":
      throw new Error("a reward function does not run here");
  }
}
