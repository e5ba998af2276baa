// The pool as token ids: prompt and answer of every sample, checked once against the model's limits.
import type { TextTokenizer } from "../data/tokenizer";
import { LabError } from "../lib/errors";
import type { LogSample } from "../lib/events";

/** A dataset row, whatever file it came from. */
export interface Row {
  sampleId: string;
  prompt: string;
  answer: string;
  difficulty?: number;
  tags?: string[];
  /** Further columns, for rewards that need more than the answer. */
  extra?: Record<string, unknown>;
}

export interface PoolSample {
  /** Index in its file part: the sample's number in the log. */
  index: number;
  row: Row;
  /** The prompt under the chat template, ending where the answer begins. */
  promptIds: number[];
  /** The answer up to and with its end token. */
  answerIds: number[];
}

/**
 * Token ids of a file part.
 *
 * What a template writes after the answer's end token is left out: nothing is learnt from it.
 * @param longest prompt + answer tokens that fit (context of the model, rows of the engine)
 * @throws LabError "data" naming the first sample that does not fit
 */
export function tokenizePool(
  rows: readonly Row[],
  tokenizer: TextTokenizer,
  endTokens: readonly number[],
  longest: number,
): PoolSample[] {
  return rows.map((row, index) => {
    const { ids, promptLength } = tokenizer.sftIds(row.prompt, row.answer);
    const promptIds = ids.slice(0, promptLength);
    const answerIds = untilEnd(ids.slice(promptLength), endTokens);
    const length = promptIds.length + answerIds.length;
    if (length > longest) {
      throw new LabError(
        "data",
        `Sample ${row.sampleId} has ${length} tokens, ${longest} fit.`,
        "Shorten or leave out the sample.",
        { sample: row.sampleId, tokens: length, limit: longest },
      );
    }
    return { index, row, promptIds, answerIds };
  });
}

/** The ids up to and with the first end token; all where there is none. */
export function untilEnd(ids: readonly number[], endTokens: readonly number[]): number[] {
  const end = ids.findIndex((id) => endTokens.includes(id));
  return end < 0 ? [...ids] : ids.slice(0, end + 1);
}

/** The text of generated ids, without the end token. */
export function answerText(
  ids: ArrayLike<number>,
  tokenizer: TextTokenizer,
  endTokens: readonly number[],
): string {
  return tokenizer.decode(
    Array.from(ids).filter((id) => !endTokens.includes(id)),
    true,
  );
}

/** What the log keeps of a sample. */
export function logSample({ row, promptIds, answerIds }: PoolSample): LogSample {
  return {
    sampleId: row.sampleId,
    prompt: row.prompt,
    answer: row.answer,
    tokens: promptIds.length + answerIds.length,
    ...(row.difficulty === undefined ? {} : { difficulty: row.difficulty }),
    ...(row.tags === undefined || row.tags.length === 0 ? {} : { tags: row.tags }),
  };
}
