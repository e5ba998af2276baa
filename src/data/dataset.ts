// Datasets from files: rows of prompt and answer, with errors that name the place. How a file is taken apart is the
// business of its format (dataset/formats), what its rows ask that of their layout (dataset/layouts).
import { guessFields, type FieldMap } from "./dataset/columns";
import { DatasetFile, type RawRow } from "./dataset/file";
import { findingText } from "./dataset/findings";
import {
  columnsOf,
  contentOf,
  rawRows,
  readContent,
  unusedText,
  type DatasetContent,
  type DatasetOptions,
  type DatasetReport,
} from "./dataset/read";
import type { SampleRow } from "./dataset/sample";
import type { ByteSource } from "./files";
import { LabError } from "../lib/errors";

export type { FieldMap } from "./dataset/columns";
export type { RawRow } from "./dataset/file";
export { formatEndings, formatNames } from "./dataset/formats";
export { readContent, type DatasetContent, type DatasetOptions, type DatasetReport } from "./dataset/read";
export type { SampleRow } from "./dataset/sample";

/** What a report says, a sentence each; none where there is nothing to say. */
export function reportTexts(report: DatasetReport): string[] {
  return [...report.notes, unusedText(report), ...report.findings.map(findingText)].filter(
    (text) => text !== "",
  );
}

/**
 * All rows of a file, in order.
 * @throws LabError "data" at the first line that cannot be used: file, line, what is wrong; hint: what to do.
 */
export async function readDataset(source: ByteSource, options: DatasetOptions = {}): Promise<SampleRow[]> {
  return (await readContent(source, options)).rows;
}

export interface DatasetPreview {
  columns: string[];
  rows: RawRow[];
  /** null: no column looks like a prompt. */
  fields: FieldMap | null;
  /** How the rows are laid out, as people call it; null: by the columns that are chosen. */
  layout: string | null;
  /** What the first rows ask, as far as they can be used; empty where the columns must be chosen first. */
  samples: readonly SampleRow[];
  /** What was found in the first rows, a sentence each. */
  notes: readonly string[];
  /** Why some of the first rows cannot be used; null where all can. */
  refusal: LabError | null;
}

/** The first rows and the columns seen in them, for a preview before the import. */
export async function previewDataset(source: ByteSource, count = 20): Promise<DatasetPreview> {
  const { file, rows } = await rawRows(source, undefined, count);
  if (rows.length === 0 || rows.every(({ problem }) => problem)) await readContent(source);
  const columns = columnsOf(rows);
  const { content, refusal } = tried(file, rows);
  const layout = content && content.report.layout !== "columns" ? content.report.layout : null;
  return {
    columns,
    rows: rows.filter(({ problem }) => !problem),
    fields: guessFields(columns),
    layout,
    samples: content?.rows ?? [],
    notes: content ? [...content.report.notes, unusedText(content.report)].filter(Boolean) : file.notes,
    refusal: content ? refusal : null,
  };
}

/** The rows read as they would be without further word; no content where the columns must be chosen first. */
function tried(file: DatasetFile, rows: readonly RawRow[]) {
  const read = (unusable: "refuse" | "leave out"): DatasetContent | LabError => {
    try {
      return contentOf(file, rows, { unusable });
    } catch (thrown) {
      if (thrown instanceof LabError) return thrown;
      throw thrown;
    }
  };
  const all = read("refuse");
  if (!(all instanceof LabError)) return { content: all, refusal: null };
  const some = read("leave out");
  return some instanceof LabError ? { content: null, refusal: all } : { content: some, refusal: all };
}
