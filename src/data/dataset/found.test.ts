// Files as people have them: columns in capitals, tables that hold JSON, marked turns, choices in columns, pages of the
// hub's viewer. Each is read for what it means, or refused by name; none is read as something else.
import { describe, expect, it } from "vitest";
import { LabError } from "../../lib/errors";
import { memorySource } from "../files";
import { readContent, reportTexts, type DatasetOptions } from "../dataset";

const source = (name: string, text: string) => memorySource(name, new TextEncoder().encode(text));
const lines = (...rows: unknown[]): string => rows.map((row) => JSON.stringify(row)).join("\n");
const user = (content: string) => ({ role: "user", content });
const assistant = (content: string, more: object = {}) => ({ role: "assistant", content, ...more });

/** What the first row asks, and what is said of the file. */
async function first(name: string, text: string, options: DatasetOptions = {}) {
  const { rows, report } = await readContent(source(name, text), options);
  const [{ prompt, answer }] = rows;
  return { layout: report.layout, count: rows.length, prompt, answer, told: reportTexts(report).join(" ") };
}

async function refusal(name: string, text: string): Promise<LabError> {
  const thrown = await readContent(source(name, text)).catch((error: unknown) => error);
  expect(thrown).toBeInstanceOf(LabError);
  return thrown as LabError;
}

describe("columns", () => {
  it.each([
    ["x.csv", "Question,Answer\na,b", "columns", "a"],
    ["x.csv", '" PROMPT ",Response\na,b', "columns", "a"],
    ["x.jsonl", lines({ Instruction: "say", Input: "hi", Output: "b" }), "Alpaca", "say\n\nhi"],
    ["x.jsonl", lines({ Messages: [user("a"), assistant("b")] }), "chat messages", "a"],
  ])("in capitals or with spaces: %s %j", async (name, text, layout, prompt) => {
    expect(await first(name, text)).toMatchObject({ layout, prompt, answer: "b", told: "" });
  });

  it("in capitals beside the same in small letters leave the small ones as they are", async () => {
    expect(await first("x.jsonl", lines({ Prompt: "P", prompt: "p", answer: "b" }))).toMatchObject({
      prompt: "p",
      told: "Columns that are not used: Prompt.",
    });
  });

  it("of words are no difficulty, and said not to be used", async () => {
    const { told } = await first("x.csv", "prompt;answer;difficulty\na;b;1,5\nc;d;2,5");
    expect(told).toContain("“difficulty” is not read as difficulty: it holds words, no numbers.");
    expect(told).toContain("not used: difficulty");
  });
});

describe("conversations", () => {
  const turns = [user("a"), assistant("x", { weight: 0 }), user("c"), assistant("y", { weight: 1 })];

  it.each(["last", "each"] as const)("do not train turns with a weight of 0 (%s)", async (setting) => {
    const { rows } = await readContent(source("x.jsonl", lines({ messages: turns })), { turns: setting });
    expect(rows.map(({ answer }) => answer)).toEqual(["y"]);
    expect(rows[0].messages).toEqual([user("a"), assistant("x"), user("c")]);
  });

  it("whose answers are all marked so are left out and counted", async () => {
    const other = { messages: [user("a"), assistant("x", { train: false })] };
    const { count, told } = await first("x.jsonl", lines({ messages: turns }, other));
    expect(count).toBe(1);
    expect(told).toContain("1 row is marked as not to be studied");
  });

  it("as JSON inside a table are read, as Python prints them refused by name", async () => {
    const cell = (text: string) => `messages\n"${text.replaceAll('"', '""')}"`;
    expect(await first("x.csv", cell(JSON.stringify(turns)))).toMatchObject({
      layout: "chat messages",
      answer: "y",
    });
    const { message, hint } = await refusal("x.csv", cell("[{'role': 'user', 'content': 'a'}]"));
    expect(message).toMatch(/line 2: the column “messages” holds a list as Python prints it/);
    expect(hint).toContain("json.dumps");
  });
});

describe("choices", () => {
  const asked = "Which?\nA. stone\nB. pear";

  it.each([
    ["under letters", { question: "Which?", options: { A: "stone", B: "pear" }, answer: "B" }],
    ["in columns", { question: "Which?", A: "stone", B: "pear", answer: "B" }],
    ["in named columns", { question: "Which?", option_a: "stone", option_b: "pear", answer: "option_b" }],
    ["in numbered columns", { question: "Which?", choice1: "stone", choice2: "pear", label: "2" }],
    ["to go on with", { ctx: "Which?", endings: ["stone", "pear"], label: "1" }],
    ["lettered already", { question: "Which?", choices: ["A. stone", "B. pear"], answer: "B" }],
    ["with an answer in brackets", { question: "Which?", choices: ["stone", "pear"], answer: "(B)" }],
    ["with letter and text", { question: "Which?", choices: ["stone", "pear"], answer: "B. pear" }],
    [
      "with numbers for labels",
      { question: "Which?", choices: { text: ["stone", "pear"], label: [1, 2] }, answerKey: 2 },
    ],
  ])("%s", async (_, row) => {
    expect(await first("x.jsonl", lines(row))).toMatchObject({
      layout: "multiple choice",
      prompt: asked,
      answer: "B",
    });
  });

  it("of numbers", async () => {
    expect(await first("x.jsonl", lines({ question: "2+2?", choices: [3, 4], answer: 1 }))).toMatchObject({
      prompt: "2+2?\nA. 3\nB. 4",
      answer: "B",
    });
  });

  it("are not seen in columns of operands", async () => {
    expect(await first("x.csv", "question,a,b,answer\n1+2?,1,2,1")).toMatchObject({
      layout: "columns",
      told: "Columns that are not used: a, b.",
    });
  });

  it("named otherwise by letter and by text are refused", async () => {
    const row = { question: "Which?", choices: ["stone", "pear"], answer: "A. pear" };
    expect((await refusal("x.jsonl", lines(row))).message).toContain("names none of the 2 choices");
  });
});

describe("accepted answers", () => {
  it.each([
    [{ text: ["Mara", "the woman"], answer_start: [0, 4] }],
    [["Mara"]], // as trivia sets have them
  ])("%j: the text comes first, the first answer is studied", async (answers) => {
    const row = { context: "Mara keeps it.", question: "Who?", answers };
    expect(await first("x.jsonl", lines(row))).toMatchObject({
      prompt: "Mara keeps it.\n\nWho?",
      answer: "Mara",
    });
  });

  it("of a question without any are a row that cannot be used", async () => {
    const row = (text: string[]) => ({ context: "c", question: "Who?", answers: { text } });
    expect((await refusal("x.jsonl", lines(row(["x"]), row([])))).message).toMatch(
      /line 2: .*holds no answer/,
    );
  });
});

describe("JSON in one piece", () => {
  const row = '{"prompt":"a","answer":1.10}';

  it.each([
    ["rows under their numbers", `{"0":${row},"1":{"prompt":"b","answer":2}}`],
    ["whole columns", '{"prompt":{"0":"a","1":"b"},"answer":{"0":1.10,"1":2}}'],
    ["columns and rows apart", '{"columns":["prompt","answer"],"data":[["a",1.10],["b",2]]}'],
    [
      "a page of the hub's viewer",
      `{"features":[],"rows":[{"row_idx":0,"row":${row},"truncated_cells":["prompt"]},{"row":{"prompt":"b","answer":2}}]}`,
    ],
  ])("%s: numbers stay as written", async (_, text) => {
    expect(await first("x.json", text)).toMatchObject({ count: 2, prompt: "a", answer: "1.10" });
  });

  it("says where the hub's viewer cut texts", async () => {
    const text = `{"features":[],"rows":[{"row":${row},"truncated_cells":["prompt"]}]}`;
    expect((await first("x.json", text)).told).toContain("in 1 of its 1 rows the viewer cut long texts");
  });
});

describe("texts", () => {
  it("with half a character are rows that cannot be used", async () => {
    const text = '{"prompt":"a\\ud83d","answer":"b"}\n{"prompt":"c\\ud83d\\ude00","answer":"d"}';
    expect((await refusal("x.jsonl", text)).message).toMatch(/line 1: a text holds half a character/);
    expect(await first("x.jsonl", text, { unusable: "leave out" })).toMatchObject({ prompt: "c😀" });
  });

  it("lines of separators alone are left out and counted", async () => {
    const { count, told } = await first("x.csv", "prompt,answer\na,b\n,\n , \n\n");
    expect([count, told]).toEqual([1, "2 empty rows are left out."]);
  });
});

describe("other files", () => {
  const utf16 = (text: string) => [...text].map((letter) => `${letter}\0`).join("");
  it.each([
    ["x.csv", utf16("prompt,answer\na,b"), "is text in UTF-16"],
    ["x.yaml", "- prompt: a\n  answer: b", "is a YAML file"],
    ["x.jsonl", '<?xml version="1.0"?><rows/>', "is an XML file"],
    ["x.parquet", "version https://git-lfs.github.com/spec/v1\noid sha256:00", "is a pointer of Git LFS"],
  ])("%s %j", async (name, text, what) => expect((await refusal(name, text)).message).toContain(what));
});
