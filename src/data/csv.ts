// CSV and TSV by RFC 4180, row by row: quoted fields may hold separators, quotes (doubled) and line breaks.
// Comma, semicolon or tab, whichever the first row has most of outside quotes.
import type { DatasetLimits, RawRow } from "./dataset";
import type { ByteSource } from "./files";
import { fileLines, refuseAt } from "./lines";

/** Rows under the column names of the first row. @throws LabError "data" naming the line. */
export async function* csvRows(source: ByteSource, limits: DatasetLimits): AsyncGenerator<RawRow> {
  let header: string[] | null = null;
  for await (const { line, fields } of csvRecords(source, limits)) {
    if (header === null) {
      header = fields.map((name) => name.trim());
      checkHeader(source, line, header);
      continue;
    }
    if (fields.length !== header.length) {
      refuseAt(
        source,
        line,
        `the row has ${fields.length} fields, but the first row names ${header.length}`,
        "Put texts that hold the separator, quotes or line breaks in quotes.",
      );
    }
    yield {
      line,
      unit: "line",
      values: Object.fromEntries(header.map((name, column) => [name, fields[column]])),
    };
  }
}

function checkHeader(source: ByteSource, line: number, header: string[]): void {
  const twice = header.find((name, column) => header.indexOf(name) !== column);
  if (twice !== undefined) {
    refuseAt(
      source,
      line,
      `the column “${twice.slice(0, 80)}” appears twice`,
      "Give every column its own name.",
    );
  }
  if (header.includes(""))
    refuseAt(source, line, "a column has no name", "Give every column a name in the first row.");
}

/** Records with the line they begin on. Blank lines between records are left out. */
async function* csvRecords(
  source: ByteSource,
  limits: DatasetLimits,
): AsyncGenerator<{ line: number; fields: string[] }> {
  let separator: string | null = /\.tsv$/i.test(source.name) ? "\t" : null;
  let fields: string[] = [];
  /** Text of a quoted field that goes on in the next line; null outside. */
  let open: string | null = null;
  let openLine = 0;
  let recordLine = 0;
  for await (const { line, text } of fileLines(source, 16 * limits.fieldLength)) {
    if (open === null && text.trim() === "") continue;
    separator ??= likelySeparator(text);
    if (open === null) recordLine = line;
    const result = takeLine(text, separator, fields, open, (what, hint) =>
      refuseAt(source, line, what, hint),
    );
    if (result === null) {
      yield { line: recordLine, fields };
      fields = [];
      open = null;
    } else {
      if (open === null || !result.continued) openLine = line;
      open = `${result.text}\n`;
      if (open.length > limits.fieldLength)
        refuseOpen(source, openLine, `after ${limits.fieldLength} characters it is not closed`);
    }
  }
  if (open !== null) refuseOpen(source, openLine, "it is never closed");
}

/**
 * Appends the fields of a line. Returns null when the record ends with it, else the text of the quoted field that
 * goes on (`continued`: it is still the one that was open before).
 */
function takeLine(
  text: string,
  separator: string,
  fields: string[],
  open: string | null,
  fail: (what: string, hint: string) => never,
): { text: string; continued: boolean } | null {
  let at = 0;
  let quoted: string | null = open;
  let continued = open !== null;
  for (;;) {
    if (quoted === null && text[at] === '"') {
      quoted = "";
      continued = false;
      at++;
    }
    if (quoted === null) {
      const end = text.indexOf(separator, at);
      const field = text.slice(at, end < 0 ? undefined : end);
      if (field.includes('"'))
        fail(
          "a quote stands inside a field that does not begin with one",
          "Put the whole field in quotes and double the quotes inside it.",
        );
      fields.push(field);
      if (end < 0) return null;
      at = end + 1;
      continue;
    }
    const end = text.indexOf('"', at);
    if (end < 0) return { text: quoted + text.slice(at), continued };
    quoted += text.slice(at, end);
    at = end + 1;
    if (text[at] === '"') {
      quoted += '"';
      at++;
      continue;
    }
    fields.push(quoted);
    quoted = null;
    if (at === text.length) return null;
    if (text[at] !== separator)
      fail("text follows a closing quote", "Double the quotes inside a quoted field.");
    at++;
  }
}

function likelySeparator(header: string): string {
  const bare = header.replace(/"[^"]*"/g, "");
  const count = (mark: string) => bare.split(mark).length - 1;
  return [",", ";", "\t"].reduce((best, mark) => (count(mark) > count(best) ? mark : best));
}

function refuseOpen(source: ByteSource, line: number, what: string): never {
  refuseAt(
    source,
    line,
    `a quote is opened here and ${what}`,
    "Close the quote, or double it if it belongs to the text.",
  );
}
