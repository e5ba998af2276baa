// Which column of a dataset file holds the prompt, the answer and the rest: as the person says, else by its name.
import { clip } from "./file";

/** Which column means what. */
export interface FieldMap {
  prompt: string;
  answer: string;
  difficulty?: string;
  id?: string;
  /** Columns whose values become tags. */
  tags?: string[];
}

export interface DatasetOptions {
  /** Left out: guessed from the first row's columns. */
  fields?: Partial<FieldMap>;
  /** Rows without an answer are kept with "" (prompts to generate from). Default true: refused. */
  needAnswer?: boolean;
}

/** Refuses the row at hand: what is wrong, and what to do. */
export type Refuse = (what: string, hint: string) => never;

/** Names that are taken for a column, best first. */
const GUESSES = {
  prompt: ["prompt", "question", "instruction", "input", "query", "problem"],
  answer: ["answer", "completion", "output", "response", "solution", "target"],
  difficulty: ["difficulty", "level"],
  id: ["id", "sampleId", "sample_id"],
  tags: ["tags", "domain", "skill", "tier", "category", "topic"],
} as const;

/** The meaning that the columns of a file seem to have; null when no prompt column is among them. */
export function guessFields(columns: readonly string[]): (FieldMap & { answerFound: boolean }) | null {
  const first = (names: readonly string[]) => names.find((name) => columns.includes(name));
  const prompt = first(GUESSES.prompt);
  if (prompt === undefined) return null;
  const answer = first(GUESSES.answer.filter((name) => name !== prompt));
  const [difficulty, id] = [first(GUESSES.difficulty), first(GUESSES.id)];
  return {
    prompt,
    answer: answer ?? "answer",
    answerFound: answer !== undefined,
    ...(difficulty ? { difficulty } : {}),
    ...(id ? { id } : {}),
    tags: GUESSES.tags.filter((name) => columns.includes(name)),
  };
}

/** The columns to use. One that the first row lacks gives way to a guess: “answer” to “completion”, say. */
export function chooseFields(
  columns: readonly string[],
  { fields = {}, needAnswer = true }: DatasetOptions,
  refuse: Refuse,
): FieldMap {
  const guess = guessFields(columns);
  const there = (column: string | undefined) =>
    column !== undefined && columns.includes(column) ? column : undefined;
  const prompt = there(fields.prompt) ?? guess?.prompt;
  const answer =
    there(fields.answer) ??
    (guess?.answerFound ? guess.answer : undefined) ??
    (needAnswer ? undefined : "answer");
  if (prompt === undefined || answer === undefined) {
    const [meaning, wanted] = prompt === undefined ? ["prompt", fields.prompt] : ["answer", fields.answer];
    const named = wanted === undefined ? "" : ` called “${clip(wanted)}”`;
    const seen = columns.slice(0, 12).map(clip).join(", ") || "none";
    const what = `no column for the ${meaning}${named} was found (columns: ${seen})`;
    return refuse(what, "Say which column holds the prompt and which the answer.");
  }
  return {
    prompt,
    answer,
    difficulty: fields.difficulty ?? guess?.difficulty,
    id: fields.id ?? guess?.id,
    tags: fields.tags ?? guess?.tags,
  };
}
