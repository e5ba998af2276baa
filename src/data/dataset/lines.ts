// A text file, line by line, without holding it whole: UTF-8 with or without a byte-order mark; LF, CRLF, or CR alone as
// old spreadsheets write it.
import type { DatasetFile } from "./file";

export interface Line {
  /** 1 = the first line of the file. */
  line: number;
  /** Without its line end; "" where it cannot be read. */
  text: string;
  problem?: { what: string; hint: string };
}

const [LF, CR] = [10, 13];
/** Bytes read at once. */
const CHUNK = 1 << 20;

const UTF8_HINT = "Save the file as UTF-8; in Excel: CSV UTF-8.";

/** @throws LabError "data" for lines longer than `lineBytes` and UTF-16 files. Broken UTF-8 is a line with a problem. */
export async function* fileLines(file: DatasetFile, lineBytes: number): AsyncGenerator<Line> {
  const decoder = new TextDecoder("utf-8", { fatal: true, ignoreBOM: true });
  let lineEnd = LF;
  let rest = new Uint8Array();
  let line = 0;
  const refuse = (number: number, what: string, hint: string): never =>
    file.refuse({ line: number, unit: "line" }, what, hint);
  const decode = (bytes: Uint8Array): Line => {
    line++;
    const end = bytes.at(-1) === CR ? bytes.length - 1 : bytes.length;
    const start = line === 1 && bytes[0] === 0xef && bytes[1] === 0xbb && bytes[2] === 0xbf ? 3 : 0;
    try {
      return { line, text: decoder.decode(bytes.subarray(start, Math.max(start, end))) };
    } catch {
      return { line, text: "", problem: { what: "the text is not valid UTF-8", hint: UTF8_HINT } };
    }
  };
  for (let offset = 0; offset < file.size; offset += CHUNK) {
    const chunk = await file.read(offset, Math.min(CHUNK, file.size - offset));
    if (
      offset === 0 &&
      ((chunk[0] === 0xff && chunk[1] === 0xfe) || (chunk[0] === 0xfe && chunk[1] === 0xff))
    ) {
      refuse(1, "the file is saved as UTF-16", UTF8_HINT);
    }
    if (offset === 0 && !chunk.includes(LF) && chunk.includes(CR)) lineEnd = CR;
    let from = 0;
    for (let at = chunk.indexOf(lineEnd); at >= 0; at = chunk.indexOf(lineEnd, from)) {
      yield decode(join(rest, chunk.subarray(from, at)));
      rest = new Uint8Array();
      from = at + 1;
    }
    rest = join(rest, chunk.subarray(from));
    if (rest.length > lineBytes) {
      refuse(
        line + 1,
        `the line is longer than the ${lineBytes} bytes allowed`,
        "Check that this is a text file with one row a line.",
      );
    }
  }
  if (rest.length > 0) yield decode(rest);
}

function join(a: Uint8Array, b: Uint8Array): Uint8Array<ArrayBuffer> {
  const out = new Uint8Array(a.length + b.length);
  out.set(a);
  out.set(b, a.length);
  return out;
}
