// Datasets as people have them: every layout of rows and every kind of file is read as it is meant, or named for what it
// is; what cannot be used, repeats or contradicts is counted in one go.
import { gzipSync } from "node:zlib";
import { describe, expect, it } from "vitest";
import { LabError } from "../../lib/errors";
import { previewDataset, readDataset, reportTexts } from "../dataset";
import { memorySource } from "../files";
import { leaks } from "./findings";
import { layouts } from "./layout";
import { readContent, type DatasetOptions } from "./read";

const bytes = (text: string) => new TextEncoder().encode(text);
const file = (name: string, text: string) => memorySource(name, bytes(text));
const lines = (...rows: unknown[]) => rows.map((row) => JSON.stringify(row)).join("\n");
const content = (name: string, text: string, options?: DatasetOptions) =>
  readContent(file(name, text), options);
const refusal = async (
  name: string,
  text: string | Uint8Array,
  options?: DatasetOptions,
): Promise<LabError> => {
  const source = memorySource(name, typeof text === "string" ? bytes(text) : text);
  const thrown: unknown = await readContent(source, options).catch((error: unknown) => error);
  expect(thrown).toBeInstanceOf(LabError);
  expect((thrown as LabError).hint).not.toBe("");
  return thrown as LabError;
};
const user = (text: string) => ({ role: "user", content: text });
const assistant = (text: string) => ({ role: "assistant", content: text });

describe("layouts of rows", () => {
  it.each([
    [
      "Alpaca",
      { instruction: "Translate the word.", input: "bread", output: "pain" },
      { prompt: "Translate the word.\n\nbread", answer: "pain" },
    ],
    [
      "Alpaca",
      { instruction: "Say hello.", input: "", output: "hello" },
      { prompt: "Say hello.", answer: "hello" },
    ],
    ["chat messages", { messages: [user("1+1?"), assistant("2")] }, { prompt: "1+1?", answer: "2" }],
    [
      "chat messages",
      { messages: [{ role: "system", content: "Be short." }, user("1+1?"), assistant("2")] },
      {
        prompt: "Be short.\n\n1+1?",
        messages: [{ role: "system", content: "Be short." }, user("1+1?")],
        answer: "2",
      },
    ],
    [
      "chat messages",
      { messages: [user("a?"), assistant("b"), user("c?"), assistant("d")] },
      {
        prompt: "user: a?\nassistant: b\nuser: c?",
        messages: [user("a?"), assistant("b"), user("c?")],
        answer: "d",
      },
    ],
    [
      "chat messages",
      {
        messages: [
          {
            role: "user",
            content: [
              { type: "text", text: "1+" },
              { type: "text", text: "1?" },
            ],
          },
          assistant("2"),
        ],
      },
      { prompt: "1+1?", answer: "2" },
    ],
    [
      "chat messages",
      {
        conversations: [
          { from: "human", value: "1+1?" },
          { from: "gpt", value: "2" },
        ],
        system: "Be short.",
      },
      {
        prompt: "Be short.\n\n1+1?",
        messages: [{ role: "system", content: "Be short." }, user("1+1?")],
        answer: "2",
      },
    ],
    [
      "conversational prompt and completion",
      { prompt: [user("1+1?")], completion: [assistant("2")] },
      { prompt: "1+1?", answer: "2" },
    ],
    ["preference pairs", { prompt: "1+1?", chosen: "2", rejected: "3" }, { prompt: "1+1?", answer: "2" }],
    [
      "preference pairs",
      { chosen: [user("1+1?"), assistant("2")], rejected: [user("1+1?"), assistant("3")] },
      { prompt: "1+1?", answer: "2" },
    ],
    [
      "preference pairs",
      { prompt: "1+1?", chosen: [assistant("2")], rejected: [] },
      { prompt: "1+1?", answer: "2" },
    ],
    ["labelled answers", { prompt: "1+1?", completion: "2", label: true }, { prompt: "1+1?", answer: "2" }],
    [
      "multiple choice",
      { question: "Which is a fruit?", choices: ["stone", "pear"], answer: 1 },
      { prompt: "Which is a fruit?\nA. stone\nB. pear", answer: "B" },
    ],
    [
      "multiple choice",
      { question: "Which?", choices: { text: ["stone", "pear"], label: ["1", "2"] }, answerKey: "2" },
      { prompt: "Which?\nA. stone\nB. pear", answer: "B" },
    ],
    [
      "multiple choice",
      { question: "Which?", options: ["x", "y"], answer: "x" },
      { prompt: "Which?\nA. x\nB. y", answer: "A" },
    ],
    [
      "columns",
      { system: "Answer in one word.", prompt: "Lemon?", response: "yellow" },
      {
        prompt: "Answer in one word.\n\nLemon?",
        messages: [{ role: "system", content: "Answer in one word." }, user("Lemon?")],
        answer: "yellow",
      },
    ],
  ])("%s: %j", async (layout, row, want) => {
    const { rows, report } = await content("x.jsonl", lines(row));
    expect(report.layout).toBe(layout);
    const [{ prompt, messages, answer }] = rows;
    expect({ prompt, answer, ...(messages ? { messages } : {}) }).toEqual(want);
  });

  it("reads an input that only a later row has", async () => {
    const text = lines(
      { instruction: "Say hello", output: "hello" },
      { instruction: "Repeat", input: "tree", output: "tree" },
    );
    expect((await readDataset(file("x.jsonl", text))).map(({ prompt }) => prompt)).toEqual([
      "Say hello",
      "Repeat\n\ntree",
    ]);
  });

  it("trains each answer of a conversation where that is asked for", async () => {
    const row = { id: "c", messages: [user("a?"), assistant("b"), user("c?"), assistant("d")] };
    const rows = await readDataset(file("x.jsonl", lines(row)), { turns: "each" });
    expect(rows.map(({ sampleId, prompt, answer }) => [sampleId, prompt, answer])).toEqual([
      ["c.1", "a?", "b"],
      ["c.2", "user: a?\nassistant: b\nuser: c?", "d"],
    ]);
  });

  it("uses a conversation whole or not at all", async () => {
    const good = { messages: [user("x?"), assistant("y")] };
    const blank = { messages: [user("a?"), assistant("b"), user("c?"), assistant(" ")] };
    const options = { turns: "each", unusable: "leave out" } as const;
    const { rows, report } = await content("x.jsonl", lines(good, blank), options);
    expect(rows.map(({ answer }) => answer)).toEqual(["y"]);
    expect(report.findings.map(({ kind, count }) => [kind, count])).toEqual([["unusable", 1]]);
  });

  it("leaves answers out that are labelled false, and says so", async () => {
    const text = lines(
      { prompt: "a", completion: "no", label: false },
      { prompt: "a", completion: "yes", label: true },
    );
    const { rows, report } = await content("x.jsonl", text);
    expect(rows.map(({ answer }) => answer)).toEqual(["yes"]);
    expect(reportTexts(report).join(" ")).toMatch(
      /labelled false are left out.*1 row is marked as not to be studied \(line 1\)/,
    );
  });

  it.each([
    [
      { messages: [user("a?"), { role: "assistant", content: null, tool_calls: [{}] }] },
      /message 2 .* calls a tool/,
    ],
    [{ messages: [user("a?")] }, /does not end with an answer/],
    [{ messages: [{ role: "judge", content: "a" }, assistant("b")] }, /message 1 .* has the role "judge"/],
    [
      { messages: [{ role: "user", content: [{ type: "image" }] }, assistant("b")] },
      /part of type image that is no text/,
    ],
    [{ question: "Which?", choices: ["a", "b"], answer: 7 }, /answer 7 names none of the 2 choices/],
    [{ chosen: "Human: a Assistant: b", rejected: "c" }, /one text with its question inside/],
  ])("refuses %j by name", async (row, message) => {
    expect((await refusal("x.jsonl", lines(row))).message).toMatch(message);
  });

  it("has each its own name and place", () => {
    expect(new Set(layouts.map(({ id }) => id)).size).toBe(layouts.length);
    expect(new Set(layouts.map(({ place }) => place)).size).toBe(layouts.length);
  });
});

describe("columns", () => {
  it("that are not used are named, and equal prompts with other answers counted", async () => {
    const text = lines(
      { question: "Who has the key?", context: "Mara has it.", answer: "Mara" },
      { question: "Who has the key?", context: "Tomo has it.", answer: "Tomo" },
    );
    const told = reportTexts((await content("x.jsonl", text)).report).join(" ");
    expect(told).toContain("Columns that are not used: context.");
    expect(told).toContain("1 row has the prompt of an earlier one and another answer (line 2); it is kept.");
    const fields = { prompt: "{context} {question}", answer: "answer" };
    const { rows, report } = await content("x.jsonl", text, { fields });
    expect(rows.map(({ prompt }) => prompt)).toEqual([
      "Mara has it. Who has the key?",
      "Tomo has it. Who has the key?",
    ]);
    expect(reportTexts(report)).toEqual([]);
  });

  it("that are named are used or refused, in every row", async () => {
    const rows = [
      { prompt: "a", answer: "long", short: "x" },
      { prompt: "b", answer: "long" },
    ];
    const fields = { answer: "short" };
    expect((await refusal("x.jsonl", lines(...rows), { fields })).message).toMatch(
      /line 2: the column “short” is missing/,
    );
    expect((await refusal("x.jsonl", lines(...rows.reverse()), { fields })).message).toMatch(
      /line 1: .*“short” is missing/,
    );
    expect(
      (await refusal("x.jsonl", lines(...rows), { fields: { prompt: "{context}{prompt}" } })).message,
    ).toMatch(/prompt called “context” was found/);
  });

  it("that were guessed give way where they do not fit, and say so", async () => {
    const text = lines(
      { id: "doc", prompt: "a", answer: "1", level: true },
      { id: "doc", prompt: "b", answer: "2", level: false },
    );
    const { rows, report } = await content("x.jsonl", text);
    expect(rows.map(({ sampleId, difficulty }) => [sampleId, difficulty])).toEqual([
      ["row-000001", undefined],
      ["row-000002", undefined],
    ]);
    expect(rows[0].extra).toEqual({ id: "doc", level: true });
    expect(report.notes.join(" ")).toMatch(
      /“level” is not read as difficulty: line 1 .*“id” is not read as the rows' id: line 2/,
    );
    const named = { fields: { difficulty: "level" } };
    expect((await refusal("x.jsonl", text, named)).message).toMatch(
      /line 1: the column “level” holds no number/,
    );
    expect((await refusal("x.jsonl", text, { fields: { id: "id" } })).message).toMatch(
      /line 2: the id “doc” was already used on line 1/,
    );
  });

  it("keep numbers as they are written", async () => {
    const text = '{"prompt":1.0,"answer":9007199254740993,"difficulty":1e0,"tests":[{"expect":1.0}]}';
    const [row] = await readDataset(file("x.jsonl", text));
    expect(row).toMatchObject({
      prompt: "1.0",
      answer: "9007199254740993",
      difficulty: 1,
      extra: { tests: [{ expect: 1 }] },
    });
    expect((await readDataset(file("x.json", `[${text}]`)))[0].prompt).toBe("1.0");
    expect((await readDataset(file("x.json", `{"data":[${text}]}`)))[0].answer).toBe("9007199254740993");
  });
});

describe("rows that cannot be used", () => {
  const text = lines(
    { prompt: "a", answer: "1" },
    { prompt: "b", answer: "" },
    { prompt: "c" },
    { prompt: "d", answer: "4" },
  );

  it("are refused all in one go, or left out and counted", async () => {
    const error = await refusal("x.jsonl", `${text}\n{"prompt":`);
    expect(error.message).toMatch(
      /^x\.jsonl, line 2: the column “answer” is empty; 2 more rows cannot be used either \(line 3, 5\)\.$/,
    );
    expect(error.hint).toContain("leave such rows out");
    const { rows, report } = await content("x.jsonl", `${text}\n{"prompt":`, { unusable: "leave out" });
    expect(rows.map(({ prompt }) => prompt)).toEqual(["a", "d"]);
    expect(reportTexts(report)).toEqual([
      "3 rows cannot be used (lines 2, 3, 5): the column “answer” is empty; they are left out.",
    ]);
    expect(
      (await refusal("x.jsonl", lines({ prompt: "a", answer: "" }), { unusable: "leave out" })).message,
    ).toContain("line 1");
  });

  it("in CSV too", async () => {
    const { rows } = await content("x.csv", "prompt,answer\na,1\nb\nc,3", { unusable: "leave out" });
    expect(rows.map(({ prompt }) => prompt)).toEqual(["a", "c"]);
  });

  it("with broken UTF-8 as well, in every kind of text file", async () => {
    const broken = (text_: string) => bytes(text_).map((byte) => (byte === 0x7e ? 0xe9 : byte));
    const jsonl = broken('{"prompt":"a","answer":"1"}\n{"prompt":"caf~","answer":"2"}');
    const { rows } = await readContent(memorySource("x.jsonl", jsonl), { unusable: "leave out" });
    expect(rows.map(({ prompt }) => prompt)).toEqual(["a"]);
    expect((await refusal("x.json", broken('[\n{"prompt":"caf~","answer":"2"}]'))).message).toMatch(
      /x\.json, line 2: the text is not valid UTF-8/,
    );
    expect((await refusal("x.csv", broken("prompt,answer\ncaf~,2"))).message).toMatch(
      /line 2: .*not valid UTF-8/,
    );
  });

  it("are nested too deep to read", async () => {
    const deep = `${"[".repeat(10_000)}${"]".repeat(10_000)}`;
    expect((await refusal("x.jsonl", `{"prompt":"a","answer":"1","x":${deep}}`)).message).toMatch(
      /line 1: not valid JSON/,
    );
    expect((await refusal("x.json", `{"data":[{"prompt":"a","answer":"1","x":${deep}}]}`)).message).toContain(
      "x.json",
    );
  });
});

describe("rows that repeat", () => {
  const text = lines(
    { prompt: "What is 2+2?", answer: "4" },
    { prompt: "What is 2+2?", answer: "4" },
    { prompt: "what is  2+2 ?", answer: "4" },
    { prompt: "What is 2+2?", answer: "5" },
    { prompt: "What is 2-2?", answer: "0" },
    { prompt: "What is 2−2?", answer: "0" },
  );

  it("are counted by kind, and left out by choice", async () => {
    const { rows, report } = await content("x.jsonl", text);
    expect(rows.length).toBe(6);
    expect(report.findings.map(({ kind, count }) => [kind, count])).toEqual([
      ["duplicate", 1],
      ["near-duplicate", 1],
      ["contradiction", 1],
    ]);
    const less = await content("x.jsonl", text, { duplicates: "leave out" });
    expect(less.rows.length).toBe(5);
    expect(reportTexts(less.report)[0]).toBe("1 row repeats an earlier one (line 2); it is left out.");
  });

  it("between training and test are leaks", async () => {
    const rows = await readDataset(file("x.jsonl", text));
    expect(leaks(rows, [{ prompt: "WHAT IS 2+2?", answer: "four" }])).toEqual([0, 1, 2, 3]);
    expect(leaks(rows, [{ prompt: "What is 3+3?", answer: "6" }])).toEqual([]);
  });
});

describe("kinds of files", () => {
  const rows = [
    { prompt: "a", answer: "1" },
    { prompt: "b", answer: "2" },
  ];
  it.each([
    ["packed.jsonl.gz", gzipSync(lines(...rows))],
    ["packed.csv.gz", gzipSync("prompt,answer\na,1\nb,2\n")],
    ["under.json", JSON.stringify({ version: 1, data: rows }, null, 2)],
    ["named.json", JSON.stringify({ name: "mine", version: "1", train: rows })],
    ["parts.json", JSON.stringify({ train: rows, test: rows })],
    ["pretty.json", rows.map((row) => JSON.stringify(row, null, 2)).join("\n")],
    ["lines.json", lines(...rows)],
    ["columns.json", JSON.stringify({ prompt: { 0: "a", 1: "b" }, answer: { 0: "1", 1: "2" } })],
    ["lists.json", JSON.stringify({ prompt: ["a", "b"], answer: ["1", "2"] })],
    [
      "split.json",
      JSON.stringify({
        columns: ["prompt", "answer"],
        index: [0, 1],
        data: [
          ["a", "1"],
          ["b", "2"],
        ],
      }),
    ],
    ["index.csv", ",prompt,answer\n0,a,1\n1,b,2\n"],
    ["excel.csv", "sep=;\r\nprompt;answer\r\na;1\r\nb;2\r\n"],
    ["commas.csv", "prompt,answer,,\na,1,,\nb,2,,\n"],
    ["mac.csv", "prompt,answer\ra,1\rb,2\r"],
    ["table.txt", "prompt,answer\na,1\nb,2\n"],
    ["names.csv", "ORC,prompt,answer\n0,a,1\n1,b,2\n"],
    ["marks.csv", "GGUF,prompt,answer\n0,a,1\n1,b,2\n"],
    ["bom.csv", "\uFEFFprompt;answer\na;1\nb;2\n"],
  ])("%s is read", async (name, data) => {
    const source = memorySource(name, typeof data === "string" ? bytes(data) : new Uint8Array(data));
    const read = await readDataset(source);
    expect(read.map(({ prompt, answer }) => [prompt, answer])).toEqual([
      ["a", "1"],
      ["b", "2"],
    ]);
  });

  it("one object is one row", async () => {
    expect((await readDataset(file("x.json", '{\n "prompt": "a",\n "answer": "1"\n}'))).length).toBe(1);
  });

  it.each([
    ["rows.xlsx", "PK\u0003\u0004........[Content_Types].xml", /is an Excel workbook/, /CSV/],
    ["rows.XLSX", "PK\u0003\u0004........", /is an Excel workbook/, /CSV/],
    ["rows.docx", "PK\u0003\u0004........[Content_Types].xml", /is a Word document/, /CSV or JSONL/],
    ["rows.jsonl", "PK\u0003\u0004........rows.txt", /is a ZIP archive/, /Unpack/],
    ["rows.xls", "\u00d0\u00cf\u0011\u00e0\u00a1\u00b1\u001a\u00e1", /old Excel/, /CSV/],
    ["model.gguf", "GGUF\u0003", /is a GGUF model/, /model/],
    ["rows.pdf", "%PDF-1.7", /is a PDF/, /CSV or JSONL/],
    ["rows.arrow", "ARROW1\u0000\u0000", /is an Arrow/, /Parquet/],
    ["rows.json", "<!DOCTYPE html><html>", /is a web page/, /download link/],
    ["rows.jsonl", "version https://git-lfs.github.com/spec/v1", /pointer of Git LFS/, /lfs pull/],
    ["rows.db", "SQLite format 3\u0000", /SQLite/, /CSV/],
    ["rows.csv.zst", "\u0028\u00b5\u002f\u00fd", /Zstandard/, /Unpack/],
  ])("%s is named for what it is", async (name, text, message, hint) => {
    const error = await refusal(
      name,
      Uint8Array.from(text, (sign) => sign.charCodeAt(0)),
    );
    expect(error.message).toMatch(message);
    expect(error.hint).toMatch(hint);
  });

  it("a packed file that is damaged, or too large unpacked, is refused", async () => {
    const packed = new Uint8Array(gzipSync(lines(...rows)));
    expect((await refusal("x.jsonl.gz", packed.subarray(0, packed.length - 12))).message).toMatch(
      /cannot be unpacked/,
    );
    const bomb = new Uint8Array(gzipSync(Buffer.alloc(1_000_000)));
    expect((await refusal("x.jsonl.gz", bomb, { limits: { fileBytes: 100_000 } })).message).toMatch(
      /more than the 100000 bytes/,
    );
  });
});

describe("the preview", () => {
  it("shows what the first rows ask, and how they are laid out", async () => {
    const text = lines({ messages: [user("1+1?"), assistant("2")] }, { messages: [] });
    const shown = await previewDataset(file("x.jsonl", text));
    expect(shown).toMatchObject({ layout: "chat messages", fields: null });
    expect(shown.samples.map(({ prompt }) => prompt)).toEqual(["1+1?"]);
    const bare = await previewDataset(file("x.csv", "q,a\n1,2"));
    expect(bare).toMatchObject({ layout: null, fields: null, samples: [] });
  });
});
