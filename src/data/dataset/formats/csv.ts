// CSV and TSV by RFC 4180: quoted fields may hold separators, quotes (doubled) and line breaks. Papa Parse splits the text.
// It accepts a quote inside an unquoted field (no strict mode: https://github.com/mholt/PapaParse/pull/730) and rows that
// are too short; both are refused here, with the line. The separator is a comma, semicolon or tab, whichever the first row
// has most of outside quotes.
import type { ParseError, Parser } from "papaparse";
import type { DatasetFile, RawRow } from "../file";
import type { DatasetFormat } from "../formats";
import { fileLines } from "../lines";
import { problemRow } from "../rowObject";

/** Characters that are parsed at once: whole lines, a few more than these. */
const BLOCK = 1 << 16;

async function* rows(file: DatasetFile): AsyncGenerator<RawRow> {
  let header: string[] | null = null;
  let empty = 0;
  for await (const { line, fields } of records(file)) {
    if (header === null) {
      header = fields.map((name) => name.trim());
      checkHeader(file, line, header);
    } else if (fields.every((field) => field.trim() === "")) empty++;
    else yield rowOf(header, line, fields);
  }
  if (empty > 0)
    file.notes.push(empty === 1 ? "One empty row is left out." : `${empty} empty rows are left out.`);
}

function rowOf(header: readonly string[], line: number, fields: readonly string[]): RawRow {
  const tooMany = fields.slice(header.length);
  if (fields.length < header.length || tooMany.some((field) => field.trim() !== "")) {
    return problemRow(
      { line, unit: "line" },
      `the row has ${fields.length} fields, but the first row names ${header.length}`,
      "Put texts that hold the separator, quotes or line breaks in quotes.",
    );
  }
  const named = header.flatMap((name, column) => (name === "" ? [] : [[name, fields[column]] as const]));
  return { line, unit: "line", values: Object.fromEntries(named) };
}

/** Columns without a name (an index that pandas wrote, commas at a line's end) are left out, and said to be. */
function checkHeader(file: DatasetFile, line: number, header: readonly string[]): void {
  const place = { line, unit: "line" } as const;
  const twice = header.find((name, column) => name !== "" && header.indexOf(name) !== column);
  if (twice !== undefined)
    file.refuse(place, `the column “${twice.slice(0, 80)}” appears twice`, "Give every column its own name.");
  const nameless = header.filter((name) => name === "").length;
  if (nameless === header.length)
    file.refuse(place, "no column has a name", "Give every column a name in the first row.");
  if (nameless > 0)
    file.notes.push(
      nameless === 1
        ? "One column has no name in the first row and is left out."
        : `${nameless} columns have no name in the first row and are left out.`,
    );
}

interface CsvRecord {
  /** The line it begins on. */
  line: number;
  fields: string[];
}

/** Records in order, block by block. Blank lines between them are left out. */
async function* records(file: DatasetFile): AsyncGenerator<CsvRecord> {
  const { default: Papa } = await import("papaparse");
  let reader: BlockReader | null = null;
  let block = "";
  let told: string | undefined;
  for await (const { line, text, problem } of fileLines(file, 16 * file.limits.fieldLength)) {
    // A quote may be open over it: where the row ends is not known.
    if (problem) file.refuse({ line, unit: "line" }, problem.what, problem.hint);
    if (line === 1) told = /^sep=(.)$/.exec(text)?.[1];
    if (line === 1 && told !== undefined) {
      block = "\n";
      continue;
    }
    block += `${text}\n`;
    // Asked of the line, not of the block: a block looked at with each of its lines takes time with the square of its size.
    if (reader === null && text.trim() === "") continue;
    if (reader === null) {
      const delimiter = told ?? (file.name.toLowerCase().endsWith(".tsv") ? "\t" : likelySeparator(text));
      reader = new BlockReader(file, new Papa.Parser({ delimiter, newline: "\n" }), delimiter);
    }
    if (block.length < BLOCK) continue;
    yield* reader.read(block, false);
    block = "";
  }
  if (reader !== null) yield* reader.read(block, true);
}

/** Hands text to the parser and finds each record's place in it, which the parser does not tell. */
class BlockReader {
  /** Begins a record that is not whole yet: a quote is open in it. */
  #rest = "";
  #line = 1;

  constructor(
    private readonly file: DatasetFile,
    private readonly parser: Parser,
    private readonly separator: string,
  ) {}

  /** @param block whole lines with their ends  @param last nothing comes after it */
  *read(block: string, last: boolean): Generator<CsvRecord> {
    const text = this.#rest + block;
    // The row behind the last line's end is empty; or else it is the one whose quote is still open.
    const { data, errors } = this.parser.parse(text, 0, true) as { data: string[][]; errors: ParseError[] };
    let at = 0;
    for (const [row, fields] of data.entries()) {
      const line = this.#line;
      if (errors[0]?.row === row) this.#refuseQuote(text, at, errors[0]);
      const end = this.#walk(text, at, fields);
      if (text.slice(at, end).trim() !== "") yield { line, fields };
      at = end;
    }
    this.#rest = text.slice(at);
    if (this.#rest === "" || (!last && this.#rest.length <= this.file.limits.fieldLength)) return;
    this.#checkOpen(last);
  }

  /** Where the record that begins at `start` ends, behind its line's end; every line passed is counted. */
  #walk(text: string, start: number, fields: readonly string[]): number {
    let at = start;
    for (const field of fields) {
      const quoted = text[at] === '"';
      const quotes = field.split('"').length - 1;
      if (!quoted && quotes > 0)
        this.#refuse(
          this.#line,
          "a quote stands inside a field that does not begin with one",
          "Put the whole field in quotes and double the quotes inside it.",
        );
      at += field.length + (quoted ? quotes + 2 : 0);
      this.#line += lineEnds(field);
      // The parser lets blanks pass between a closing quote and the separator.
      if (text[at] !== this.separator && text[at] !== "\n") this.#refuseText(this.#line);
      at++;
    }
    this.#line++;
    return at;
  }

  /** The parser tells where the field begins, behind its opening quote; the text follows its closing one. */
  #refuseQuote(text: string, recordStart: number, { index = 1 }: ParseError): never {
    let end = text.indexOf('"', index);
    while (text[end + 1] === '"') end = text.indexOf('"', end + 2);
    this.#refuseText(this.#line + lineEnds(text.slice(recordStart, end)));
  }

  /** Refuses the rest if its quote is never closed, or its open field is too long already. */
  #checkOpen(last: boolean): void {
    const rest = this.#rest;
    const [wrong] = this.parser.parse(rest, 0, false).errors as ParseError[];
    if (!wrong) return;
    if (wrong.code !== "MissingQuotes") this.#refuseQuote(rest, 0, wrong);
    const { index = 1 } = wrong;
    const { fieldLength } = this.file.limits;
    const long = rest.length - index > fieldLength;
    if (!last && !long) return;
    this.#refuse(
      this.#line + lineEnds(rest.slice(0, index)),
      `a quote is opened here and ${long ? `after ${fieldLength} characters it is not closed` : "it is never closed"}`,
      "Close the quote, or double it if it belongs to the text.",
    );
  }

  #refuseText(line: number): never {
    this.#refuse(line, "text follows a closing quote", "Double the quotes inside a quoted field.");
  }

  #refuse(line: number, what: string, hint: string): never {
    this.file.refuse({ line, unit: "line" }, what, hint);
  }
}

/** A first row that can only be names of columns. */
const NAMES = /^(?:sep=.|"?[\p{L}_][\p{L}\p{N}_ .-]{0,40}"?(?:[,;\t]"?[\p{L}\p{N}_ .-]{0,40}"?)+)$/u;

const lineEnds = (text: string): number => text.split("\n").length - 1;

function likelySeparator(header: string): string {
  const bare = header.replace(/"[^"]*"/g, "");
  const count = (mark: string) => bare.split(mark).length - 1;
  return [",", ";", "\t"].reduce((best, mark) => (count(mark) > count(best) ? mark : best));
}

export default {
  id: "csv",
  name: "CSV",
  endings: [".csv", ".tsv"],
  sniff: (head, name) => {
    if (/\.(csv|tsv)$/.test(name)) return true;
    // A plain text file whose first line names columns.
    const [line = ""] = new TextDecoder()
      .decode(head)
      .replace(/^\uFEFF/, "")
      .split(/\r\n?|\n/);
    return name.endsWith(".txt") && !/^\s*[[{]/.test(line) && /[,;\t]/.test(line) && NAMES.test(line);
  },
  rows,
} satisfies DatasetFormat;
