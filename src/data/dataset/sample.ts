// Turns a row of a file into the sample that is stored: checks the texts, reads the difficulty, and keeps the other
// columns.
import { columnsIn, type FieldMap, type Refuse } from "./columns";
import { clip } from "./file";
import type { Asked, Turn, Values } from "./layout";
import { askedBefore } from "./turns";

/** One sample as it is stored. */
export interface SampleRow {
  /** Unique in its file. */
  sampleId: string;
  prompt: string;
  /** The conversation before the answer, where it is more than one user's turn; `prompt` is its text for people. */
  messages?: Turn[];
  answer: string;
  difficulty?: number;
  tags?: string[];
  /** The other columns, as the file has them. */
  extra: Record<string, unknown>;
}

/** What a row asks by its columns. @param needAnswer refuse it without one; else it may be "" */
export function askedInColumns(
  values: Values,
  fields: Pick<FieldMap, "prompt" | "answer"> & { system?: string },
  needAnswer: boolean,
  refuse: Refuse,
): Asked {
  const { prompt, answer, system } = fields;
  const columns = Object.keys(values);
  const read = (column: string, meaning: string): string =>
    columns.includes(column) ? readText(values, column, refuse) : filled(column, values, meaning, refuse);
  const text = read(prompt, "prompt");
  const own = system === undefined || isEmpty(values[system]) ? "" : readText(values, system, refuse);
  const isKnown = columnsIn(answer, columns).some((name) => !isEmpty(values[name]));
  const told = needAnswer || isKnown ? read(answer, "answer") : "";
  if (own === "") return { prompt: text, answer: told };
  return askedBefore(
    [
      { role: "system", content: own },
      { role: "user", content: text },
    ],
    told,
  );
}

/** A text of several columns: each name in braces gives way to its text, an empty one to nothing; not all may be empty. */
function filled(template: string, values: Values, meaning: string, refuse: Refuse): string {
  const read = columnsIn(template, []);
  if (read.length === 0) return readText(values, template, refuse);
  if (read.every((name) => name in values && isEmpty(values[name])))
    refuse(`every column of the ${meaning} is empty`, "Fill one in or delete the row.");
  const text = template.replace(/\{([^{}]+)\}/g, (_, name: string) =>
    isEmpty(values[name]) && name in values ? "" : readText(values, name, refuse),
  );
  return text.trim();
}

const HALF_CHARACTER = /\p{Surrogate}/u;

/** The texts of a row, checked: whole, neither empty nor too long. */
export function checkAsked(
  { prompt, messages, answer }: Asked,
  longest: number,
  needAnswer: boolean,
  refuse: Refuse,
) {
  const texts = [prompt, answer, ...(messages ?? []).map(({ content }) => content)];
  if (prompt.trim() === "") refuse("the prompt is empty", "Fill it in or delete the row.");
  if (needAnswer && answer.trim() === "") refuse("the answer is empty", "Fill it in or delete the row.");
  if (texts.some((text) => HALF_CHARACTER.test(text)))
    refuse(
      "a text holds half a character (a lone surrogate, such as \\ud83d)",
      "Correct the text or delete the row: it was cut inside a character.",
    );
  const most = texts.reduce((longest, text) => Math.max(longest, text.length), 0);
  if (most > longest)
    refuse(
      `a text has ${most} characters, more than the ${longest} allowed`,
      "Shorten the text or delete the row.",
    );
}

export const isEmpty = (value: unknown): boolean => value === undefined || value === null || value === "";

function readText(values: Values, column: string, refuse: Refuse): string {
  const value = values[column];
  const name = `the column “${clip(column)}”`;
  if (isEmpty(value)) {
    const what = value === undefined ? "is missing" : "is empty";
    return refuse(`${name} ${what}`, "Fill it in, delete the row, or choose another column.");
  }
  if (typeof value === "number" || typeof value === "boolean" || typeof value === "bigint")
    return String(value);
  if (typeof value !== "string") {
    const kind = Array.isArray(value) ? "a list" : "an object";
    return refuse(`${name} holds ${kind}, not text`, "Choose a column of texts.");
  }
  return value;
}

/**
 * A number, or the text of one; empty is absent, and so is a word such as “hard”.
 * @returns null where the value is of another kind
 */
export function readDifficulty(value: unknown): number | undefined | null {
  if (isEmpty(value)) return undefined;
  const number = typeof value === "string" ? Number(value) : value;
  if (typeof number === "number" && Number.isFinite(number)) return number;
  return typeof value === "string" ? undefined : null;
}

export function readTags(values: Values, columns: readonly string[]): string[] {
  const found = columns.flatMap((column) => values[column] ?? []);
  return found
    .filter((tag) => typeof tag === "string" || typeof tag === "number")
    .map((tag) => clip(String(tag)));
}
