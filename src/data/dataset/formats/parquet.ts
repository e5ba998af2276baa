// Parquet, by hyparquet: flat columns of texts, numbers and yes-or-no, uncompressed or by snappy, one row group after
// the other. A file may claim any size: what it claims is checked against the bytes that are there before it is decoded.
import type { AsyncBuffer, FileMetaData, RowGroup } from "hyparquet";
import { LabError } from "../../../lib/errors";
import { clip, type DatasetFile, type RawRow } from "../file";
import type { DatasetFormat } from "../formats";

const MAGIC = "PAR1";
const CODECS = ["UNCOMPRESSED", "SNAPPY"];
/** Bytes that the pages of one row group may have once they are unpacked. */
const GROUP_BYTES = 512 * 2 ** 20;
/** A byte packed by snappy gives at most 64 / 3 bytes: a copy of 64 takes three. A page that claims more is damaged. */
const MOST_UNPACKED = 22;

/** Loaded when the first Parquet file is read. */
const loadLibrary = async () => {
  const [library, { parquetHeader }] = await Promise.all([
    import("hyparquet"),
    import("hyparquet/src/column.js"),
  ]);
  return { ...library, parquetHeader };
};
type Library = Awaited<ReturnType<typeof loadLibrary>>;

async function* rows(file: DatasetFile): AsyncGenerator<RawRow> {
  if (file.size === 0) return;
  await checkMagic(file);
  const library = await loadLibrary();
  const metadata = await readFooter(file, library);
  const columns = flatColumns(file, metadata, library);
  let first = 0;
  for (const group of metadata.row_groups) {
    const count = Number(group.num_rows);
    const values = await readGroup(file, library, metadata, { group, columns, first, count });
    for (const [index, row] of values.entries())
      yield { line: first + index + 1, unit: "row", values: plainRow(columns, row) };
    first += count;
  }
}

async function checkMagic(file: DatasetFile): Promise<void> {
  const text = async (offset: number) => String.fromCharCode(...(await file.read(offset, MAGIC.length)));
  const whole = file.size >= 12 && (await text(0)) === MAGIC && (await text(file.size - 4)) === MAGIC;
  if (whole) return;
  file.refuseWhole(
    `is no whole Parquet file: it does not begin and end with “${MAGIC}”`,
    "Download or export it again.",
  );
}

/** The bytes of the file as hyparquet asks for them. */
function bufferOf(file: DatasetFile): AsyncBuffer {
  const slice = async (start: number, end = file.size) =>
    (await file.read(start, end - start)).slice().buffer as ArrayBuffer;
  return { byteLength: file.size, slice };
}

/** What the file says of itself, at its end: columns and row groups. */
async function readFooter(file: DatasetFile, library: Library): Promise<FileMetaData> {
  const metadata = await library
    .parquetMetadataAsync(bufferOf(file), { geoparquet: false })
    .catch((thrown: unknown) =>
      file.refuseWhole(
        `cannot be read: the list of columns at its end is damaged (${reasonOf(thrown)})`,
        "Download or export it again.",
      ),
    );
  const count = metadata.row_groups.reduce((sum, group) => sum + Number(group.num_rows), 0);
  const limit = file.limits.rows;
  if (!(count <= limit))
    file.refuseWhole(`has ${count} rows, more than the ${limit} allowed`, "Take a part of the file.", {
      limit,
    });
  return metadata;
}

/** Names of the columns that hold one value a row; of the others the user is told. */
function flatColumns(file: DatasetFile, metadata: FileMetaData, library: Library): string[] {
  const columns = damageOf(file, 0, () => library.parquetSchema(metadata).children);
  const isFlat = ({ children, element }: (typeof columns)[number]) =>
    children.length === 0 && element.repetition_type !== "REPEATED";
  const names = (flat: boolean) =>
    columns.filter((column) => isFlat(column) === flat).map(({ element }) => element.name);
  const nested = names(false).map(clip).join(", ");
  if (nested !== "")
    file.notes.push(`Left out, since they hold lists or groups and not one value a row: ${nested}.`);
  if (names(true).length > 0) return names(true);
  const what =
    nested === "" ? "has no columns" : `has no column with one value a row; ${nested} hold lists or groups`;
  return file.refuseWhole(what, "Write prompt and answer as columns of texts.");
}

interface Wanted {
  group: RowGroup;
  columns: string[];
  /** Index of its first row. */
  first: number;
  count: number;
}

async function readGroup(
  file: DatasetFile,
  library: Library,
  metadata: FileMetaData,
  { group, columns, first, count }: Wanted,
): Promise<Record<string, unknown>[]> {
  if (count === 0) return [];
  const chunks = damageOf(file, first, () => chunksOf(file, group, columns, first));
  const start = Math.min(...chunks.map((chunk) => chunk.start));
  const end = Math.max(...chunks.map((chunk) => chunk.end));
  const bytes = await file.read(start, end - start);
  damageOf(file, first, () => checkPages(bytes, start, chunks, count, library));
  const slice = (from: number, to = end): ArrayBuffer =>
    bytes.slice(from - start, to - start).buffer as ArrayBuffer;
  const values = await library
    .parquetReadObjects({
      file: { byteLength: file.size, slice },
      metadata: { ...metadata, row_groups: [group] },
      columns,
      geoparquet: false,
    })
    .catch((thrown: unknown) => damaged(file, first, thrown));
  if (values.length !== count) damaged(file, first, `it holds ${values.length} rows, not ${count}`);
  return values;
}

interface Chunk {
  /** Bytes in the file, `end` excluded. */
  start: number;
  end: number;
}

/** Where the wanted columns of a row group lie; they lie inside the file, and their packing is known. */
function chunksOf(file: DatasetFile, group: RowGroup, columns: string[], first: number): Chunk[] {
  const wanted = group.columns
    .map(({ meta_data }) => meta_data!)
    .filter(({ path_in_schema: path }) => path.length === 1 && columns.includes(path[0]!));
  if (wanted.length !== columns.length) throw new Error("a column is missing in it");
  return wanted.map((meta) => {
    const name = clip(meta.path_in_schema[0]!);
    if (!CODECS.includes(meta.codec))
      file.refuse(
        { line: first + 1, unit: "row" },
        `the column “${name}” is packed by ${meta.codec}, which is not read here`,
        "Write the file with snappy, or without compression.",
      );
    const start = Number(meta.dictionary_page_offset || meta.data_page_offset);
    const end = start + Number(meta.total_compressed_size);
    if (!(start >= MAGIC.length && start < end && end <= file.size))
      throw new Error(`the column “${name}” lies at bytes ${start} to ${end} of ${file.size}`);
    return { start, end };
  });
}

/** Every page has the bytes that it claims, no more values than the group has rows, and unpacks to a size that is borne. */
function checkPages(
  bytes: Uint8Array,
  offset: number,
  chunks: Chunk[],
  count: number,
  { parquetHeader }: Library,
): void {
  let unpacked = 0;
  for (const { start, end } of chunks) {
    const view = new DataView(bytes.buffer, bytes.byteOffset + start - offset, end - start);
    const reader = { view, offset: 0 };
    let values = 0;
    while (values < count) {
      const page = parquetHeader(reader);
      const data = page.data_page_header ?? page.data_page_header_v2;
      const held = data?.num_values ?? page.dictionary_page_header?.num_values ?? 0;
      const [packed, size] = [page.compressed_page_size, Number(page.uncompressed_page_size)];
      reader.offset += packed;
      unpacked += size;
      if (!(packed >= 0 && reader.offset <= view.byteLength)) throw new Error("a page is cut off");
      if (!(size >= 0 && size <= MOST_UNPACKED * packed + 64))
        throw new Error(`a page of ${packed} bytes claims to unpack to ${size}`);
      if (unpacked > GROUP_BYTES)
        throw new Error(`its pages unpack to more than the ${GROUP_BYTES} bytes allowed`);
      if (!(held >= 0 && held <= Math.max(count, size))) throw new Error(`a page claims ${held} values`);
      if (data) values += held;
      if (data && values > count) throw new Error(`a column has ${values} values for ${count} rows`);
    }
  }
}

/** As JSON would have it: whole numbers as numbers where they fit, dates and times as text. */
function plainRow(columns: string[], row: Record<string, unknown>): Record<string, unknown> {
  return Object.fromEntries(columns.map((name) => [name, plain(row[name])]));
}

function plain(value: unknown): unknown {
  if (typeof value === "bigint") {
    const number = Number(value);
    return Number.isSafeInteger(number) ? number : String(value);
  }
  if (value instanceof Date) return Number.isNaN(value.getTime()) ? null : value.toISOString();
  return ArrayBuffer.isView(value) ? Array.from(value as Uint8Array) : (value ?? null);
}

const reasonOf = (thrown: unknown): string => clip(thrown instanceof Error ? thrown.message : String(thrown));

function damaged(file: DatasetFile, first: number, thrown: unknown): never {
  if (thrown instanceof LabError) throw thrown;
  return file.refuse(
    { line: first + 1, unit: "row" },
    `the row group that begins here is damaged (${reasonOf(thrown)})`,
    "Download or export the file again.",
  );
}

function damageOf<T>(file: DatasetFile, first: number, work: () => T): T {
  try {
    return work();
  } catch (thrown) {
    return damaged(file, first, thrown);
  }
}

export default {
  id: "parquet",
  name: "Parquet",
  endings: [".parquet"],
  sniff: (head) => String.fromCharCode(...head.subarray(0, MAGIC.length)) === MAGIC,
  rows,
} satisfies DatasetFormat;
