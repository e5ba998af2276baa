// A file being made ready: what is done by hand, undone and kept, and that it equals an import with the same choices.
import { describe, expect, it } from "vitest";
import { readContent } from "../dataset/read";
import { memorySource } from "../files";
import { Draft } from "./draft";
import { textsOf, withTexts } from "./texts";

const file = (lines: readonly unknown[]) =>
  memorySource(
    "rows.jsonl",
    new TextEncoder().encode(
      lines.map((line) => (typeof line === "string" ? line : JSON.stringify(line))).join("\n"),
    ),
  );
const split = { seed: 1, by: null, tests: [{ name: "test", share: 0.25 }] };
const lines = [
  { question: "1+1?", answer: "2", topic: "a" },
  { question: "2+2?", answer: "" },
  { question: "1+1?", answer: "2" },
  '{"question": "broken',
  { question: "3+3?", answer: "6", topic: "b" },
];
const answersOf = (draft: Draft) => draft.result.content?.rows.map(({ answer }) => answer);

describe("a draft", () => {
  it("shows every row, and what an import without choices would refuse", async () => {
    const draft = await Draft.open(file(lines));
    expect(draft.result.refusal?.message).toMatch(
      /line 2: .*“answer” is empty; 1 more row cannot be used either \(line 4\)/,
    );
    expect(draft.result.refusal?.facts.setting).toBe("data.unusable");
    const list = draft.list(split);
    expect(list.map(({ place }) => place)).toEqual(["line 1", "line 2", "line 3", "line 4", "line 5"]);
    expect(list.map(({ kinds }) => kinds)).toEqual([[], ["unusable"], ["duplicate"], ["unusable"], []]);
    expect(list.map(({ sample }) => sample?.answer ?? null)).toEqual(["2", null, "2", null, "6"]);
    expect(list[1].problem).toMatch(/“answer” is empty/);
  });

  it("mends a row by hand, takes rows out, and undoes each step", async () => {
    const draft = await Draft.open(file(lines));
    draft.choose({ unusable: "leave out", duplicates: "leave out" });
    expect(answersOf(draft)).toEqual(["2", "6"]);
    draft.change(1, [{ path: ["answer"], text: "4" }]);
    expect(answersOf(draft)).toEqual(["2", "4", "6"]);
    draft.drop(draft.indexesOf("unusable"));
    draft.drop([0]);
    expect(answersOf(draft), "the copy of a row that is gone repeats nothing").toEqual(["4", "2", "6"]);
    expect(draft.undoable).toBe("Taken out: line 1");
    draft.undo();
    expect(answersOf(draft)).toEqual(["2", "4", "6"]);
    draft.undo();
    expect(draft.undoable).toBe("Changed: line 2");
    draft.undo();
    draft.undo();
    expect([answersOf(draft), draft.undoable]).toEqual([["2", "6"], ""]);
  });

  it("keeps the ids of rows, and tells what was done by hand", async () => {
    const draft = await Draft.open(file(lines.filter((line) => typeof line !== "string")));
    draft.choose({ unusable: "leave out" });
    draft.drop([0]);
    draft.change(2, [{ path: ["answer"], text: "two" }]);
    const { rows, report } = draft.result.content!;
    expect(rows.map(({ sampleId, answer }) => [sampleId, answer])).toEqual([
      ["row-000003", "two"],
      ["row-000004", "6"],
    ]);
    expect(report.findings.map(({ kind, count, done }) => [kind, count, done])).toEqual([
      ["dropped", 1, "left out"],
      ["unusable", 1, "left out"],
      ["changed", 1, "kept"],
    ]);
  });

  it("gives what an import with the same choices gives", async () => {
    const choices = { unusable: "leave out", duplicates: "leave out" } as const;
    const draft = await Draft.open(file(lines));
    draft.choose(choices);
    expect(draft.result.content?.rows).toEqual((await readContent(file(lines), choices)).rows);
  });

  it("reads columns and texts of several columns, for the answer too", async () => {
    const draft = await Draft.open(
      file([
        { q: "How long?", where: "Rome", a: "2 km" },
        { q: "How far?", where: "Bern", a: "" },
      ]),
    );
    expect(draft.result.content).toBeNull();
    draft.choose({
      unusable: "leave out",
      fields: { prompt: "{where}\n\n{q}", answer: "so {a}" },
    });
    expect(draft.result.content?.rows.map(({ prompt, answer }) => [prompt, answer])).toEqual([
      ["Rome\n\nHow long?", "so 2 km"],
    ]);
    expect(draft.result.content?.report.used).toEqual(["where", "q", "a"]);
    expect(draft.list(split)[1].problem).toBe("every column of the answer is empty");
  });

  it("keeps rows that ask the same on one side where that is wished", async () => {
    const many = Array.from({ length: 60 }, (_, i) => ({ question: `${i % 6} + 1?`, answer: String(i) }));
    const draft = await Draft.open(file(many));
    const sidesOf = (together: boolean) => {
      const parts = draft.parts({ ...split, together });
      return [0, 1, 2, 3, 4, 5].map((q) => new Set(parts.filter((_, i) => i % 6 === q)).size);
    };
    expect(Math.max(...sidesOf(false))).toBe(2);
    expect(sidesOf(true)).toEqual([1, 1, 1, 1, 1, 1]);
  });

  it("splits by a column of the file", async () => {
    const many = Array.from({ length: 40 }, (_, i) => ({
      ...{ question: `${i}?`, answer: String(i) },
      topic: i % 5 === 0 ? "rare" : "usual",
    }));
    const draft = await Draft.open(file(many));
    const parts = draft.parts({ ...split, by: "topic" });
    const held = many.filter((_, i) => parts[i] === "test").map(({ topic }) => topic);
    expect(held.filter((topic) => topic === "rare")).toHaveLength(2);
    expect(held).toHaveLength(10);
  });
});

describe("texts of a row", () => {
  const chat = {
    messages: [
      { role: "user", content: "2+2?" },
      { role: "assistant", content: [{ type: "text", text: "5" }] },
    ],
    level: 2,
  };

  it("are found in columns and messages, and changed in their place alone", () => {
    expect(textsOf(chat, ["messages"]).map(({ label, text }) => [label, text])).toEqual([
      ["messages 1, user", "2+2?"],
    ]);
    const [, changed] = [
      chat,
      withTexts(chat, [{ path: ["messages", 0, "content"], text: "3+3?" }]) as typeof chat,
    ];
    expect(changed.messages[0]).toEqual({ role: "user", content: "3+3?" });
    expect(changed.messages[1]).toBe(chat.messages[1]);
    expect(chat.messages[0].content).toBe("2+2?");
  });

  it("keep their kind where they are not changed, and fill a missing column", () => {
    const texts = textsOf(chat, ["level", "answer"]);
    expect(texts.map(({ text }) => text)).toEqual(["2", ""]);
    expect(withTexts(chat, texts)).toMatchObject({ level: 2 });
    expect(withTexts(chat, [{ path: ["answer"], text: "4" }])).toMatchObject({ answer: "4", level: 2 });
  });
});
