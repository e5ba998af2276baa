// Test helper: the same questions in twelve formats and layouts that people's files have.
import { gzipSync } from "node:zlib";
import { parquetFile } from "./parquetFile";

export interface Question {
  prompt: string;
  /** "" = a row that cannot be used. */
  answer: string;
}

/** Questions of their own, each with one right answer. */
export function questions(count: number): Question[] {
  return Array.from({ length: count }, (_, i) => ({
    prompt: `What is ${i} plus ${i % 7}, in "tens; ones"?`,
    answer: `${i}+${i % 7}=${i + (i % 7)}, so ${i + (i % 7)}`,
  }));
}

const encode = (text: string): Uint8Array => new TextEncoder().encode(text);
const lines = (rows: readonly unknown[]): string => rows.map((row) => JSON.stringify(row)).join("\n");

function separated(rows: readonly Question[], separator: string, end: string): string {
  const quoted = (value: string) => `"${value.replaceAll('"', '""')}"`;
  const table = [["prompt", "answer"], ...rows.map(({ prompt, answer }) => [prompt, answer])];
  return table.map((row) => row.map(quoted).join(separator) + end).join("");
}

const turns = (
  { prompt, answer }: Question,
  [who, said]: [string, string],
  [asks, answers]: [string, string],
) => [
  { [who]: asks, [said]: prompt },
  { [who]: answers, [said]: answer },
];
const chat = (row: Question) => turns(row, ["role", "content"], ["user", "assistant"]);

/** The name of a file in each format, and its bytes. */
export const DATASET_FILES: Readonly<Record<string, (rows: readonly Question[]) => Uint8Array>> = {
  "columns.jsonl": (rows) => encode(lines(rows)),
  "array.json": (rows) => encode(JSON.stringify(rows)),
  "pretty.json": (rows) => encode(JSON.stringify({ version: "1", train: rows }, null, 2)),
  "excel.csv": (rows) => encode(`\uFEFF${separated(rows, ";", "\r\n")}`),
  "pandas.csv": (rows) =>
    encode(
      [
        ",prompt,answer",
        ...separated(rows, ",", "\n")
          .split("\n")
          .slice(1, -1)
          .map((row, i) => `${i},${row}`),
      ].join("\n"),
    ),
  "table.tsv": (rows) => encode(separated(rows, "\t", "\n")),
  "table.parquet": (rows) => parquetFile(rows.map(({ prompt, answer }) => ({ prompt, answer }))),
  "packed.jsonl.gz": (rows) => new Uint8Array(gzipSync(lines(rows))),
  "chat.jsonl": (rows) => encode(lines(rows.map((row) => ({ messages: chat(row) })))),
  "sharegpt.jsonl": (rows) =>
    encode(lines(rows.map((row) => ({ conversations: turns(row, ["from", "value"], ["human", "gpt"]) })))),
  "alpaca.jsonl": (rows) =>
    encode(lines(rows.map(({ prompt, answer }) => ({ instruction: prompt, input: "", output: answer })))),
  "preference.jsonl": (rows) =>
    encode(lines(rows.map(({ prompt, answer }) => ({ prompt, chosen: answer, rejected: "I do not know" })))),
};
