// What a look through a whole file finds in its rows: which cannot be used and why, which are there twice, which
// contradict each other, which stand in the test as well. Everything is counted at once, with the first places.
import { clip, type Place } from "./file";
import type { Turn } from "./layout";

export type FindingKind =
  | "unusable"
  | "excluded"
  | "dropped"
  | "changed"
  | "duplicate"
  | "near-duplicate"
  | "contradiction"
  | "too-long"
  | "not-rendered";

export interface Finding {
  kind: FindingKind;
  /** Rows. */
  count: number;
  /** The first few. */
  places: readonly Place[];
  /** The first one's reason, without its place; "" where the kind says it all. */
  reason: string;
  /** What was done with them. */
  done: "kept" | "left out";
}

/** Places kept of each kind. */
const SHOWN = 5;

const WORDS: Record<FindingKind, [one: string, many: string]> = {
  unusable: ["row cannot be used", "rows cannot be used"],
  excluded: ["row is marked as not to be studied", "rows are marked as not to be studied"],
  dropped: ["row was taken out by hand", "rows were taken out by hand"],
  changed: ["row was changed by hand", "rows were changed by hand"],
  duplicate: ["row repeats an earlier one", "rows repeat earlier ones"],
  "near-duplicate": [
    "row differs from an earlier one in case, spaces or punctuation only",
    "rows differ from earlier ones in case, spaces or punctuation only",
  ],
  contradiction: [
    "row has the prompt of an earlier one and another answer",
    "rows have the prompt of an earlier one and another answer",
  ],
  "too-long": ["row is too long for the model", "rows are too long for the model"],
  "not-rendered": ["row cannot be trained with this model", "rows cannot be trained with this model"],
};

/** "3 rows repeat earlier ones (lines 4, 9 and 12); they are kept." */
export function findingText({ kind, count, places, reason, done }: Finding): string {
  const [one, many] = WORDS[kind];
  const unit = places[0]?.unit ?? "row";
  const lines = places.map(({ line }) => line);
  const more = count > lines.length ? ", …" : "";
  const where = `${unit}${lines.length === 1 && more === "" ? "" : "s"} ${lines.join(", ")}${more}`;
  const why = reason === "" ? "" : `: ${reason}`;
  return `${count} ${count === 1 ? one : many} (${where})${why}; ${count === 1 ? "it is" : "they are"} ${done}.`;
}

export class Findings {
  readonly #found = new Map<FindingKind, Finding & { places: Place[] }>();

  add(kind: FindingKind, { line, unit }: Place, done: Finding["done"], reason = ""): void {
    const known = this.#found.get(kind);
    if (known) {
      known.count++;
      if (known.places.length < SHOWN) known.places.push({ line, unit });
    } else this.#found.set(kind, { kind, count: 1, places: [{ line, unit }], reason: clip(reason), done });
  }

  get(kind: FindingKind): Finding | undefined {
    return this.#found.get(kind);
  }

  get all(): Finding[] {
    return [...this.#found.values()];
  }
}

/** What rows are compared by. */
export interface Compared {
  prompt: string;
  messages?: readonly Turn[];
  answer: string;
}

/** What is asked, to compare rows by. */
const questionOf = ({ prompt, messages }: Compared): string => (messages ? JSON.stringify(messages) : prompt);

/** The same words: whatever the case, the spaces and the signs between them. "" where there is no word. */
export const words = (text: string): string =>
  text
    .normalize("NFKC")
    .toLowerCase()
    .replace(/[^\p{L}\p{N}\p{S}\p{M}]+/gu, " ")
    .trim();

/** Tells of each row in turn how it stands to those before it. */
export class Repeats {
  readonly #answers = new Map<string, string>();
  readonly #words = new Set<string>();

  /** @returns the kind of repetition; null for a row that is new. */
  seen(row: Compared): "duplicate" | "near-duplicate" | "contradiction" | null {
    const question = questionOf(row);
    const earlier = this.#answers.get(question);
    if (earlier !== undefined) return earlier === row.answer ? "duplicate" : "contradiction";
    this.#answers.set(question, row.answer);
    const spoken = words(`${question} ${row.answer}`);
    if (spoken !== "" && this.#words.has(spoken)) return "near-duplicate";
    this.#words.add(spoken);
    return null;
  }
}

/** What a row asks, by its words alone; where it has none, as it is written. */
export const questionWords = (row: Compared): string => words(questionOf(row)) || questionOf(row);

/** Which rows to study ask what a test row asks, in the same words. */
export function leaks(train: readonly Compared[], test: readonly Compared[]): number[] {
  const asked = new Set(test.map(questionWords));
  return train.flatMap((row, index) => (asked.has(questionWords(row)) ? [index] : []));
}
