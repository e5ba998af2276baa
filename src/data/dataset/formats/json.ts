// JSON: the whole file is one array of objects, whatever the file is called.
import { clip, type DatasetFile, type RawRow } from "../file";
import { firstCharacter, type DatasetFormat } from "../formats";
import { rowObject } from "../rowObject";

/** Bytes of a JSON array, which must be parsed in one piece. */
const MAX_ARRAY = 64 * 2 ** 20;

async function* rows(file: DatasetFile): AsyncGenerator<RawRow> {
  const text = new TextDecoder().decode(await file.readWhole(MAX_ARRAY));
  if (text.trim() === "") return;
  let values: unknown;
  try {
    values = JSON.parse(text);
  } catch (thrown) {
    const reason = thrown instanceof Error ? thrown.message : String(thrown);
    file.refuseWhole(
      `is not valid JSON (${clip(reason)})`,
      "Correct the file, or write one JSON object a line.",
    );
  }
  if (!Array.isArray(values))
    file.refuseWhole(
      "is JSON, but no array of rows",
      "Write an array of objects, or one JSON object a line.",
    );
  for (const [index, value] of (values as unknown[]).entries()) {
    const place = { line: index + 1, unit: "row" } as const;
    yield { ...place, values: rowObject(file, place, value) };
  }
}

export default {
  id: "json",
  name: "JSON",
  endings: [".json"],
  sniff: (head) => firstCharacter(head) === "[",
  rows,
} satisfies DatasetFormat;
