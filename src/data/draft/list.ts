// Rows of a dataset as a list that can be searched and filtered: by words, by what was found in them, by length, by answer,
// by part. Lengths and answers are counted over the whole list, so that the pictures stay while one filters.
import { bin } from "d3-array";
import type { FindingKind } from "../dataset/findings";
import type { SampleRow } from "../dataset/sample";

/** One line of the list: a sample, or a row of the file that is none. */
export interface Listed {
  /** Of the row in the file, from 0; of a stored dataset, its place. */
  index: number;
  /** Where it stands: "line 12". */
  place: string;
  sample: SampleRow | null;
  /** What it shows instead of a sample. */
  raw?: string;
  kinds: readonly FindingKind[];
  /** Why it cannot be used; "" where it can. */
  problem: string;
  /** What to do about that. */
  hint: string;
  /** Prompt and answer in tokens of the chosen model, once they are counted. */
  tokens?: number;
  /** Train or the name of a test set; "" where it is in none. */
  part: string;
}

export interface Filter {
  /** Words that its texts hold, in any case. */
  search: string;
  kind: FindingKind | null;
  /** Characters: `[from, to)`. */
  prompt: readonly [number, number] | null;
  answer: readonly [number, number] | null;
  /** Tokens: `[from, to)`. */
  tokens: readonly [number, number] | null;
  /** The answer, without spaces at its ends. */
  text: string | null;
  part: string | null;
}

export const NO_FILTER: Filter = {
  search: "",
  kind: null,
  prompt: null,
  answer: null,
  tokens: null,
  text: null,
  part: null,
};

/** Rows from `from` to under `to` characters. */
export interface LengthBin {
  from: number;
  to: number;
  rows: number;
}

export interface Counted {
  prompt: LengthBin[];
  answer: LengthBin[];
  /** In tokens; empty until they are counted. */
  tokens: LengthBin[];
  /** Characters of the longest, and tokens. */
  longest: { prompt: number; answer: number; tokens: number };
  /** The answers that come most often, and how many others there are. */
  answers: { text: string; rows: number }[];
  otherAnswers: { different: number; rows: number };
}

/** About this many bars. */
const BARS = 12;
/** Answers with a bar of their own. */
const ANSWERS = 8;
/** Lengths above that of this share of rows are one bar: a single long row would else press all others into one. */
const USUAL = 0.98;

const lengthOf = (row: Listed, of: "prompt" | "answer"): number => row.sample?.[of].length ?? 0;

export function counted(rows: readonly Listed[]): Counted {
  const samples = rows.filter(({ sample }) => sample !== null);
  const lengths = (of: "prompt" | "answer") => samples.map((row) => lengthOf(row, of));
  const [prompt, answer] = [lengths("prompt"), lengths("answer")];
  const tokens = samples.flatMap((row) => row.tokens ?? []);
  const times = new Map<string, number>();
  for (const { sample } of samples) {
    const text = sample!.answer.trim();
    times.set(text, (times.get(text) ?? 0) + 1);
  }
  const often = [...times].sort((a, b) => b[1] - a[1]);
  const rest = often.slice(ANSWERS);
  return {
    prompt: lengthBins(prompt),
    answer: lengthBins(answer),
    tokens: lengthBins(tokens),
    longest: { prompt: most(prompt), answer: most(answer), tokens: most(tokens) },
    answers: often.slice(0, ANSWERS).map(([text, rows]) => ({ text, rows })),
    otherAnswers: { different: rest.length, rows: rest.reduce((sum, [, rows]) => sum + rows, 0) },
  };
}

const most = (values: readonly number[]): number => values.reduce((a, b) => Math.max(a, b), 0);

/** Bars of equal width up to the usual lengths, then one for all that is longer. */
export function lengthBins(lengths: readonly number[]): LengthBin[] {
  if (lengths.length === 0) return [];
  const sorted = [...lengths].sort((a, b) => a - b);
  const usual = sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * USUAL))];
  const step = Math.max(1, niceStep((usual + 1) / BARS));
  const edges = Array.from({ length: Math.ceil((usual + 1) / step) }, (_, i) => (i + 1) * step);
  const end = edges[edges.length - 1];
  const longest = sorted[sorted.length - 1];
  const bars = bin<number, number>()
    .domain([0, Math.max(end, longest + 1)])
    .thresholds(edges)(lengths);
  return bars
    .filter(({ x0, x1 }) => x0 !== x1)
    .map((bar) => ({ from: bar.x0 ?? 0, to: bar.x1 ?? longest + 1, rows: bar.length }));
}

/** The next of 1, 2, 5, 10, 20, … */
function niceStep(width: number): number {
  const power = 10 ** Math.floor(Math.log10(Math.max(1, width)));
  return [1, 2, 5, 10].map((n) => n * power).find((n) => n >= width) ?? 10 * power;
}

/** Places in the list of the rows that pass. */
export function found(rows: readonly Listed[], filter: Filter): number[] {
  const words = filter.search.toLowerCase().split(/\s+/).filter(Boolean);
  const inside = (range: Filter["prompt"], length: number) =>
    range === null || (length >= range[0] && length < range[1]);
  return rows.flatMap((row, at) => {
    const passes =
      (filter.part === null || row.part === filter.part) &&
      (filter.kind === null || row.kinds.includes(filter.kind)) &&
      (filter.text === null || row.sample?.answer.trim() === filter.text) &&
      (filter.prompt === null || (row.sample !== null && inside(filter.prompt, lengthOf(row, "prompt")))) &&
      (filter.answer === null || (row.sample !== null && inside(filter.answer, lengthOf(row, "answer")))) &&
      (filter.tokens === null || (row.tokens !== undefined && inside(filter.tokens, row.tokens))) &&
      (words.length === 0 || holds(row, words));
    return passes ? [at] : [];
  });
}

/** The words somewhere in its texts, or its place as it is written. */
function holds({ sample, raw = "", place }: Listed, words: readonly string[]): boolean {
  if (words.join(" ") === place) return true;
  const text = (sample ? `${sample.prompt}\n${sample.answer}\n${sample.sampleId}` : raw).toLowerCase();
  return words.every((word) => text.includes(word));
}
