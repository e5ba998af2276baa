// Dataset files: the built-in pools, CSV and JSONL in the shapes people have, and errors that name the line.
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { LabError } from "../lib/errors";
import { previewDataset, readDataset, type DatasetOptions } from "./dataset";
import { DatasetFile } from "./dataset/file";
import { formatEndings, formatNames, formatOf, formats } from "./dataset/formats";
import { memorySource } from "./files";
import { splitSamples } from "./split";
import { nodeFile } from "./testing/nodeFolder";

const file = (name: string, text: string) => memorySource(name, new TextEncoder().encode(text));
const read = (name: string, text: string, options?: DatasetOptions) => readDataset(file(name, text), options);
const pairs = async (name: string, text: string) =>
  (await read(name, text)).map(({ prompt, answer }) => [prompt, answer]);

describe("JSONL", () => {
  it("reads a built-in pool", async () => {
    const rows = await readDataset(nodeFile("public/pools/needle_train.jsonl"));
    expect(rows.length).toBe(603);
    expect(new Set(rows.map((row) => row.sampleId)).size).toBe(603);
    const { sampleId, difficulty, tags, extra } = rows[0]!;
    expect(sampleId).toMatch(/^needle_train-/);
    expect(difficulty).toBeTypeOf("number");
    expect(tags).toEqual([extra.domain, extra.skill, extra.tier]);
  });

  it("takes a byte-order mark, CRLF, blank lines, no last line end and a long file", async () => {
    const text = '\uFEFF{"prompt":"a","completion":"1"}\r\n\r\n  \n{"prompt":"b","completion":2}';
    expect(await pairs("x.jsonl", text)).toEqual([
      ["a", "1"],
      ["b", "2"],
    ]);
    const many = Array.from(
      { length: 30_000 },
      (_, i) => `{"prompt":"question ${i} é","answer":"${i}"}`,
    ).join("\n");
    const rows = await read("x.jsonl", many);
    expect(rows.length).toBe(30_000);
    expect(rows.every((row, i) => row.prompt === `question ${i} é` && row.answer === String(i))).toBe(true);
    expect(rows[29_999]!.sampleId).toBe("row-030000");
  });

  it("takes a JSON array", async () => {
    expect(await pairs("x.json", ' [\n{"instruction":"a","output":"1"}\n]')).toEqual([["a", "1"]]);
    await expect(read("x.json", '[{"prompt":"a","answer":"1"}, 5]')).rejects.toThrow(
      /x\.json, row 2: .*no object/,
    );
    await expect(read("x.json", "[1,")).rejects.toThrow(/x\.json is not valid JSON/);
  });

  it("maps columns, and uses a named one or refuses it", async () => {
    const text = '{"q":"a","a":"1","hard":"3","kind":"x","note":"n"}';
    const fields = { prompt: "q", answer: "a", difficulty: "hard", tags: ["kind"] };
    expect(await read("x.jsonl", text, { fields })).toEqual([
      {
        sampleId: "row-000001",
        prompt: "a",
        answer: "1",
        difficulty: 3,
        tags: ["x"],
        extra: { kind: "x", note: "n" },
      },
    ]);
    await expect(
      read("x.jsonl", '{"prompt":"a","completion":"1"}', { fields: { answer: "anwser" } }),
    ).rejects.toThrow(/no column for the answer called “anwser” was found \(columns: prompt, completion\)/);
    const bare = await read("x.jsonl", '{"prompt":"a"}', { needAnswer: false });
    expect(bare[0]).toMatchObject({ prompt: "a", answer: "" });
  });

  const ok = '{"prompt":"a","answer":"1"}\n';
  it.each([
    ["cut off", `${ok}{"prompt": `, /x\.jsonl, line 2: not valid JSON/],
    ["a number", `${ok}5`, /line 2: the JSON value is no object/],
    ["missing answer", `${ok}{"prompt":"b"}`, /line 2: the column “answer” is missing/],
    ["empty prompt", `${ok}\n{"prompt":"","answer":"1"}`, /line 3: the column “prompt” is empty/],
    ["a list", `${ok}{"prompt":["b"],"answer":"1"}`, /line 2: the column “prompt” holds a list/],
    ["an object", '{"prompt":{"a":1},"answer":"1"}', /line 1: the column “prompt” holds an object/],
    ["no such column", '{"text":"a"}', /line 1: no column for the prompt was found \(columns: text\)/],
    [
      "no answer column",
      '{"prompt":"a","x":1}',
      /line 1: no column for the answer was found \(columns: prompt, x\)/,
    ],
    ["empty", "", /x\.jsonl is empty \(0 bytes\)/],
    ["blank", "\n \n", /x\.jsonl has no rows/],
  ])("refuses: %s", async (_, text, message) => {
    const error = await read("x.jsonl", text).catch((thrown: unknown) => thrown);
    expect(error).toMatchObject({ name: "LabError", code: "data", message: expect.stringMatching(message) });
    expect((error as LabError).hint).not.toBe("");
  });

  it("keeps limits", async () => {
    await expect(read("x.jsonl", ok, { limits: { fileBytes: 10 } })).rejects.toThrow(
      /28 bytes, more than the 10 allowed/,
    );
    await expect(read("x.jsonl", ok + ok, { limits: { rows: 1 } })).rejects.toThrow(
      /line 2: .*more than the 1 rows/,
    );
    const long = JSON.stringify({ prompt: "x".repeat(101), answer: "1" });
    await expect(read("x.jsonl", ok + long, { limits: { fieldLength: 100 } })).rejects.toThrow(
      /line 2: .*101 characters/,
    );
    await expect(read("x.jsonl", "x".repeat(3_000_000))).rejects.toThrow(/line 1: the line is longer/);
  });

  it("names the line of broken UTF-8 and refuses UTF-16", async () => {
    const bytes = new TextEncoder().encode(`${ok}{"prompt":"?"}`);
    bytes[bytes.length - 3] = 0xff;
    await expect(readDataset(memorySource("x.jsonl", bytes))).rejects.toThrow(
      /line 2: the text is not valid UTF-8/,
    );
    await expect(readDataset(memorySource("x.csv", Uint8Array.of(0xff, 0xfe, 65, 0)))).rejects.toThrow(
      /UTF-16/,
    );
  });
});

describe("CSV", () => {
  it("takes quotes, separators and line breaks inside quotes, CRLF and semicolons", async () => {
    const text = 'prompt,answer\r\n"What is 1, then 2?","a ""b""\nc"\r\n\r\nplain,  x \r\n';
    expect(await pairs("x.csv", text)).toEqual([
      ["What is 1, then 2?", 'a "b"\nc'],
      ["plain", "  x "],
    ]);
    expect(await pairs("x.csv", 'prompt;answer\n"1;2";3,5')).toEqual([["1;2", "3,5"]]);
    expect(await pairs("x.tsv", 'question\tanswer\na,b\t"c\td"')).toEqual([["a,b", "c\td"]]);
  });

  it.each([
    [
      "never closed",
      'prompt,answer\na,1\n"b,2\nc,3',
      /x\.csv, line 3: a quote is opened here and it is never closed/,
    ],
    ["closed, then opened", 'prompt,answer\n"a\nb","c\nd', /line 3: a quote is opened here/],
    ["too few fields", "prompt,answer\na,1\nb", /line 3: the row has 1 fields, but the first row names 2/],
    ["quote inside", 'prompt,answer\na "b",1', /line 2: a quote stands inside/],
    ["text behind a quote", 'prompt,answer\n"a"b,1', /line 2: text follows a closing quote/],
    ["column twice", "prompt,prompt\na,1", /line 1: the column “prompt” appears twice/],
    ["nameless columns", ",\na,1", /line 1: no column has a name/],
    ["header alone", "prompt,answer\n", /x\.csv has no rows/],
    [
      "runaway quote",
      `prompt,answer\n"${"line\n".repeat(30_000)}`,
      /line 2: a quote is opened here and after 100000/,
    ],
  ])("refuses: %s", async (_, text, message) => {
    await expect(read("x.csv", text)).rejects.toThrow(message);
  });

  it("reads back what a writer by the RFC puts out", async () => {
    const cell = fc.string({
      unit: fc.constantFrom("a", "é", ",", ";", '"', "\n", " ", "\t"),
      minLength: 1,
      maxLength: 12,
    });
    await fc.assert(
      fc.asyncProperty(fc.array(fc.tuple(cell, cell), { minLength: 1, maxLength: 20 }), async (rows) => {
        const quote = (text: string) => `"${text.replaceAll('"', '""')}"`;
        const text = `prompt,answer\n${rows.map(([a, b]) => `${quote(a)},${quote(b)}`).join("\n")}`;
        // A row of which a text is blank has nothing to learn and is refused.
        fc.pre(rows.flat().every((cellText) => cellText.trim() !== ""));
        expect(await pairs("x.csv", text)).toEqual(rows);
      }),
      { numRuns: 300, seed: 1 },
    );
  });

  it("reads records that lie across the blocks it is parsed in", async () => {
    const rows = Array.from({ length: 4000 }, (_, i) => [`question ${i}, é`, `line one\nline "two" of ${i}`]);
    const quote = (text: string) => `"${text.replaceAll('"', '""').replaceAll("\n", "\r\n")}"`;
    const text = rows.map(([a, b]) => `${quote(a!)};${quote(b!)}\r\n`).join("\r\n");
    expect(text.length).toBeGreaterThan(3 * 65_536);
    expect(await pairs("x.csv", `prompt;answer\r\n${text}`)).toEqual(rows);
    await expect(read("x.csv", `prompt;answer\r\n${text}"late" ;2`)).rejects.toThrow(
      /line 12001: text follows a closing quote/,
    );
  });
});

describe("formats", () => {
  const format = async (name: string, text: string) => (await formatOf(new DatasetFile(file(name, text)))).id;

  it.each([
    ["x.csv", "[a],b", "csv"],
    ["X.TSV", '{"a"\tb', "csv"],
    ["x.jsonl", '{"a":1}', "jsonl"],
    ["x.jsonl", "\uFEFF \n[{}]", "json"],
    ["x.json", "[]", "json"],
    ["x.json", '{"a":1}\n{"a":2}', "json"],
    ["x.txt", '{"a":1}', "jsonl"],
    ["x.txt", "prompt,answer\na,1", "csv"],
    ["x.txt", "a plain text, and no columns at all: none", "jsonl"],
    ["x.json", "5", "json"],
    ["rows", "[1]", "json"],
    ["rows", "text", "jsonl"],
  ])("%s with %j is read as %s", async (name, text, id) => expect(await format(name, text)).toBe(id));

  it("are named for people and for the file dialog", () => {
    expect(formatNames()).toMatch(/^CSV, JSON.* or \w+$/);
    expect(formatEndings()).toMatch(/^\.csv,\.tsv,\.json,/);
    expect(new Set(formats.map(({ id }) => id)).size).toBe(formats.length);
  });
});

describe("any file", () => {
  it.each(["x.jsonl", "x.csv", "x.json"])("gives rows or a LabError: %s", async (name) => {
    const piece = fc.constantFrom(
      '{"prompt":"a","answer":"b"}',
      "{",
      "}",
      '"',
      ",",
      "\n",
      "\r",
      "[",
      "prompt,answer",
      "1",
      "é",
      "\u0000",
    );
    await fc.assert(
      fc.asyncProperty(fc.array(piece, { maxLength: 20 }), async (pieces) => {
        const error = await read(name, pieces.join("")).then(
          () => null,
          (thrown: unknown) => thrown,
        );
        if (error !== null) expect(error).toBeInstanceOf(LabError);
      }),
      { numRuns: 500, seed: 1 },
    );
  });
});

describe("preview and split", () => {
  it("shows the first rows and guesses the columns", async () => {
    const { columns, rows, fields } = await previewDataset(nodeFile("public/pools/comm_test.jsonl"), 5);
    expect(rows.length).toBe(5);
    expect(columns).toContain("skill");
    expect(fields).toMatchObject({ prompt: "prompt", answer: "answer", difficulty: "difficulty", id: "id" });
  });

  it("splits by seed and id, whatever the order of the rows", () => {
    const rows = Array.from({ length: 100 }, (_, i) => ({ sampleId: `s${i}` }));
    const ids = (part: { sampleId: string }[]) => part.map((row) => row.sampleId).toSorted();
    const one = splitSamples(rows, { testShare: 0.2, seed: 1 });
    expect([one.train.length, one.test.length]).toEqual([80, 20]);
    expect(ids([...one.train, ...one.test])).toEqual(ids(rows));
    expect(ids(splitSamples(rows.toReversed(), { testShare: 0.2, seed: 1 }).test)).toEqual(ids(one.test));
    expect(ids(splitSamples(rows, { testShare: 0.2, seed: 2 }).test)).not.toEqual(ids(one.test));
    expect(splitSamples(rows.slice(0, 2), { testShare: 0.01, seed: 1 }).test.length).toBe(1);
    expect(splitSamples(rows.slice(0, 1), { testShare: 0.5, seed: 1 }).test.length).toBe(0);
  });
});
