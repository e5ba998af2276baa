// Turns a row of a file into the sample that is stored: checks the texts, reads the difficulty, and keeps the other
// columns.
import type { FieldMap, Refuse } from "./columns";
import { clip } from "./file";

/** One sample as it is stored. */
export interface SampleRow {
  /** Unique in its file. */
  sampleId: string;
  prompt: string;
  answer: string;
  difficulty?: number;
  tags?: string[];
  /** The other columns, as the file has them. */
  extra: Record<string, unknown>;
}

type Values = Record<string, unknown>;

export interface SampleRules {
  fields: FieldMap;
  needAnswer: boolean;
  /** Characters of a prompt or an answer. */
  fieldLength: number;
}

/** @param index of the row in its file, from 0: its name where it has none */
export function toSample(values: Values, index: number, rules: SampleRules, refuse: Refuse): SampleRow {
  const { fields, needAnswer, fieldLength } = rules;
  const used = new Set([fields.prompt, fields.answer]);
  const difficulty = readDifficulty(values, fields.difficulty, refuse);
  if (difficulty !== undefined && fields.difficulty) used.add(fields.difficulty);
  const id = fields.id === undefined ? undefined : values[fields.id];
  const named = typeof id === "string" || typeof id === "number" ? String(id) : "";
  if (named !== "" && fields.id) used.add(fields.id);
  const tags = readTags(values, fields.tags ?? []);
  return {
    sampleId: named === "" ? `row-${String(index + 1).padStart(6, "0")}` : named.slice(0, 200),
    prompt: readText(values, fields.prompt, fieldLength, refuse),
    answer:
      needAnswer || !isEmpty(values[fields.answer])
        ? readText(values, fields.answer, fieldLength, refuse)
        : "",
    ...(difficulty === undefined ? {} : { difficulty }),
    ...(tags.length > 0 ? { tags } : {}),
    extra: Object.fromEntries(Object.entries(values).filter(([column]) => !used.has(column))),
  };
}

const isEmpty = (value: unknown): boolean => value === undefined || value === null || value === "";

function readText(values: Values, column: string, longest: number, refuse: Refuse): string {
  const value = values[column];
  const name = `the column “${clip(column)}”`;
  if (isEmpty(value)) {
    const what = value === undefined ? "is missing" : "is empty";
    return refuse(`${name} ${what}`, "Fill it in, delete the row, or choose another column.");
  }
  if (typeof value === "number" || typeof value === "boolean") return String(value);
  if (typeof value !== "string") {
    const kind = Array.isArray(value) ? "a list" : "an object";
    return refuse(`${name} holds ${kind}, not text`, "Choose a column of texts.");
  }
  if (value.length > longest)
    return refuse(
      `${name} has ${value.length} characters, more than the ${longest} allowed`,
      "Shorten the text or delete the row.",
    );
  return value;
}

/** A number, or the text of one; empty is absent. */
function readDifficulty(values: Values, column: string | undefined, refuse: Refuse): number | undefined {
  const value = column === undefined ? undefined : values[column];
  if (isEmpty(value)) return undefined;
  const number = typeof value === "string" ? Number(value) : value;
  if (typeof number === "number" && Number.isFinite(number)) return number;
  // A word such as “hard” is no number to sort by: it stays among the other columns.
  if (typeof value === "string") return undefined;
  return refuse(
    `the column “${clip(column ?? "")}” holds no number`,
    "Choose a column of numbers for the difficulty.",
  );
}

function readTags(values: Values, columns: readonly string[]): string[] {
  const found = columns.flatMap((column) => values[column] ?? []);
  return found
    .filter((tag) => typeof tag === "string" || typeof tag === "number")
    .map((tag) => clip(String(tag)));
}
