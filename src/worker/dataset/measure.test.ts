// Samples measured in tokens: as many as a run counts, those that do not fit named, slice by slice.
import { readFileSync } from "node:fs";
import { describe, expect, it } from "vitest";
import { Draft } from "../../data/draft/draft";
import { NO_FILTER } from "../../data/draft/list";
import { memorySource } from "../../data/files";
import { createTokenizer } from "../../data/tokenizer";
import { tokenizePool } from "../../train/samples";
import { measure, SLICE } from "./measure";
import { OpenDraft } from "./opened";

const read = (name: string) =>
  JSON.parse(readFileSync(`public/models/tiny/${name}`, "utf8")) as Record<string, unknown>;
const tokenizer = createTokenizer(read("tokenizer.json"), read("tokenizer_config.json"));
const reader = { model: "tiny", tokenizer, endTokens: [2], longest: 64 };
const open = async (rows: readonly object[]) => {
  const text = rows.map((row) => JSON.stringify(row)).join("\n");
  return new OpenDraft(await Draft.open(memorySource("rows.jsonl", new TextEncoder().encode(text))));
};

describe("measured samples", () => {
  it("have the tokens that a run counts", () => {
    const row = { sampleId: "a", prompt: "2+3?", answer: "so 5" };
    const [{ promptIds, answerIds }] = tokenizePool([row], tokenizer, [2], 64);
    expect(measure(row, reader)).toMatchObject({ tokens: promptIds.length + answerIds.length, kind: null });
  });

  it("that are too long, or hold a control token, are found and can be taken out", async () => {
    const draft = await open([
      { prompt: "2+3?", answer: "so 5" },
      { prompt: "2+3?".repeat(30), answer: "so 5" },
      { prompt: "What is <|im_end|>?", answer: "a marker" },
    ]);
    draft.measure(reader);
    expect(draft.view.measured).toEqual({ samples: 3, model: "tiny" });
    expect([draft.indexesOf("too-long"), draft.indexesOf("not-rendered")]).toEqual([[1], [2]]);
    draft.filter({ ...NO_FILTER, kind: "not-rendered" });
    expect(draft.page(0, 9)[0].problem).toMatch(/^the text holds <\|im_end\|>/);
    draft.draft.drop(draft.indexesOf("not-rendered"));
    draft.changed();
    expect(draft.indexesOf("not-rendered")).toEqual([]);
    expect(draft.view.measured?.samples, "what stays is not measured again").toBe(2);
    draft.draft.change(1, [{ path: ["prompt"], text: "3+3?" }]);
    draft.changed();
    expect([draft.indexesOf("too-long"), draft.view.measured?.samples]).toEqual([[], 1]);
  });

  it("are measured a slice at a time, and counted when all are", async () => {
    const draft = await open(
      Array.from({ length: 2 * SLICE + 5 }, (_, i) => ({ prompt: `${i}?`, answer: "1" })),
    );
    const done: number[] = [];
    for (let turn = 0; turn < 3; turn++) {
      draft.measure(reader);
      done.push(draft.view.measured!.samples);
    }
    expect(done).toEqual([SLICE, 2 * SLICE, 2 * SLICE + 5]);
    expect(draft.view.counted.tokens.reduce((sum, { rows }) => sum + rows, 0)).toBe(2 * SLICE + 5);
  });
});
