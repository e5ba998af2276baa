// The pool as token ids: prompt and answer of every sample, checked once against the model's limits.
import type { ChatMessage, TextTokenizer } from "../data/tokenizer";
import { LabError } from "../lib/errors";
import type { LogSample } from "../lib/events";

/** A dataset row, whatever file it came from. */
export interface Row {
  sampleId: string;
  prompt: string;
  /** The conversation before the answer, where it is more than one user's turn; `prompt` is its text for people. */
  messages?: readonly ChatMessage[];
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

/** What to do with samples that have more tokens than fit. */
export type TooLong = "refuse" | "leave out" | "cut";

/** Samples that an error names. */
const NAMED = 5;

/**
 * Token ids of a file part.
 *
 * What a template writes after the answer's end token is left out: nothing is learnt from it.
 * @param longest prompt + answer tokens that fit (context of the model, rows of the engine)
 * @param tooLong samples that do not fit: refuse them all in one go, leave them out, or cut the end of their answers
 * @param notes told what was left out or cut
 * @throws LabError "data" naming the samples that do not fit
 */
export function tokenizePool(
  rows: readonly Row[],
  tokenizer: TextTokenizer,
  endTokens: readonly number[],
  longest: number,
  tooLong: TooLong = "refuse",
  notes: string[] = [],
): PoolSample[] {
  const long: string[] = [];
  const samples = rows.flatMap((row): Omit<PoolSample, "index">[] => {
    const { ids, promptLength } = sampleIds(row, tokenizer);
    const sample = {
      row,
      promptIds: ids.slice(0, promptLength),
      answerIds: untilEnd(ids.slice(promptLength), endTokens),
    };
    const length = promptLength + sample.answerIds.length;
    if (length <= longest) return [sample];
    long.push(`${row.sampleId} with ${length}`);
    if (tooLong === "refuse") return [sample];
    const room = longest - promptLength;
    return tooLong === "cut" && room > 0 ? [{ ...sample, answerIds: sample.answerIds.slice(0, room) }] : [];
  });
  const many = `${long.length} of ${rows.length} ${rows.length === 1 ? "sample has" : "samples have"} more than the ${longest} tokens that fit`;
  const first = `${long.slice(0, NAMED).join(", ")}${long.length > NAMED ? ", …" : ""}`;
  if (long.length > 0 && (tooLong === "refuse" || samples.length === 0)) {
    throw new LabError(
      "data",
      `${many} (${first}).`,
      'Leave such samples out or cut their answers (setting "Rows that are too long", data.tooLong), or shorten them.',
      { samples: long.length, limit: longest, setting: "data.tooLong" },
    );
  }
  if (long.length > 0)
    notes.push(`${many} (${first}); ${tooLong === "cut" ? "their answers are cut" : "they are left out"}.`);
  return samples.map((sample, index) => ({ index, ...sample }));
}

/** @throws LabError naming the sample where the template does not render it as it is */
function sampleIds(row: Row, tokenizer: TextTokenizer): { ids: number[]; promptLength: number } {
  try {
    return tokenizer.sftIds(row.messages ?? row.prompt, row.answer);
  } catch (thrown) {
    if (!(thrown instanceof LabError)) throw thrown;
    const what = thrown.message.charAt(0).toLowerCase() + thrown.message.slice(1);
    throw new LabError(thrown.code, `Sample ${row.sampleId}: ${what}`, thrown.hint, thrown.facts);
  }
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
