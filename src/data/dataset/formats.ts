// The registry of dataset formats, one file each in formats/. The file's ending chooses the format unless the first
// bytes show another one: a JSON array in `rows.jsonl` is read as JSON.
import type { DatasetFile, RawRow } from "./file";

export interface DatasetFormat {
  id: string;
  /** As people call it. */
  name: string;
  /** Endings of its files, in lower case, with the dot. */
  endings: readonly string[];
  /** Whether the first bytes of a file (at most 4096) are of this format. Left out: the ending alone tells. */
  sniff?: (head: Uint8Array) => boolean;
  /** The rows in order. @throws LabError "data", by `file.refuse`, at the first that cannot be read */
  rows: (file: DatasetFile) => AsyncIterable<RawRow>;
}

const found = import.meta.glob<DatasetFormat>(["./formats/*.ts", "!./formats/*.test.ts"], {
  eager: true,
  import: "default",
});

export const formats: readonly DatasetFormat[] = Object.values(found);

/** What a file without a known ending is taken for: one JSON object a line. */
const PLAIN = "jsonl";
const HEAD_BYTES = 4096;

/** The format of a file, by its ending and its first bytes. */
export async function formatOf(file: DatasetFile): Promise<DatasetFormat> {
  const name = file.name.toLowerCase();
  const named =
    formats.find(({ endings }) => endings.some((ending) => name.endsWith(ending))) ??
    formats.find(({ id }) => id === PLAIN)!;
  const head = await file.read(0, Math.min(file.size, HEAD_BYTES));
  const fits = (format: DatasetFormat) => format.sniff?.(head) ?? format === named;
  return [named, ...formats].find(fits) ?? named;
}

/** “CSV, JSON or JSONL” */
export function formatNames(): string {
  const names = formats.map(({ name }) => name);
  return `${names.slice(0, -1).join(", ")} or ${names.at(-1)}`;
}

/** For a file input's `accept`. */
export const formatEndings = (): string => formats.flatMap(({ endings }) => endings).join(",");

/** The first character of a text that is no white space; a byte-order mark counts as white space. */
export function firstCharacter(head: Uint8Array): string {
  const text = new TextDecoder().decode(head).replace(/^\uFEFF/, "");
  return text.trimStart().charAt(0);
}
