// JSONL: one JSON object a line. Blank lines are left out.
import { clip, type DatasetFile, type RawRow } from "../file";
import { firstCharacter, type DatasetFormat } from "../formats";
import { fileLines } from "../lines";
import { problemRow, rowObject } from "../rowObject";
import { parseAsWritten } from "../written";

async function* rows(file: DatasetFile): AsyncGenerator<RawRow> {
  // A row may hold a prompt, an answer and further columns, each character escaped.
  for await (const { line, text, problem } of fileLines(file, 16 * file.limits.fieldLength)) {
    const place = { line, unit: "line" } as const;
    if (problem) yield problemRow(place, problem.what, problem.hint);
    else if (text.trim() !== "") yield rowOf(place, text);
  }
}

function rowOf(place: { line: number; unit: "line" }, text: string): RawRow {
  try {
    return rowObject(place, parseAsWritten(text));
  } catch (thrown) {
    const reason = thrown instanceof Error ? thrown.message : String(thrown);
    return problemRow(
      place,
      `not valid JSON (${clip(reason)})`,
      "Correct or delete the line: each line is one JSON object.",
    );
  }
}

export default {
  id: "jsonl",
  name: "JSONL",
  endings: [".jsonl", ".ndjson", ".txt"],
  sniff: (head, name) => firstCharacter(head) === "{" && !name.endsWith(".json"),
  rows,
} satisfies DatasetFormat;
