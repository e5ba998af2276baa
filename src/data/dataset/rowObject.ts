// Checks that a row of a JSON or JSONL file is an object.
import { isRecord } from "../files";
import type { DatasetFile, Place } from "./file";

/** @throws LabError "data" for a number, a text, a list or null */
export function rowObject(file: DatasetFile, place: Place, value: unknown): Record<string, unknown> {
  if (isRecord(value)) return value;
  return file.refuse(
    place,
    "the JSON value is no object",
    'Each row must be an object such as {"prompt": "…", "answer": "…"}.',
  );
}
