// Files that are no dataset, named for what they are by their first bytes, with the next step.
import type { DatasetFile } from "./file";

interface Kind {
  what: string;
  hint: string;
  fits: (head: Uint8Array, name: string) => boolean;
}

const latin = (head: Uint8Array, from: number, length: number): string =>
  String.fromCharCode(...head.subarray(from, from + length));
const begins =
  (text: string, at = 0) =>
  (head: Uint8Array): boolean =>
    latin(head, at, text.length) === text;
/** The same for signs that a text may begin with as well: a column called ORC, say. No text has control characters. */
const beginsBinary =
  (text: string, at = 0) =>
  (head: Uint8Array): boolean =>
    begins(text, at)(head) && head.some((byte) => byte < 9);
const hasEntry =
  (...names: string[]) =>
  (head: Uint8Array): boolean =>
    begins("PK\u0003\u0004")(head) && names.some((name) => latin(head, 0, head.length).includes(name));

/** A ZIP archive with one of these entries near its beginning, or with such a name. */
const zipOf =
  (ending: RegExp, ...names: string[]) =>
  (head: Uint8Array, name: string): boolean =>
    begins("PK\u0003\u0004")(head) && (ending.test(name) || hasEntry(...names)(head));

const COPY = "Copy its questions and answers into a CSV or JSONL file.";
const AS_CSV = "Open it and save it as CSV (UTF-8).";
const UNPACK = "Unpack it and choose the file inside.";

/** Tried in this order. */
const KINDS: Kind[] = [
  { what: "a Word document", hint: COPY, fits: zipOf(/\.do[ct][xm]$/, "word/") },
  { what: "a PowerPoint presentation", hint: COPY, fits: zipOf(/\.pp[ts][xm]$/, "ppt/") },
  { what: "an Excel workbook", hint: AS_CSV, fits: zipOf(/\.xl[st][xmb]$/, "xl/", "[Content_Types].xml") },
  { what: "an OpenDocument file", hint: AS_CSV, fits: zipOf(/\.od[stp]$/, "mimetypeapplication/vnd.oasis") },
  { what: "a NumPy archive", hint: "Write its rows as JSONL or Parquet.", fits: hasEntry(".npy") },
  {
    what: "a PyTorch file",
    hint: "Write its rows as JSONL or Parquet.",
    fits: hasEntry("/data.pkl", "data.pkl"),
  },
  { what: "a ZIP archive", hint: UNPACK, fits: begins("PK\u0003\u0004") },
  { what: "an empty ZIP archive", hint: "Choose another file.", fits: begins("PK\u0005\u0006") },
  {
    what: "an old Excel or Word file",
    hint: AS_CSV,
    fits: begins("\u00d0\u00cf\u0011\u00e0\u00a1\u00b1\u001a\u00e1"),
  },
  {
    what: "a PDF document",
    hint: COPY,
    fits: begins("%PDF"),
  },
  { what: "an RTF document", hint: "Save it as plain text, CSV or JSONL.", fits: begins("{\\rtf") },
  { what: "a GGUF model", hint: "Open it as a model.", fits: beginsBinary("GGUF") },
  {
    what: "a safetensors file of weights",
    hint: "Open its folder as a model or an adapter.",
    fits: (head) => head.length > 9 && head[8] === 0x7b && head[7] === 0 && head[6] === 0 && head[5] === 0,
  },
  { what: "an Arrow or Feather file", hint: "Save it as Parquet or JSONL.", fits: beginsBinary("ARROW1") },
  {
    what: "an Arrow stream, as the datasets library stores it",
    hint: "Save it with to_parquet or to_json.",
    fits: (head) => head[0] === 0xff && head[1] === 0xff && head[2] === 0xff && head[3] === 0xff,
  },
  { what: "an SQLite database", hint: "Export the table as CSV.", fits: beginsBinary("SQLite format 3") },
  { what: "an HDF5 file", hint: "Write its rows as CSV or Parquet.", fits: beginsBinary("HDF", 1) },
  { what: "a NumPy array", hint: "Write its rows as JSONL or Parquet.", fits: begins("\u0093NUMPY") },
  {
    what: "text in UTF-16",
    hint: "Save the file as UTF-8; in Excel: CSV UTF-8.",
    // A text has no zero bytes; in UTF-16 every other one of its Latin letters is.
    fits: (head) =>
      head.length > 7 &&
      [0, 1].some((at) => [0, 2, 4, 6].every((i) => head[i + at] === 0 && head[i + 1 - at] > 8)),
  },
  {
    what: "a YAML file",
    hint: "Write its rows as JSONL.",
    fits: (head, name) => /\.ya?ml$/.test(name) && !/^\s*[[{]/.test(latin(head, 0, 200)),
  },
  {
    what: "an XML file",
    hint: "Write its rows as CSV or JSONL.",
    fits: (head) => /^(?:\u00ef\u00bb\u00bf)?\s*<\?xml/.test(latin(head, 0, 200)),
  },
  { what: "an Avro file", hint: "Write its rows as JSONL or Parquet.", fits: begins("Obj\u0001") },
  { what: "an ORC file", hint: "Write its rows as Parquet.", fits: beginsBinary("ORC") },
  {
    what: "a Python pickle",
    hint: "Write its rows as JSONL or Parquet.",
    fits: (head, name) =>
      head[0] === 0x80 && head[1] >= 2 && head[1] <= 5 && /\.(pkl|pickle|bin|pt)$/.test(name),
  },
  { what: "packed by bzip2", hint: UNPACK, fits: beginsBinary("BZh") },
  { what: "packed by xz", hint: UNPACK, fits: begins("\u00fd7zXZ") },
  { what: "packed by Zstandard", hint: UNPACK, fits: begins("\u0028\u00b5\u002f\u00fd") },
  { what: "a 7-Zip archive", hint: UNPACK, fits: begins("7z\u00bc\u00af") },
  { what: "a RAR archive", hint: UNPACK, fits: beginsBinary("Rar!") },
  { what: "a tar archive", hint: UNPACK, fits: begins("ustar", 257) },
  { what: "a PNG picture", hint: "Choose a file of texts.", fits: begins("\u0089PNG") },
  { what: "a JPEG picture", hint: "Choose a file of texts.", fits: begins("\u00ff\u00d8\u00ff") },
  {
    what: "a web page",
    hint: "Download the file itself: on the hub, use its download link.",
    fits: (head) => /^\s*<(?:!doctype html|html)/i.test(latin(head, 0, 200)),
  },
  {
    what: "a pointer of Git LFS, not the file itself",
    hint: "Download the file itself: git lfs pull, or the hub's download link.",
    fits: begins("version https://git-lfs"),
  },
];

/** @throws LabError "data" for a file that is known to be something else than its format reads */
export function refuseKind(file: DatasetFile, head: Uint8Array, format: string): void {
  if (format === "parquet" && begins("PAR1")(head)) return;
  const kind = KINDS.find(({ fits }) => fits(head, file.name.toLowerCase()));
  if (kind) file.refuseWhole(`is ${kind.what}, which holds no rows this lab reads`, kind.hint);
}
