// How many tokens a test answer may have where the config leaves it open: enough for the longest reference answer, since one
// that is cut off can never be right.
import type { ResolvedConfig } from "../config/schema";
import { plural } from "../lib/format";
import { ANSWER_TOKENS } from "../train/evaluate";
import type { PoolSample } from "../train/samples";
import type { RunNote } from "./resume";

/** As much as the setting allows. */
const MOST = 4096;
/** Limits are multiples of it, so that one more token in a file changes no limit. */
const STEP = 8;

interface Data {
  test: readonly Pick<PoolSample, "promptIds" | "answerIds">[];
  /** Positions that the model has for prompt and answer together. */
  maxPosition: number;
}

/** The config with `evaluation.maxNewTokens` a number, and what the log says where the data raised it. */
export function withAnswerLimit(
  config: ResolvedConfig,
  { test, maxPosition }: Data,
): { config: ResolvedConfig; maxNewTokens: number; notes: RunNote[] } {
  const { evaluation } = config;
  if (evaluation.maxNewTokens !== null) return { config, maxNewTokens: evaluation.maxNewTokens, notes: [] };
  const most = (lengths: number[]) => lengths.reduce((longest, length) => Math.max(longest, length), 0);
  const longest = most(test.map(({ answerIds }) => answerIds.length));
  const room = maxPosition - most(test.map(({ promptIds }) => promptIds.length));
  const wanted = Math.max(ANSWER_TOKENS, Math.ceil(longest / STEP) * STEP);
  const maxNewTokens = Math.max(1, Math.min(wanted, MOST, room));
  const text =
    `A test answer may have up to ${plural(maxNewTokens, "token")}, since the longest of ` +
    `${plural(test.length, "reference answer")} has ${longest} (evaluation.maxNewTokens sets another limit).`;
  return {
    config: { ...config, evaluation: { ...evaluation, maxNewTokens } },
    maxNewTokens,
    notes: longest > ANSWER_TOKENS ? [{ code: "answer-limit", text }] : [],
  };
}
