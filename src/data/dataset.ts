// Datasets from JSONL and CSV files: rows of prompt and answer, streamed, with errors that name the line.
import { LabError } from "../lib/errors";
import { csvRows } from "./csv";
import { isRecord, readWhole, type ByteSource } from "./files";
import { fileLines, refuseAt } from "./lines";

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

/** Which column means what. */
export interface FieldMap {
  prompt: string;
  answer: string;
  difficulty?: string;
  id?: string;
  /** Columns whose values become tags. */
  tags?: string[];
}

export interface DatasetLimits {
  /** Bytes of the file. */
  fileBytes: number;
  rows: number;
  /** Characters of a prompt or an answer. */
  fieldLength: number;
}

/** What a tab can hold and show without harm. */
export const DATASET_LIMITS: DatasetLimits = {
  fileBytes: 256 * 2 ** 20,
  rows: 200_000,
  fieldLength: 100_000,
};

export interface DatasetOptions {
  /** Left out: guessed from the first row's columns. */
  fields?: Partial<FieldMap>;
  /** Rows without an answer are kept with "" (prompts to generate from). Default true: refused. */
  needAnswer?: boolean;
  limits?: Partial<DatasetLimits>;
}

/** A row as the file has it, before the columns get their meaning. */
export interface RawRow {
  /** 1 = the first line of the file, or the first row of a JSON array. */
  line: number;
  unit: "line" | "row";
  values: Record<string, unknown>;
}

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

/**
 * All rows of a file, in order.
 * @throws LabError "data" at the first line that cannot be used: file, line, what is wrong; hint: what to do.
 */
export async function readDataset(source: ByteSource, options: DatasetOptions = {}): Promise<SampleRow[]> {
  const limits = { ...DATASET_LIMITS, ...options.limits };
  const rows: SampleRow[] = [];
  const lineOf = new Map<string, number>();
  let fields: FieldMap | null = null;
  for await (const raw of rawRows(source, limits)) {
    fields ??= chooseFields(source, raw, options);
    const row = toSample(source, raw, rows.length, fields, options.needAnswer ?? true, limits);
    const earlier = lineOf.get(row.sampleId);
    if (earlier !== undefined) {
      refuse(
        source,
        raw,
        `the id “${clip(row.sampleId)}” was already used on ${raw.unit} ${earlier}`,
        "Give every row its own id, or leave the id column out.",
      );
    }
    lineOf.set(row.sampleId, raw.line);
    rows.push(row);
    if (rows.length > limits.rows) {
      refuse(
        source,
        raw,
        `the file has more than the ${limits.rows} rows allowed`,
        "Take a part of the file.",
      );
    }
  }
  if (rows.length === 0) refuseEmpty(source);
  return rows;
}

/** The first rows and the columns seen in them, for a preview before the import. */
export async function previewDataset(
  source: ByteSource,
  count = 20,
): Promise<{ columns: string[]; rows: RawRow[]; fields: FieldMap | null }> {
  const rows: RawRow[] = [];
  for await (const raw of rawRows(source, DATASET_LIMITS)) {
    rows.push(raw);
    if (rows.length >= count) break;
  }
  if (rows.length === 0) refuseEmpty(source);
  const columns = [...new Set(rows.flatMap(({ values }) => Object.keys(values)))];
  return { columns, rows, fields: guessFields(columns) };
}

/** Rows of a CSV or TSV file (by the name's ending), a JSON array, or JSONL. */
export async function* rawRows(source: ByteSource, limits: DatasetLimits): AsyncGenerator<RawRow> {
  if (source.size > limits.fileBytes) {
    throw new LabError(
      "data",
      `${source.name} has ${source.size} bytes, more than the ${limits.fileBytes} allowed.`,
      "Take a part of the file.",
      { file: source.name, size: source.size, limit: limits.fileBytes },
    );
  }
  if (/\.(csv|tsv)$/i.test(source.name)) yield* csvRows(source, limits);
  else if (await isJsonArray(source)) yield* arrayRows(source);
  else yield* jsonRows(source, limits);
}

async function* jsonRows(source: ByteSource, limits: DatasetLimits): AsyncGenerator<RawRow> {
  // A row may hold a prompt, an answer and further columns, each character escaped.
  const lineBytes = 16 * limits.fieldLength;
  for await (const { line, text } of fileLines(source, lineBytes)) {
    if (text.trim() === "") continue;
    const row: RawRow = { line, unit: "line", values: {} };
    let values: unknown;
    try {
      values = JSON.parse(text);
    } catch (thrown) {
      const reason = thrown instanceof Error ? thrown.message : String(thrown);
      refuse(
        source,
        row,
        `not valid JSON (${clip(reason)})`,
        "Correct or delete the line: each line is one JSON object.",
      );
    }
    yield { ...row, values: objectOf(source, row, values) };
  }
}

/** Bytes of a JSON array, which must be parsed in one piece. */
const MAX_ARRAY = 64 * 2 ** 20;

/** A file that is one JSON array of objects. */
async function* arrayRows(source: ByteSource): AsyncGenerator<RawRow> {
  const text = new TextDecoder().decode(await readWhole(source, MAX_ARRAY));
  let rows: unknown;
  try {
    rows = JSON.parse(text);
  } catch (thrown) {
    const reason = thrown instanceof Error ? thrown.message : String(thrown);
    throw new LabError(
      "data",
      `${source.name} is not valid JSON (${clip(reason)}).`,
      "Correct the file, or write one JSON object a line.",
    );
  }
  if (!Array.isArray(rows)) {
    throw new LabError(
      "data",
      `${source.name} is JSON, but no array of rows.`,
      "Write an array of objects, or one JSON object a line.",
    );
  }
  for (const [index, values] of (rows as unknown[]).entries()) {
    const row: RawRow = { line: index + 1, unit: "row", values: {} };
    yield { ...row, values: objectOf(source, row, values) };
  }
}

function objectOf(source: ByteSource, row: RawRow, values: unknown): Record<string, unknown> {
  if (isRecord(values)) return values;
  return refuse(
    source,
    row,
    "the JSON value is no object",
    'Each row must be an object such as {"prompt": "…", "answer": "…"}.',
  );
}

/** The first byte that is not white space is “[”: one array, whatever the file is called. */
async function isJsonArray(source: ByteSource): Promise<boolean> {
  const head = await source.read(0, Math.min(source.size, 4096));
  return new TextDecoder()
    .decode(head)
    .replace(/^\uFEFF/, "")
    .trimStart()
    .startsWith("[");
}

/** The columns to use. One that the first row lacks gives way to a guess: “answer” to “completion”, say. */
function chooseFields(
  source: ByteSource,
  raw: RawRow,
  { fields = {}, needAnswer = true }: DatasetOptions,
): FieldMap {
  const columns = Object.keys(raw.values);
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
    return refuse(source, raw, what, "Say which column holds the prompt and which the answer.");
  }
  return {
    prompt,
    answer,
    difficulty: fields.difficulty ?? guess?.difficulty,
    id: fields.id ?? guess?.id,
    tags: fields.tags ?? guess?.tags,
  };
}

function toSample(
  source: ByteSource,
  row: RawRow,
  index: number,
  fields: FieldMap,
  needAnswer: boolean,
  limits: DatasetLimits,
): SampleRow {
  const { values } = row;
  const text = (column: string, needed: boolean): string => {
    const value = values[column];
    if (value === undefined || value === null || value === "") {
      if (!needed) return "";
      const what =
        value === undefined
          ? `the column “${clip(column)}” is missing`
          : `the column “${clip(column)}” is empty`;
      return refuse(source, row, what, "Fill it in, delete the row, or choose another column.");
    }
    if (typeof value === "number" || typeof value === "boolean") return String(value);
    if (typeof value !== "string") {
      const kind = Array.isArray(value) ? "a list" : "an object";
      return refuse(
        source,
        row,
        `the column “${clip(column)}” holds ${kind}, not text`,
        "Choose a column of texts.",
      );
    }
    if (value.length > limits.fieldLength) {
      const much = `the column “${clip(column)}” has ${value.length} characters, more than the ${limits.fieldLength} allowed`;
      return refuse(source, row, much, "Shorten the text or delete the row.");
    }
    return value;
  };
  const used = new Set([fields.prompt, fields.answer]);
  const difficulty = readDifficulty(source, row, fields.difficulty);
  if (difficulty !== undefined && fields.difficulty) used.add(fields.difficulty);
  const id = fields.id === undefined ? undefined : values[fields.id];
  const named = typeof id === "string" || typeof id === "number" ? String(id) : "";
  if (named !== "" && fields.id) used.add(fields.id);
  const tags = readTags(values, fields.tags ?? []);
  return {
    sampleId: named === "" ? `row-${String(index + 1).padStart(6, "0")}` : named.slice(0, 200),
    prompt: text(fields.prompt, true),
    answer: text(fields.answer, needAnswer),
    ...(difficulty === undefined ? {} : { difficulty }),
    ...(tags.length > 0 ? { tags } : {}),
    extra: Object.fromEntries(Object.entries(values).filter(([column]) => !used.has(column))),
  };
}

/** A number, or the text of one; empty is absent. */
function readDifficulty(source: ByteSource, row: RawRow, column: string | undefined): number | undefined {
  const value = column === undefined ? undefined : row.values[column];
  if (value === undefined || value === null || value === "") return undefined;
  const number = typeof value === "string" ? Number(value) : value;
  if (typeof number === "number" && Number.isFinite(number)) return number;
  // A word such as “hard” is no number to sort by: it stays among the other columns.
  if (typeof value === "string") return undefined;
  return refuse(
    source,
    row,
    `the column “${clip(column ?? "")}” holds no number`,
    "Choose a column of numbers for the difficulty.",
  );
}

function readTags(values: Record<string, unknown>, columns: readonly string[]): string[] {
  const found = columns.flatMap((column) => values[column] ?? []);
  return found
    .filter((tag) => typeof tag === "string" || typeof tag === "number")
    .map((tag) => clip(String(tag)));
}

function refuse(source: ByteSource, row: RawRow, what: string, hint: string): never {
  refuseAt(source, row.line, what, hint, row.unit);
}

function refuseEmpty(source: ByteSource): never {
  const what = source.size === 0 ? "is empty (0 bytes)" : "has no rows";
  throw new LabError("data", `${source.name} ${what}.`, "Choose a file with one sample a line.", {
    file: source.name,
  });
}

const clip = (text: string): string => (text.length > 120 ? `${text.slice(0, 120)}…` : text);
