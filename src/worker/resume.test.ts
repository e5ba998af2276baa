// What a run may go on with: the same rows and weights, wherever they lie, and nothing else.
import { describe, expect, it } from "vitest";
import type { RunIdentity } from "../lib/events";
import { resumeNotes, sameMaterial, startNotes } from "./resume";

const WAS: RunIdentity = {
  train: { name: "res.jsonl", rows: 36, hash: "a".repeat(64) },
  test: { name: "res.jsonl", rows: 12, hash: "b".repeat(64) },
  weights: { name: "m-res", hash: "c".repeat(64) },
  code: "0.1.0 (1a2b3c4d5e6f)",
};
const other = "d".repeat(64);

describe("sameMaterial", () => {
  it("lets a run go on from other places", () => {
    const moved = {
      train: { ...WAS.train, name: "copy.jsonl" },
      test: { ...WAS.test, name: "copy.jsonl" },
      weights: { ...WAS.weights, name: "elsewhere" },
    };
    expect(() => sameMaterial(WAS, moved)).not.toThrow();
    expect(() => sameMaterial(WAS, { ...moved, weights: null })).not.toThrow();
  });

  it("names rows that became fewer, on both sides, in one sentence", () => {
    const now = {
      ...WAS,
      train: { name: "res.jsonl", rows: 9, hash: other },
      test: { name: "res.jsonl", rows: 3, hash: other },
    };
    expect(() => sameMaterial(WAS, now)).toThrow(
      "The run cannot go on, because since it began these changed: the rows to train on (res.jsonl: 36 rows, now 9); the rows to test on (res.jsonl: 12 rows, now 3).",
    );
  });

  it("names rows whose answers were replaced", () => {
    expect(() => sameMaterial(WAS, { ...WAS, train: { ...WAS.train, hash: other } })).toThrow(
      "the rows to train on (res.jsonl: 36 rows as before, but other content).",
    );
  });

  it("names the model", () => {
    expect(() => sameMaterial(WAS, { ...WAS, weights: { ...WAS.weights, hash: other } })).toThrow(
      "these changed: the model (m-res: SHA-256 cccccccccccc…, now dddddddddddd…).",
    );
  });
});

describe("startNotes", () => {
  const rows = (...prompts: string[]) => prompts.map((prompt) => ({ prompt }));
  it("tells of test questions that are studied, too", () => {
    expect(startNotes(rows("a", "b"), rows("c"))).toEqual([]);
    const [note] = startNotes(rows("a", "b", "c"), rows("c", "a", "d"));
    expect(note.code).toBe("test-in-pool");
    expect(note.text).toMatch(/^2 of 3 test questions are in the pool, too/);
    expect(startNotes(rows("a"), rows("a"))[0].text).toMatch(/^1 of 1 test questions is in the pool/);
  });
});

describe("resumeNotes", () => {
  const codes = (...args: Parameters<typeof resumeNotes>) => resumeNotes(...args).map(({ code }) => code);

  it("are none where all is as it was", () => {
    expect(codes(WAS, WAS.code, false)).toEqual([]);
  });

  it("say that the lab or the reward function is another one, or that nothing could be checked", () => {
    expect(codes(WAS, "0.2.0", true)).toEqual(["reward-mended", "code-changed"]);
    expect(codes(null, "0.2.0", false)).toEqual(["identity-unknown"]);
  });
});
