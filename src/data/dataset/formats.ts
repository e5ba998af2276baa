// The registry of dataset formats, one file each in formats/. The file's ending chooses the format unless the first
// bytes show another one: a JSON array in `rows.jsonl` is read as JSON.
import { DatasetFile, type RawRow } from "./file";
import { unpacked } from "./gzip";
import { refuseKind } from "./kinds";

export interface DatasetFormat {
  id: string;
  /** As people call it. */
  name: string;
  /** Endings of its files, in lower case, with the dot. */
  endings: readonly string[];
  /** Whether the first bytes of a file (at most 4096) are of this format; its name in lower case. Left out: the ending tells. */
  sniff?: (head: Uint8Array, name: string) => boolean;
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

/** The format of a file, by its ending and its first bytes. @throws LabError "data" naming what it is instead */
export async function formatOf(file: DatasetFile): Promise<DatasetFormat> {
  const name = file.name.toLowerCase();
  const named =
    formats.find(({ endings }) => endings.some((ending) => name.endsWith(ending))) ??
    formats.find(({ id }) => id === PLAIN)!;
  const head = await file.read(0, Math.min(file.size, HEAD_BYTES));
  const fits = (format: DatasetFormat) => format.sniff?.(head, name) ?? format === named;
  const format = [named, ...formats].find(fits) ?? named;
  refuseKind(file, head, format.id);
  return format;
}

/** A file with its format, unpacked where it is gzip. */
export async function openFormat(file: DatasetFile): Promise<{ file: DatasetFile; format: DatasetFormat }> {
  const whole = await unpacked(file);
  return { file: whole, format: await formatOf(whole) };
}

/** “CSV, JSON or JSONL” */
export function formatNames(): string {
  const names = formats.map(({ name }) => name);
  return `${names.slice(0, -1).join(", ")} or ${names.at(-1)}`;
}

/** For a file input's `accept`. */
export const formatEndings = (): string => [...formats.flatMap(({ endings }) => endings), ".gz"].join(",");

/** The first character of a text that is no white space; a byte-order mark counts as white space. */
export function firstCharacter(head: Uint8Array): string {
  const text = new TextDecoder().decode(head).replace(/^\uFEFF/, "");
  return text.trimStart().charAt(0);
}
