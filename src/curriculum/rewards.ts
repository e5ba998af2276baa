// Verifiable rewards that need nothing but text: each grades an answer against its reference, from 0 to 1.
import type { RewardConfig } from "../config/schema";
import { LabError } from "../lib/errors";
import { testShare, type Test } from "./expression";

export interface Graded {
  text: string;
  answer: string;
  prompt: string;
  /** Further columns of the sample's row. */
  extra?: Record<string, unknown>;
}

/** What follows the last marker, trimmed; all of it where there is none. */
export function finalAnswer(text: string, marker: string): string {
  const at = text.lastIndexOf(marker);
  return (at < 0 ? text : text.slice(at + marker.length)).trim();
}

/** Whitespace runs as one space, no spaces at the ends. */
function normal(text: string): string {
  return text.trim().replace(/\s+/gu, " ");
}

/** The last number in a text, thousands commas allowed; null where there is none. */
export function lastNumber(text: string): number | null {
  const found = text.match(/-?(?:\d{1,3}(?:,\d{3})+|\d+)?(?:\.\d+)?(?:[eE][+-]?\d+)?(?![\w])/gu) ?? [];
  for (const word of found.reverse()) {
    const value = word === "" || word === "-" ? NaN : Number(word.replaceAll(",", ""));
    if (Number.isFinite(value) && /\d/.test(word)) return value;
  }
  return null;
}

/** Text as a pattern that matches it alone. With the flag u a hyphen may not be escaped by a backslash. */
function escapeRegExp(text: string): string {
  return text.replace(/[.*+?^$(){}|[\]\\/]/g, "\\$&").replaceAll("-", "\\x2d");
}

/** Same JSON value, whatever the order of keys. Share of the reference's keys that match, for two objects. */
export function jsonReward(text: string, answer: string): number {
  const want = parseJson(answer);
  const got = parseJson(text) ?? parseJson(lastBraces(text));
  if (want === undefined || got === undefined) return 0;
  if (!isObject(want) || !isObject(got)) return sameJson(want, got) ? 1 : 0;
  const keys = Object.keys(want);
  const extra = Object.keys(got).filter((key) => !(key in want)).length;
  const right = keys.filter((key) => sameJson(want[key], got[key])).length;
  return keys.length + extra === 0 ? 1 : right / (keys.length + extra);
}

function parseJson(text: string | null): unknown {
  if (text === null) return undefined;
  try {
    return JSON.parse(text) as unknown;
  } catch {
    return undefined;
  }
}

/** From the first `{` to the last `}`: an object inside other words. */
function lastBraces(text: string): string | null {
  const [from, to] = [text.indexOf("{"), text.lastIndexOf("}")];
  return from >= 0 && to > from ? text.slice(from, to + 1) : null;
}

function isObject(value: unknown): value is Record<string, unknown> {
  return value !== null && typeof value === "object" && !Array.isArray(value);
}

function sameJson(a: unknown, b: unknown): boolean {
  if (Array.isArray(a) && Array.isArray(b))
    return a.length === b.length && a.every((item, i) => sameJson(item, b[i]));
  if (isObject(a) && isObject(b)) {
    const keys = Object.keys(a);
    return keys.length === Object.keys(b).length && keys.every((key) => key in b && sameJson(a[key], b[key]));
  }
  return a === b;
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

/** The reward of one answer; `function` runs elsewhere, and `regex` too where a person wrote it. */
export function textReward(config: RewardConfig, item: Graded): number {
  const { text, answer } = item;
  switch (config.kind) {
    case "exact":
      return normal(text) === normal(answer) ? 1 : 0;
    case "final-answer":
      return finalAnswer(text, config.marker) === finalAnswer(answer, config.marker) ? 1 : 0;
    case "numeric": {
      const got = lastNumber(finalAnswer(text, config.marker));
      const want = lastNumber(finalAnswer(answer, config.marker));
      return got !== null && want !== null && Math.abs(got - want) <= config.tolerance ? 1 : 0;
    }
    case "contains":
      return normal(text)
        .toLowerCase()
        .includes(normal(finalAnswer(answer, config.marker)).toLowerCase())
        ? 1
        : 0;
    case "regex":
      return new RegExp(patternFor(config, answer), "u").test(text) ? 1 : 0;
    case "json":
      return jsonReward(text, answer);
    case "tests":
      return testShare(finalAnswer(text, config.marker), testsOf(item));
    case "function":
      throw new Error("a reward function does not run here");
  }
}
