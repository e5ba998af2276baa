// Checks that a row of a JSON or JSONL file is an object; any other value is a row with a problem.
import { isRecord } from "../files";
import type { Place, RawRow } from "./file";

export function rowObject(place: Place, value: unknown): RawRow {
  if (isRecord(value)) return { ...place, values: value };
  return problemRow(
    place,
    "the JSON value is no object",
    'Each row must be an object such as {"prompt": "…", "answer": "…"}.',
  );
}

export const problemRow = ({ line, unit }: Place, what: string, hint: string): RawRow => ({
  line,
  unit,
  values: {},
  problem: { what, hint },
});
