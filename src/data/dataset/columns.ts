// Which column of a dataset file holds the prompt, the answer and the rest: as the user says, else by its name. A named
// column is used or refused; a guessed one gives way where it does not fit.
import { clip } from "./file";

/** Which column means what. */
export interface FieldMap {
  /** A column, or a text with columns in braces: `{context}\n\n{question}`. */
  prompt: string;
  /** As the prompt: a column, or a text with columns in braces. */
  answer: string;
  difficulty?: string;
  id?: string;
  /** Columns whose values become tags. */
  tags?: string[];
}

/** Refuses the row at hand: what is wrong, and what to do. */
export type Refuse = (what: string, hint: string) => never;

/** Names that are taken for a column, best first. */
const GUESSES = {
  prompt: ["prompt", "question", "instruction", "input", "query", "problem"],
  answer: ["answer", "completion", "output", "response", "solution", "target"],
  system: ["system", "system_prompt"],
  difficulty: ["difficulty", "level"],
  id: ["id", "sampleId", "sample_id"],
  tags: ["tags", "domain", "skill", "tier", "category", "topic", "truth"],
} as const;

/** The column with the first of these names that is there; where none is written so, in capitals or with spaces around. */
export function columnCalled(names: readonly string[], columns: readonly string[]): string | undefined {
  const exact = names.find((name) => columns.includes(name));
  if (exact !== undefined) return exact;
  const plain = columns.map(plainName);
  const found = names.find((name) => plain.includes(plainName(name)));
  return found === undefined ? undefined : columns[plain.indexOf(plainName(found))];
}

/** A column's name as names are compared. */
export const plainName = (name: string): string => name.trim().toLowerCase();

export interface Guess extends FieldMap {
  answerFound: boolean;
  system?: string;
}

/** The meaning that the columns of a file seem to have; null when no prompt column is among them. */
export function guessFields(columns: readonly string[]): Guess | null {
  const first = (names: readonly string[]) => columnCalled(names, columns);
  const prompt = first(GUESSES.prompt);
  if (prompt === undefined) return null;
  const answer = first(GUESSES.answer);
  const system = first(GUESSES.system);
  return {
    prompt,
    answer: answer ?? "answer",
    answerFound: answer !== undefined,
    ...(system ? { system } : {}),
    ...guessAbout(columns),
  };
}

/** Columns that say something about a row, whatever its layout. */
export function guessAbout(columns: readonly string[]): Pick<FieldMap, "difficulty" | "id" | "tags"> {
  const first = (names: readonly string[]) => columnCalled(names, columns);
  const [difficulty, id] = [first(GUESSES.difficulty), first(GUESSES.id)];
  return {
    ...(difficulty ? { difficulty } : {}),
    ...(id ? { id } : {}),
    tags: GUESSES.tags.flatMap((name) => first([name]) ?? []),
  };
}

/** The columns that a prompt or an answer reads: itself, or those in braces where it is no column. */
export function columnsIn(text: string, columns: readonly string[]): string[] {
  if (columns.includes(text)) return [text];
  return [...new Set([...text.matchAll(/\{([^{}]+)\}/g)].map(([, name]) => name))];
}

/**
 * Prompt and answer by columns: those that were named, the others guessed.
 * @param columns of all rows
 * @param refuse the file, where a named column is not there or none can be guessed
 */
export function chooseFields(
  columns: readonly string[],
  fields: Partial<FieldMap>,
  needAnswer: boolean,
  refuse: Refuse,
): Pick<Guess, "prompt" | "answer" | "system"> {
  const guess = guessFields(columns);
  const seen = columns.slice(0, 12).map(clip).join(", ") || "none";
  const none = (meaning: string, name?: string) =>
    refuse(
      `no column for the ${meaning}${name === undefined ? "" : ` called “${clip(name)}”`} was found (columns: ${seen})`,
      "Say which column holds the prompt and which the answer (settings data.fields.prompt and data.fields.answer).",
    );
  const { prompt = guess?.prompt, answer = guess?.answerFound ? guess.answer : undefined } = fields;
  if (prompt === undefined) return none("prompt");
  const absentIn = (text: string): string | undefined => {
    const read = columnsIn(text, columns);
    return read.length === 0 ? text : read.find((name) => !columns.includes(name));
  };
  const absent = absentIn(prompt);
  if (absent !== undefined) return none("prompt", absent);
  if (answer === undefined) return needAnswer ? none("answer") : { prompt, answer: "answer" };
  const wanting = fields.answer === undefined ? undefined : absentIn(answer);
  if (wanting !== undefined) return none("answer", wanting);
  for (const [meaning, name] of [
    ["difficulty", fields.difficulty],
    ["id", fields.id],
  ] as const)
    if (name !== undefined && !columns.includes(name)) return none(meaning, name);
  return { prompt, answer, ...(guess?.system ? { system: guess.system } : {}) };
}
