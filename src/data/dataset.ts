// Reads datasets from files as a stream of rows with prompt and answer; errors name the file and line.
// dataset/formats splits each file format into rows; here the columns get their meaning.
import { chooseFields, guessFields, type DatasetOptions, type FieldMap } from "./dataset/columns";
import { DATASET_LIMITS, DatasetFile, clip, type DatasetLimits, type RawRow } from "./dataset/file";
import { formatOf } from "./dataset/formats";
import { toSample, type SampleRow } from "./dataset/sample";
import type { ByteSource } from "./files";

export type { FieldMap } from "./dataset/columns";
export type { RawRow } from "./dataset/file";
export { formatEndings, formatNames } from "./dataset/formats";
export type { SampleRow } from "./dataset/sample";

export interface ReadOptions extends DatasetOptions {
  limits?: Partial<DatasetLimits>;
}

/**
 * All rows of a file, in order.
 * @throws LabError "data" at the first line that cannot be used: file, line, what is wrong; hint: what to do.
 */
export async function readDataset(source: ByteSource, options: ReadOptions = {}): Promise<SampleRow[]> {
  const limits = { ...DATASET_LIMITS, ...options.limits };
  const { needAnswer = true } = options;
  const { fieldLength } = limits;
  const file = new DatasetFile(source, limits);
  const rows: SampleRow[] = [];
  const lineOf = new Map<string, number>();
  let fields: FieldMap | null = null;
  for await (const raw of rowsOf(file)) {
    const refuse = (what: string, hint: string): never => file.refuse(raw, what, hint);
    fields ??= chooseFields(Object.keys(raw.values), options, refuse);
    const row = toSample(raw.values, rows.length, { fields, needAnswer, fieldLength }, refuse);
    const earlier = lineOf.get(row.sampleId);
    if (earlier !== undefined) {
      refuse(
        `the id “${clip(row.sampleId)}” was already used on ${raw.unit} ${earlier}`,
        "Give every row its own id, or leave the id column out.",
      );
    }
    lineOf.set(row.sampleId, raw.line);
    rows.push(row);
    if (rows.length > limits.rows)
      refuse(`the file has more than the ${limits.rows} rows allowed`, "Take a part of the file.");
  }
  if (rows.length === 0) refuseEmpty(file);
  return rows;
}

export interface DatasetPreview {
  columns: string[];
  rows: RawRow[];
  /** null: no column looks like a prompt. */
  fields: FieldMap | null;
  /** What the format leaves out of the rows. */
  notes: readonly string[];
}

/** The first rows and the columns seen in them, for a preview before the import. */
export async function previewDataset(source: ByteSource, count = 20): Promise<DatasetPreview> {
  const file = new DatasetFile(source);
  const rows: RawRow[] = [];
  for await (const raw of rowsOf(file)) {
    rows.push(raw);
    if (rows.length >= count) break;
  }
  if (rows.length === 0) refuseEmpty(file);
  const columns = [...new Set(rows.flatMap(({ values }) => Object.keys(values)))];
  return { columns, rows, fields: guessFields(columns), notes: file.notes };
}

async function* rowsOf(file: DatasetFile): AsyncGenerator<RawRow> {
  yield* (await formatOf(file)).rows(file);
}

function refuseEmpty(file: DatasetFile): never {
  const what = file.size === 0 ? "is empty (0 bytes)" : "has no rows";
  file.refuseWhole(what, "Choose a file with one sample a line.");
}
