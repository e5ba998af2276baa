// Parquet, by hyparquet: columns of texts, numbers and yes-or-no, and lists and groups of them (conversations, choices),
// uncompressed or by snappy, one row group after the other. A file may claim any size: what it claims is checked against the
// bytes that are there before it is decoded.
import type { AsyncBuffer, FileMetaData, RowGroup, SchemaTree } from "hyparquet";
import { LabError } from "../../../lib/errors";
import { clip, type DatasetFile, type RawRow } from "../file";
import type { DatasetFormat } from "../formats";

const MAGIC = "PAR1";
const CODECS = ["UNCOMPRESSED", "SNAPPY"];
/** Bytes that the pages of one row group may have once they are unpacked. */
const GROUP_BYTES = 512 * 2 ** 20;
/** A byte packed by snappy gives at most 64 / 3 bytes: a copy of 64 takes three. A page that claims more is damaged. */
const MOST_UNPACKED = 22;

/** Steps from a row to a value of it: a list takes two, a group one. */
const MOST_STEPS = 8;
/** Values of a column in a row, on average, beside those that its bytes can hold. */
const VALUES_A_ROW = 64;

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
  const columns = readColumns(file, metadata, library);
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
        `cannot be read: the list of columns at its end is damaged${reasonOf(thrown)}`,
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

/** A column that is read. */
interface Column {
  name: string;
  /** It holds lists or groups: several columns of the file. */
  isNested: boolean;
}

/** The columns that are read; of the others the user is told. */
function readColumns(file: DatasetFile, metadata: FileMetaData, library: Library): Column[] {
  const columns = damageOf(file, 0, () => library.parquetSchema(metadata).children);
  const left = columns.filter((column) => !isRead(column)).map(({ element }) => clip(element.name));
  if (left.length > 0)
    file.notes.push(`Left out, since they hold maps or are nested too deep: ${left.join(", ")}.`);
  const found = columns.filter(isRead).map(({ element, children }) => ({
    name: element.name,
    isNested: children.length > 0,
  }));
  if (found.length > 0) return found;
  const what =
    left.length === 0 ? "has no columns" : `has no column that is read here; ${left.join(", ")} hold maps`;
  return file.refuseWhole(what, "Write prompt and answer as columns of texts.");
}

/** One value, or lists and groups of them, as far as they can be told from maps. */
function isRead(column: SchemaTree): boolean {
  const { element, children, path } = column;
  const { converted_type: converted, logical_type: logical, repetition_type: repetition } = element;
  if (path.length > MOST_STEPS || converted === "MAP" || logical?.type === "MAP") return false;
  if (converted === "LIST" || logical?.type === "LIST") {
    const [list, ...others] = children;
    if (!list || others.length > 0 || list.element.repetition_type !== "REPEATED") return false;
    return list.children.length > 0 && list.children.every(isRead);
  }
  return repetition !== "REPEATED" && children.every(isRead);
}

interface Wanted {
  group: RowGroup;
  columns: readonly Column[];
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
      columns: columns.map(({ name }) => name),
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
  isNested: boolean;
}

/** Where the wanted columns of a row group lie; they lie inside the file, and their packing is known. */
function chunksOf(file: DatasetFile, group: RowGroup, columns: readonly Column[], first: number): Chunk[] {
  const all = group.columns.map(({ meta_data }) => meta_data!);
  const wanted = columns.flatMap(({ name, isNested }) => {
    const own = all.filter(({ path_in_schema: path }) => path[0] === name && (isNested || path.length === 1));
    if (own.length === 0 || (!isNested && own.length > 1)) throw new Error("a column is missing in it");
    return own.map((meta) => ({ meta, isNested }));
  });
  return wanted.map(({ meta, isNested }) => {
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
    return { start, end, isNested };
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
  for (const { start, end, isNested } of chunks) {
    const view = new DataView(bytes.buffer, bytes.byteOffset + start - offset, end - start);
    const reader = { view, offset: 0 };
    let values = 0;
    let claimed = VALUES_A_ROW * count;
    // Of a nested column the number of values says nothing of rows: all its pages are read.
    while (isNested ? reader.offset < view.byteLength - 1 : values < count) {
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
      if (!(held >= 0 && held <= Math.max(isNested ? claimed + 8 * size : count, size)))
        throw new Error(`a page claims ${held} values`);
      if (data) values += held;
      claimed += 8 * size;
      if (isNested && values > claimed) throw new Error(`a column claims ${values} values for ${count} rows`);
      if (data && !isNested && values > count)
        throw new Error(`a column has ${values} values for ${count} rows`);
    }
  }
}

/** As JSON would have it: whole numbers as numbers where they fit, dates and times as text. */
function plainRow(columns: readonly Column[], row: Record<string, unknown>): Record<string, unknown> {
  return Object.fromEntries(columns.map(({ name }) => [name, plain(row[name])]));
}

function plain(value: unknown): unknown {
  if (typeof value === "bigint") {
    const number = Number(value);
    return Number.isSafeInteger(number) ? number : String(value);
  }
  if (value instanceof Date) return Number.isNaN(value.getTime()) ? null : value.toISOString();
  if (ArrayBuffer.isView(value)) return Array.from(value as Uint8Array);
  if (Array.isArray(value)) return value.map(plain);
  if (typeof value !== "object" || value === null) return value ?? null;
  return Object.fromEntries(Object.entries(value).map(([key, inner]) => [key, plain(inner)]));
}

/** What the library says of it, in brackets; where it stumbled itself, that says nothing of the file. */
function reasonOf(thrown: unknown): string {
  if (thrown instanceof TypeError || thrown instanceof RangeError) return "";
  return ` (${clip(thrown instanceof Error ? thrown.message : String(thrown))})`;
}

function damaged(file: DatasetFile, first: number, thrown: unknown): never {
  if (thrown instanceof LabError) throw thrown;
  return file.refuse(
    { line: first + 1, unit: "row" },
    `the row group that begins here is damaged${reasonOf(thrown)}`,
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
