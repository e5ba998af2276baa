// Formats figures and sentences for the documents; the words for a difference ("is ahead", "too close to call") are
// chosen by its statistics.
import type { Range } from "../../src/curriculum/paired";
import type { Moments } from "../results";

/** A mean difference with its 95 % interval, which one pair does not have. */
export interface Difference {
  mean: number;
  interval: Range | null;
}

/** What the results must have, or a sentence would be left without its figure. */
export function there<T>(found: T | null | undefined): T {
  if (found === null || found === undefined)
    throw new Error("the results lack a figure that a document quotes");
  return found;
}

/** .085, −.06: three digits and no leading zero. */
export function decimal(value: number | null | undefined, digits = 3): string {
  if (value === null || value === undefined) return "–";
  const text = Math.abs(value).toFixed(digits).replace(/^0\./, ".");
  return value < 0 && Number(text) !== 0 ? `−${text}` : text;
}

const plus = (value: number, text: string) => (value > 0 && Number(text) !== 0 ? `+${text}` : text);

/** 68.4 of a share. */
export const percent = (share: number, digits = 1): string => (100 * share).toFixed(digits);

/** ".085 ± .002" */
export const plusMinus = ({ mean, se }: Moments, digits = 3): string =>
  se === null ? decimal(mean, digits) : `${decimal(mean, digits)} ± ${decimal(se, digits)}`;

/** "68.4 ± 0.7" of shares. */
export const percentPlusMinus = ({ mean, se }: Moments, digits = 1): string =>
  se === null ? percent(mean, digits) : `${percent(mean, digits)} ± ${percent(se, digits)}`;

/** "+29.8 [−0.4, 59.9]": a difference of shares in points; without an interval where there is one pair. */
export function points({ mean, interval }: Difference, digits = 1): string {
  return difference(
    { mean: 100 * mean, interval: interval && [100 * interval[0], 100 * interval[1]] },
    digits,
  );
}

/** "+.018 [.007, .029]" */
export function difference({ mean, interval }: Difference, digits = 3): string {
  const figure = (value: number) => {
    const text = Math.abs(value).toFixed(digits);
    return `${value < 0 && Number(text) !== 0 ? "−" : ""}${digits > 1 ? text.replace(/^0\./, ".") : text}`;
  };
  const first = plus(mean, figure(mean));
  return interval ? `${first} [${figure(interval[0])}, ${figure(interval[1])}]` : first;
}

/** Does an interval exclude 0? 1 = above, −1 = below, 0 = it contains 0. */
export const side = ({ interval }: Pick<Difference, "interval">): -1 | 0 | 1 =>
  !interval ? 0 : interval[0] > 0 ? 1 : interval[1] < 0 ? -1 : 0;

/** One of three phrases: the interval is above 0, below 0, or contains it. */
export const bySide = (t: Difference, above: string, below: string, level: string): string =>
  ({ [-1]: below, 0: level, 1: above })[side(t)];

/** 14k, 11.8k */
export const thousands = (tokens: number, digits = 0): string => `${(tokens / 1000).toFixed(digits)}k`;

const NUMBERS = ["no", "one", "two", "three", "four", "five", "six", "seven", "eight", "nine", "ten"];
export const inWords = (n: number): string => NUMBERS[n] ?? String(n);
export const capital = (text: string): string => text[0].toUpperCase() + text.slice(1);

/** "a, b and c" */
export const list = (items: readonly string[]): string =>
  items.length < 2 ? items.join("") : `${items.slice(0, -1).join(", ")} and ${items.at(-1)}`;

/** "41" or "8 to 12" */
export function span(values: readonly number[]): string {
  const [low, high] = [Math.min(...values), Math.max(...values)];
  return low === high ? String(low) : `${low} to ${high}`;
}

/** Lines of at most 120 characters; `first` and `rest` begin them. */
export function paragraph(text: string, first = "", rest = ""): string {
  const lines: string[] = [];
  let line = first;
  for (const word of text.trim().split(/\s+/)) {
    const starts = line === first || line === rest;
    // A line must not begin with what Markdown takes for a list.
    if (!starts && line.length + 1 + word.length > 120 && !/^([-+*#>]|\d+[.)])$/.test(word)) {
      lines.push(line);
      line = rest + word;
    } else line += starts ? word : ` ${word}`;
  }
  return [...lines, line].join("\n");
}

export const bullets = (texts: readonly string[]): string =>
  texts.map((text) => paragraph(text, "- ", "  ")).join("\n");

/** A Markdown table; Prettier lines it up. */
export const table = (head: readonly string[], rows: readonly (readonly (string | number)[])[]): string =>
  [head, head.map(() => "---"), ...rows].map((cells) => `| ${cells.join(" | ")} |`).join("\n");
