// JSONL: one JSON object a line. Blank lines are left out.
import { clip, type DatasetFile, type RawRow } from "../file";
import { firstCharacter, type DatasetFormat } from "../formats";
import { fileLines } from "../lines";
import { rowObject } from "../rowObject";

async function* rows(file: DatasetFile): AsyncGenerator<RawRow> {
  // A row may hold a prompt, an answer and further columns, each character escaped.
  for await (const { line, text } of fileLines(file, 16 * file.limits.fieldLength)) {
    if (text.trim() === "") continue;
    const place = { line, unit: "line" } as const;
    let value: unknown;
    try {
      value = JSON.parse(text);
    } catch (thrown) {
      const reason = thrown instanceof Error ? thrown.message : String(thrown);
      file.refuse(
        place,
        `not valid JSON (${clip(reason)})`,
        "Correct or delete the line: each line is one JSON object.",
      );
    }
    yield { ...place, values: rowObject(file, place, value) };
  }
}

export default {
  id: "jsonl",
  name: "JSONL",
  endings: [".jsonl", ".ndjson", ".txt"],
  sniff: (head) => firstCharacter(head) === "{",
  rows,
} satisfies DatasetFormat;
