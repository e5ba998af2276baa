// JSON in one piece: an array of rows, rows under one key, columns side by side as pandas writes them, a single row, or
// objects one after another over several lines.
import { isRecord } from "../../files";
import { guessFields } from "../columns";
import { clip, type DatasetFile, type Place, type RawRow } from "../file";
import { layoutOf } from "../layout";
import { firstCharacter, type DatasetFormat } from "../formats";
import { problemRow, rowObject } from "../rowObject";
import { parseAsWritten, TooDeep } from "../written";

/** Bytes of a file that must be parsed in one piece. */
const MAX_BYTES = 64 * 2 ** 20;

async function* rows(file: DatasetFile): AsyncGenerator<RawRow> {
  const text = textOf(file, await file.readWhole(MAX_BYTES));
  if (text.trim() === "") return;
  const values = text.trimStart().startsWith("[") ? arrayIn(file, text) : objectsIn(file, text);
  if (!Array.isArray(values)) yield* values;
  else
    for (const [index, value] of values.entries()) yield rowObject({ line: index + 1, unit: "row" }, value);
}

function textOf(file: DatasetFile, bytes: Uint8Array): string {
  try {
    return new TextDecoder("utf-8", { fatal: true }).decode(bytes);
  } catch {
    const utf16 = (bytes[0] === 0xff && bytes[1] === 0xfe) || (bytes[0] === 0xfe && bytes[1] === 0xff);
    if (utf16)
      return file.refuse({ line: 1, unit: "line" }, "the file is saved as UTF-16", "Save the file as UTF-8.");
    // Only the way to the fault is decoded a second time, line by line.
    let line = 1;
    for (let from = 0; from < bytes.length; line++) {
      const end = bytes.indexOf(10, from);
      const part = bytes.subarray(from, end < 0 ? bytes.length : end);
      try {
        new TextDecoder("utf-8", { fatal: true }).decode(part);
      } catch {
        break;
      }
      from += part.length + 1;
    }
    return file.refuse({ line, unit: "line" }, "the text is not valid UTF-8", "Save the file as UTF-8.");
  }
}

const reasonOf = (thrown: unknown): string => clip(thrown instanceof Error ? thrown.message : String(thrown));

/** @throws LabError "data" for broken JSON */
function arrayIn(file: DatasetFile, text: string): unknown[] {
  try {
    return parseAsWritten(text, 1) as unknown[];
  } catch (thrown) {
    return file.refuseWhole(
      `is not valid JSON (${reasonOf(thrown)})`,
      "Correct the file, or write one JSON object a line.",
    );
  }
}

/** What stands in a text that begins with an object: one that holds the rows, or a row after another. */
function objectsIn(file: DatasetFile, text: string): unknown[] | Iterable<RawRow> {
  let whole: unknown;
  try {
    whole = JSON.parse(text);
  } catch {
    return oneByOne(text);
  }
  const { rows, depth } = heldRows(file, whole as Record<string, unknown>);
  // Read again at the depth of its rows, so that their numbers stay as written.
  try {
    return rows(parseAsWritten(text, depth) as Record<string, unknown>);
  } catch (thrown) {
    if (!(thrown instanceof TooDeep)) throw thrown;
    return file.refuseWhole(`cannot be read: ${thrown.message}`, "Write one JSON object a line.");
  }
}

/** Rows inside an object: how deep they lie, in levels of nesting, and how they are taken out of it. */
interface Held {
  depth: number;
  rows: (whole: Record<string, unknown>) => unknown[];
}

const isRows = (value: unknown): value is unknown[] =>
  Array.isArray(value) && value.length > 0 && value.every(isRecord);

/** Texts beside its lists: a row with a conversation in it, say, unless only the rows of a list ask something. */
function isOneRow(whole: Record<string, unknown>, lists: readonly string[]): boolean {
  if (!Object.values(whole).some((value) => typeof value === "string")) return false;
  const asks = ([first]: Record<string, unknown>[]) => {
    const columns = Object.keys(first);
    const isTurn = columns.includes("role") || columns.includes("from");
    return !isTurn && (guessFields(columns) !== null || layoutOf(columns, first) !== null);
  };
  const names = Object.keys(whole);
  const asksItself = guessFields(names) !== null || layoutOf(names, whole) !== null;
  return asksItself || !lists.some((name) => asks(whole[name] as Record<string, unknown>[]));
}

/** The rows that an object holds: those under a key, columns or numbers put together, or the object itself. */
function heldRows(file: DatasetFile, whole: Record<string, unknown>): Held {
  const found = hubRows(whole) ?? byIndex(whole);
  if (found) {
    file.notes.push(found.note);
    return found;
  }
  const lists = Object.keys(whole).filter((key) => isRows(whole[key]));
  const key = lists.length === 1 ? lists[0] : lists.find((name) => name === "train");
  const isRow = lists.length > 0 && isOneRow(whole, lists);
  if (key !== undefined && !isRow) {
    const others = Object.keys(whole).filter((name) => name !== key);
    const rest = others.length > 0 ? `; not read: ${others.slice(0, 8).map(clip).join(", ")}` : "";
    file.notes.push(`The rows stand under “${clip(key)}”${rest}.`);
    return { depth: 2, rows: (from) => from[key] as unknown[] };
  }
  if (lists.length > 1 && !isRow)
    file.refuseWhole(
      `holds several lists of rows (${lists.slice(0, 8).map(clip).join(", ")})`,
      "Save the one that is meant as a file of its own.",
    );
  const columns = byColumns(whole);
  if (columns) file.notes.push(columns.note);
  return columns ?? { depth: 0, rows: (from) => [from] };
}

/** Rows as the hub's dataset viewer answers: {"features": […], "rows": [{"row_idx": 0, "row": {…}}]}. */
function hubRows({ features, rows }: Record<string, unknown>): (Held & { note: string }) | null {
  const isView = isRows(rows) && rows.every((one) => isRecord((one as { row?: unknown }).row));
  if (!Array.isArray(features) || !isView) return null;
  const cut = rows.filter((one) => {
    const { truncated_cells: cells } = one as { truncated_cells?: unknown };
    return Array.isArray(cells) && cells.length > 0;
  }).length;
  return {
    depth: 3,
    rows: (from) => (from.rows as { row: unknown }[]).map(({ row }) => row),
    note: `The file is a page of the hub's dataset viewer${cut > 0 ? `; in ${cut} of its ${rows.length} rows the viewer cut long texts` : ""}.`,
  };
}

/** Rows under their numbers, as pandas writes them with orient “index”. */
function byIndex(whole: Record<string, unknown>): (Held & { note: string }) | null {
  const names = Object.keys(whole);
  const isIndex = names.length > 0 && names.every((name) => /^\d+$/.test(name));
  if (!isIndex || !Object.values(whole).every(isRecord)) return null;
  return {
    depth: 1,
    rows: (from) => Object.values(from),
    note: "The rows stand under their numbers, as pandas writes them with orient “index”.",
  };
}

/** pandas' and datasets' column-wise forms as rows; null where the object is of another kind. */
function byColumns(whole: Record<string, unknown>): (Held & { note: string }) | null {
  const { columns, data } = whole;
  const named = (names: readonly unknown[], values: readonly unknown[][]) =>
    values.map((row) => Object.fromEntries(names.map((name, i) => [String(name), row[i]])));
  if (Array.isArray(columns) && Array.isArray(data) && data.every(Array.isArray))
    return {
      depth: 2,
      rows: (from) => named(columns, from.data as unknown[][]),
      note: "The file lists its columns and rows apart, as pandas does with orient “split”.",
    };
  const names = Object.keys(whole);
  const listed = (from: Record<string, unknown>) =>
    Object.values(from).map((value) =>
      Array.isArray(value) ? (value as unknown[]) : isRecord(value) ? Object.values(value) : null,
    );
  const lists = listed(whole);
  const count = lists[0]?.length ?? 0;
  const isTable =
    names.length > 1 && count > 0 && lists.every((list) => list?.length === count && !list.some(isRecord));
  if (!isTable) return null;
  return {
    depth: 1,
    rows: (from) => {
      const values = listed(from);
      return named(
        names,
        Array.from({ length: count }, (_, i) => values.map((list) => list![i])),
      );
    },
    note: "The file holds whole columns, one after another; their values were put together to rows.",
  };
}

/** Objects one after another, each over one line or several. */
function* oneByOne(text: string): Generator<RawRow> {
  let [line, at] = [1, 0];
  const lines = (part: string) => part.split("\n").length - 1;
  while (at < text.length) {
    const skipped = /^[\s,]*/.exec(text.slice(at, at + 10_000))![0];
    line += lines(skipped);
    at += skipped.length;
    if (at >= text.length) return;
    if (skipped.length === 10_000) continue;
    const end = endOfValue(text, at);
    const part = text.slice(at, end);
    yield rowAt({ line, unit: "line" }, part);
    line += lines(part);
    at = end;
  }
}

function rowAt(place: Place, text: string): RawRow {
  try {
    return rowObject(place, parseAsWritten(text));
  } catch (thrown) {
    return problemRow(place, `not valid JSON (${reasonOf(thrown)})`, "Correct or delete the row.");
  }
}

/** Behind the object that begins at `start`; the end of its line where something else stands there. */
function endOfValue(text: string, start: number): number {
  const lineEnd = text.indexOf("\n", start);
  const fallback = lineEnd < 0 ? text.length : lineEnd;
  if (text[start] !== "{") return fallback;
  let [depth, quoted] = [0, false];
  for (let at = start; at < text.length; at++) {
    const sign = text[at];
    if (quoted) {
      if (sign === "\\") at++;
      else if (sign === '"') quoted = false;
    } else if (sign === '"') quoted = true;
    else if (sign === "{") depth++;
    else if (sign === "}" && --depth === 0) return at + 1;
  }
  return fallback;
}

export default {
  id: "json",
  name: "JSON",
  endings: [".json"],
  sniff: (head, name) => {
    const first = firstCharacter(head);
    return first === "[" || (first === "{" && name.endsWith(".json"));
  },
  rows,
} satisfies DatasetFormat;
