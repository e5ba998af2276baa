// A person's reward function: what a port says, and what it never says, each end in one sentence. The program that
// runs inside is tried for real in a browser by the journeys; here it runs in a bare scope.
import { readFileSync } from "node:fs";
import { runInNewContext } from "node:vm";
import { describe, expect, it } from "vitest";
import { resolveConfig } from "../config/schema";
import { FunctionGrader, type RewardPort } from "./graders";

const config = (code: string) => ({
  ...resolveConfig({}).trainer.reward,
  kind: "function" as const,
  code,
  timeoutMs: 30,
});
const PROGRAM = readFileSync("public/reward-worker.js", "utf8");
const item = { text: "4", answer: "4", prompt: "2+2" };

/** The reward worker's program in a scope of its own; `silent` never answers. */
function port(silent = false): RewardPort {
  let gone = false;
  const made: RewardPort = {
    onmessage: null,
    onerror: null,
    postMessage: (data) => {
      if (silent) return;
      (scope.onmessage as (event: unknown) => void)({ data });
    },
    terminate: () => (gone = true),
  };
  const scope: Record<string, unknown> = {
    fetch: () => "reached outside",
    postMessage: (data: never) => queueMicrotask(() => !gone && made.onmessage?.({ data } as never)),
  };
  scope.self = scope;
  runInNewContext(PROGRAM, scope);
  return made;
}

describe("FunctionGrader", () => {
  it("grades with the function", async () => {
    const grader = new FunctionGrader(config("return text === answer ? 1 : 0.25;"), () => port());
    expect(await grader.grade([item, { ...item, text: "5" }])).toEqual([1, 0.25]);
  });

  it("grades many answers in order", async () => {
    const grader = new FunctionGrader(config("return Number(text) / 100;"), () => port());
    const items = Array.from({ length: 40 }, (_, i) => ({ ...item, text: String(i) }));
    expect(await grader.grade(items)).toEqual(items.map((_, i) => i / 100));
  });

  it.each([
    ["return NaN;", "returned NaN"],
    ["return 2;", "returned 2"],
    ["return 'good';", "returned string"],
    ["throw new Error('oh');", "threw Error: oh"],
    ["return text.a.b;", "threw TypeError"],
    ["return fetch('x') ? 1 : 0;", "threw TypeError"],
  ])("refuses %s with one sentence", async (code, sentence) => {
    const grader = new FunctionGrader(config(code), () => port());
    await expect(grader.grade([item])).rejects.toMatchObject({
      code: "reward",
      message: expect.stringContaining(sentence),
    });
  });

  it("says what cannot be read", async () => {
    const grader = new FunctionGrader(config("return ("), () => port());
    await expect(grader.grade([item])).rejects.toThrow("cannot be read");
  });

  it("ends a function that does not", async () => {
    let ended = false;
    const grader = new FunctionGrader(config("while (true) {}"), () => ({
      ...port(true),
      terminate: () => (ended = true),
    }));
    await expect(grader.grade([item])).rejects.toThrow("took longer than 30 ms for 1 answers and was ended");
    expect(ended).toBe(true);
  });
});
