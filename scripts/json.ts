// Reads and writes JSON files and run logs, and turns anything thrown into a text.
import { readFileSync, writeFileSync } from "node:fs";

/** The file as JSON. The caller names its shape: these are files that this project wrote itself. */
export const readJson = <T>(file: string): T => JSON.parse(readFileSync(file, "utf8")) as T;

export const writeJson = (file: string, value: unknown, indent?: number): void =>
  writeFileSync(file, `${JSON.stringify(value, null, indent)}\n`);

/** Records of a file with one JSON value a line. */
export const readLines = <T>(file: string): T[] =>
  readFileSync(file, "utf8")
    .split("\n")
    .filter(Boolean)
    .map((line) => JSON.parse(line) as T);

/** What was thrown, in one sentence. */
export const reasonOf = (thrown: unknown): string =>
  thrown instanceof Error ? thrown.message : String(thrown);

/** Lines without what differs between two runs of one seed: times, and the fields named. */
export const timeless = (events: readonly object[], without: readonly string[] = []): string[] =>
  events.map((event) =>
    JSON.stringify(event, (key, value: unknown) =>
      key.endsWith("Ms") || without.includes(key) ? undefined : value,
    ),
  );
