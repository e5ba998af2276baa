// A whole file of rows as samples, with a report of what was found: how rows are laid out, which columns are not used,
// which rows cannot be used, repeat or contradict each other. Nothing is changed or left out without a word.
import { chooseFields, columnsIn, guessAbout, type FieldMap, type Refuse } from "./columns";
import { DATASET_LIMITS, DatasetFile, clip, type DatasetLimits, type RawRow } from "./file";
import { Findings, Repeats, type Finding, type FindingKind } from "./findings";
import { openFormat } from "./formats";
import { layoutOf, type Asked, type LayoutOptions } from "./layout";
import { askedInColumns, checkAsked, isEmpty, readDifficulty, readTags, type SampleRow } from "./sample";
import type { ByteSource } from "../files";

export interface DatasetOptions extends Partial<LayoutOptions> {
  /** Left out: read by the rows' layout, or guessed by the columns' names. */
  fields?: Partial<FieldMap>;
  /** Rows without an answer are kept with "" (prompts to generate from). Default true: refused. */
  needAnswer?: boolean;
  /** Rows that cannot be used: refuse the file (default), or leave them out. */
  unusable?: "refuse" | "leave out";
  /** Rows that repeat an earlier one to the letter: keep them (default), or leave them out. */
  duplicates?: "keep" | "leave out";
  limits?: Partial<DatasetLimits>;
  /** What a person did to single rows, by their index in the file; the rows given are as they left them. */
  byHand?: { dropped: ReadonlySet<number>; changed: ReadonlySet<number> };
}

export interface DatasetReport {
  /** How the rows are laid out, as people call it. */
  layout: string;
  /** Columns that are read, and those that are only kept beside the samples. */
  used: readonly string[];
  unused: readonly string[];
  /** What was left out or is read in another way than one might think, one sentence each. */
  notes: readonly string[];
  findings: readonly Finding[];
}

/** What was found in one row of the file. */
export interface Mark {
  /** Of the row in the file, from 0. */
  index: number;
  kind: FindingKind;
  /** Why it cannot be used; "" of the other kinds. */
  what: string;
  hint: string;
}

export interface DatasetContent {
  rows: SampleRow[];
  /** Index in the file of the row that each sample is from. */
  from: number[];
  /** In the order of the file. */
  marks: Mark[];
  report: DatasetReport;
}

/** What may be done with rows that cannot be used, whatever is wrong with them. */
const LEAVE_OUT = 'Or leave such rows out (setting "Rows that cannot be used", data.unusable).';
/** Columns named in a report or an error. */
const NAMED = 12;

/** The columns of all rows, in the order of their first mention. */
export function columnsOf(rows: readonly RawRow[]): string[] {
  const columns = new Set<string>();
  for (const { values } of rows) for (const name of Object.keys(values)) columns.add(name);
  return [...columns];
}

/**
 * All rows of a file, in order, and what was found in them.
 * @throws LabError "data" at what makes the file unreadable, or with every row that cannot be used: file, first line,
 * what is wrong, how many more; hint: what to do.
 */
export async function readContent(source: ByteSource, options: DatasetOptions = {}): Promise<DatasetContent> {
  const limits = { ...DATASET_LIMITS, ...options.limits };
  const { file, rows: raw } = await rawRows(source, limits);
  if (raw.length === 0) {
    const what = file.size === 0 ? "is empty (0 bytes)" : "has no rows";
    file.refuseWhole(what, "Choose a file with one sample a line.");
  }
  return contentOf(file, raw, options);
}

/** The rows as the file has them. @param count at most this many */
export async function rawRows(source: ByteSource, limits = DATASET_LIMITS, count = Infinity) {
  const { file, format } = await openFormat(new DatasetFile(source, limits));
  const rows: RawRow[] = [];
  for await (const row of format.rows(file)) {
    rows.push(row);
    if (rows.length >= count) break;
    if (rows.length > limits.rows)
      file.refuse(row, `the file has more than the ${limits.rows} rows allowed`, "Take a part of the file.", {
        most: limits.rows,
      });
  }
  return { file, rows };
}

/** A reader of what a row asks. */
interface Reader {
  name: string;
  used: string[];
  note?: string;
  read(row: RawRow, refuse: Refuse): Asked[];
}

function readerOf(file: DatasetFile, rows: readonly RawRow[], options: DatasetOptions): Reader {
  const { fields = {}, needAnswer = true, turns = "last" } = options;
  const columns = columnsOf(rows);
  const usable = rows.find(({ problem }) => !problem);
  if (!usable) return { name: "columns", used: [], read: () => [] };
  const isNamed = fields.prompt !== undefined || fields.answer !== undefined;
  const found = isNamed ? null : layoutOf(columns, usable.values);
  if (found) {
    const { layout, columns: read } = found;
    return { name: layout.name, ...read, read: (row, refuse) => layout.read(row.values, refuse, { turns }) };
  }
  const refuse: Refuse = (what, hint) => file.refuse(usable, what, hint, { setting: "data.fields" });
  const chosen = chooseFields(columns, fields, needAnswer, refuse);
  const used = [
    ...columnsIn(chosen.prompt, columns),
    ...columnsIn(chosen.answer, columns),
    ...(chosen.system ? [chosen.system] : []),
  ];
  return {
    name: "columns",
    used,
    read: (row, refuseRow) => [askedInColumns(row.values, chosen, needAnswer, refuseRow)],
  };
}

/** Thrown at a row that cannot be used, to go on with the next. */
class Unusable extends Error {
  constructor(
    readonly what: string,
    readonly hint: string,
  ) {
    super(what);
  }
}

const refuseRow: Refuse = (what, hint) => {
  throw new Unusable(what, hint);
};

export function contentOf(
  file: DatasetFile,
  raw: readonly RawRow[],
  options: DatasetOptions = {},
): DatasetContent {
  const { fields = {}, needAnswer = true, unusable = "refuse", duplicates = "keep", byHand } = options;
  const columns = columnsOf(raw);
  const reader = readerOf(file, raw, options);
  const notes = [...file.notes, ...(reader.note ? [reader.note] : [])];
  const about = aboutRows(raw, columns, fields, notes, (row, what, hint) => file.refuse(row, what, hint));
  const findings = new Findings();
  const repeats = new Repeats();
  const rows: SampleRow[] = [];
  const from: number[] = [];
  const marks: Mark[] = [];
  let first: { row: RawRow; what: string; hint: string } | null = null;
  for (const [index, row] of raw.entries()) {
    const found = (kind: FindingKind, done: Finding["done"], what = "", hint = ""): void => {
      findings.add(kind, row, done, what);
      marks.push({ index, kind, what, hint });
    };
    if (byHand?.dropped.has(index)) {
      found("dropped", "left out");
      continue;
    }
    if (byHand?.changed.has(index)) found("changed", "kept");
    try {
      if (row.problem) refuseRow(row.problem.what, row.problem.hint);
      const asked = reader.read(row, refuseRow);
      if (asked.length === 0) found("excluded", "left out");
      // Before any turn is kept: a conversation is used whole or not at all.
      for (const one of asked) checkAsked(one, file.limits.fieldLength, needAnswer, refuseRow);
      for (const [turn, one] of asked.entries()) {
        const repeated = repeats.seen(one);
        const leaveOut = repeated === "duplicate" && duplicates === "leave out";
        if (repeated) found(repeated, leaveOut ? "left out" : "kept");
        if (leaveOut) continue;
        rows.push({
          ...about.of(row, index, turn, asked.length),
          ...one,
          extra: extraOf(row, reader, about),
        });
        from.push(index);
      }
    } catch (thrown) {
      if (!(thrown instanceof Unusable)) throw thrown;
      first ??= { row, what: thrown.what, hint: thrown.hint };
      found("unusable", "left out", thrown.what, thrown.hint);
    }
  }
  if (first && (unusable === "refuse" || rows.length === 0)) refuseRows(file, first, findings);
  if (rows.length === 0)
    file.refuseWhole("has no row to study", "Every row is left out or marked as not to be studied.");
  const read = [...reader.used, ...about.used];
  const unused = columns.filter((name) => !read.includes(name));
  return {
    rows,
    from,
    marks,
    report: { layout: reader.name, used: reader.used, unused, notes, findings: findings.all },
  };
}

/** The first row that cannot be used, and how many more there are: to be mended in one go. */
function refuseRows(
  file: DatasetFile,
  { row, what, hint }: { row: RawRow; what: string; hint: string },
  findings: Findings,
): never {
  const { count, places } = findings.get("unusable")!;
  const advice = `${hint} ${LEAVE_OUT}`;
  const facts = { setting: "data.unusable" };
  if (count === 1) return file.refuse(row, what, advice, facts);
  const others = places.slice(1).map(({ line }) => line);
  const list = `${others.join(", ")}${count > places.length ? ", …" : ""}`;
  const more = `${count - 1} more ${count === 2 ? "row" : "rows"} cannot be used either (${row.unit} ${list})`;
  return file.refuse(row, `${what}; ${more}`, advice, facts);
}

/** What a row says about itself besides what it asks. */
interface About {
  of(
    row: RawRow,
    index: number,
    turn: number,
    turns: number,
  ): Pick<SampleRow, "sampleId" | "difficulty" | "tags">;
  /** Whether a column of the row was read: it need not be kept beside the sample. */
  has(row: RawRow, column: string): boolean;
  /** Columns, tags included. */
  used: readonly string[];
}

/** Ids, difficulties and tags of rows: from named columns, or from guessed ones as far as they fit. */
function aboutRows(
  raw: readonly RawRow[],
  columns: readonly string[],
  fields: Partial<FieldMap>,
  notes: string[],
  refuse: (row: RawRow, what: string, hint: string) => never,
): About {
  const guess = guessAbout(columns);
  const { tags = guess.tags ?? [] } = fields;
  let { difficulty = guess.difficulty, id = guess.id } = fields;
  const wrong =
    difficulty === undefined
      ? undefined
      : raw.find((row) => readDifficulty(row.values[difficulty!]) === null);
  if (wrong) {
    const name = `the column “${clip(difficulty!)}” holds no number`;
    if (fields.difficulty !== undefined)
      refuse(wrong, name, "Choose a column of numbers for the difficulty.");
    notes.push(
      `The column “${clip(difficulty!)}” is not read as difficulty: ${wrong.unit} ${wrong.line} holds no number.`,
    );
    difficulty = undefined;
  }
  if (difficulty !== undefined && fields.difficulty === undefined) {
    const isNumber = (row: RawRow) => typeof readDifficulty(row.values[difficulty!]) === "number";
    const isSaid = (row: RawRow) => !isEmpty(row.values[difficulty!]);
    if (raw.some(isSaid) && !raw.some(isNumber)) {
      notes.push(`The column “${clip(difficulty)}” is not read as difficulty: it holds words, no numbers.`);
      difficulty = undefined;
    }
  }
  const lineOf = new Map<string, RawRow>();
  const named = (row: RawRow): string => {
    const value = id === undefined ? undefined : row.values[id];
    return typeof value === "string" || typeof value === "number" ? String(value).slice(0, 200) : "";
  };
  for (const row of id === undefined ? [] : raw) {
    const name = named(row);
    if (name === "") continue;
    const earlier = lineOf.get(name);
    lineOf.set(name, row);
    if (!earlier) continue;
    const what = `the id “${clip(name)}” was already used on ${row.unit} ${earlier.line}`;
    if (fields.id !== undefined) refuse(row, what, "Give every row its own id, or leave the id column out.");
    notes.push(
      `The column “${clip(id!)}” is not read as the rows' id: ${row.unit} ${row.line} has that of ${earlier.line}.`,
    );
    id = undefined;
    break;
  }
  const level = (row: RawRow) =>
    difficulty === undefined ? undefined : readDifficulty(row.values[difficulty]);
  return {
    of(row, index, turn, turns) {
      const [value, own] = [level(row), named(row)];
      const found = readTags(row.values, tags);
      const name = own === "" ? `row-${String(index + 1).padStart(6, "0")}` : own;
      return {
        sampleId: turns > 1 ? `${name}.${turn + 1}` : name,
        ...(typeof value === "number" ? { difficulty: value } : {}),
        ...(found.length > 0 ? { tags: found } : {}),
      };
    },
    // A word such as “hard” is no number to sort by, and an empty id no name: they stay.
    has: (row, column) =>
      (column === difficulty && typeof level(row) === "number") || (column === id && named(row) !== ""),
    used: [...[difficulty, id].filter((name) => name !== undefined), ...tags],
  };
}

/** The columns that are not read, as the file has them; tags stay among them. */
const extraOf = ({ values, ...row }: RawRow, reader: Reader, about: About): SampleRow["extra"] =>
  Object.fromEntries(
    Object.entries(values).filter(
      ([name]) => !reader.used.includes(name) && !about.has({ values, ...row }, name),
    ),
  );

/** "Not used: context, source." */
export function unusedText({ unused }: DatasetReport): string {
  if (unused.length === 0) return "";
  const more = unused.length > NAMED ? ` and ${unused.length - NAMED} more` : "";
  return `Columns that are not used: ${unused.slice(0, NAMED).map(clip).join(", ")}${more}.`;
}
