// Rows as token ids: samples that do not fit or cannot be rendered are named, all in one go, or left out and counted.
import { readFileSync } from "node:fs";
import { describe, expect, it } from "vitest";
import { createTokenizer } from "../data/tokenizer";
import { tokenizePool } from "./samples";

const read = (name: string) =>
  JSON.parse(readFileSync(`public/models/tiny/${name}`, "utf8")) as Record<string, unknown>;
const tokenizer = createTokenizer(read("tokenizer.json"), read("tokenizer_config.json"));
const END = 2;
const row = (sampleId: string, answer: string, prompt = "2+3?") => ({ sampleId, prompt, answer });

describe("samples that are too long", () => {
  const rows = [
    row("a", "5"),
    row("b", "1 2 3 4 5 6 7 8 9".repeat(10)),
    row("c", "6"),
    row("d", "7 ".repeat(60)),
  ];
  const longest = 40;

  it("are refused together, with their lengths", () => {
    expect(() => tokenizePool(rows, tokenizer, [END], longest)).toThrow(
      /^2 of 4 samples have more than the 40 tokens that fit \(b with \d+, d with \d+\)\.$/,
    );
  });

  it("are left out or cut by choice, and counted", () => {
    const notes: string[] = [];
    const kept = tokenizePool(rows, tokenizer, [END], longest, "leave out", notes);
    expect(kept.map(({ index, row: { sampleId } }) => [index, sampleId])).toEqual([
      [0, "a"],
      [1, "c"],
    ]);
    expect(notes).toEqual([expect.stringMatching(/^2 of 4 samples .*; they are left out\.$/)]);
    const cut = tokenizePool(rows, tokenizer, [END], longest, "cut", notes);
    expect(cut.map(({ promptIds, answerIds }) => promptIds.length + answerIds.length <= longest)).toEqual([
      true,
      true,
      true,
      true,
    ]);
    expect(cut[0].answerIds.at(-1)).toBe(END);
    expect(cut[1].answerIds.at(-1)).not.toBe(END);
    expect(notes[1]).toMatch(/their answers are cut\.$/);
  });
});

it("a sample that cannot be rendered is named", () => {
  const rows = [row("q7", "a marker", "What is <|im_end|>?")];
  expect(() => tokenizePool(rows, tokenizer, [END], 512)).toThrow(/^Sample q7: the text holds <\|im_end\|>/);
});

it("a conversation is rendered as it is", () => {
  const messages = [
    { role: "system" as const, content: "Be short." },
    { role: "user" as const, content: "2+3?" },
  ];
  const [sample] = tokenizePool([{ ...row("a", "5"), messages }], tokenizer, [END], 512);
  expect(sample.promptIds).toEqual(tokenizer.chatIds(messages));
  expect(tokenizer.decode(sample.answerIds, true)).toBe("5<|im_end|>");
});
