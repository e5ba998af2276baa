// A user's reward function behind the grader: what its worker says, and what it never says, each end in one sentence.
// The interpreter is the real one; only the worker around it is left out, which the journeys have.
import { describe, expect, it } from "vitest";
import { resolveConfig } from "../config/schema";
import { textReward } from "../curriculum/rewards";
import { FunctionGrader, type RewardPort } from "./graders";
import { RewardSandbox } from "./rewardSandbox";
import type { RewardAnswer } from "./rewardWorker";

const config = (code: string, timeoutMs = 20_000) => ({
  ...resolveConfig({}).trainer.reward,
  kind: "function" as const,
  code,
  timeoutMs,
});
const item = { text: "4", answer: "4", prompt: "2+2" };

/** The worker's end of the conversation without a worker. */
function port(): RewardPort & { ended: boolean } {
  let sandbox: RewardSandbox | null = null;
  const say = (data: RewardAnswer) => !made.ended && made.onmessage?.({ data } as MessageEvent<RewardAnswer>);
  const made: RewardPort & { ended: boolean } = {
    ended: false,
    onmessage: null,
    onerror: null,
    postMessage: (request) => {
      if ("items" in request) {
        if (sandbox) say(sandbox.grade(request.items));
        return;
      }
      void RewardSandbox.open(request.code, request.limits).then((opened) => {
        if (typeof opened === "string") return say({ error: opened });
        sandbox = opened;
        return say({ ready: true });
      });
    },
    terminate: () => (made.ended = true),
  };
  return made;
}

describe("FunctionGrader", () => {
  it("grades many answers in order", async () => {
    const grader = new FunctionGrader(config("return text === '7' ? 1 : Number(text) / 100;"), port);
    const items = Array.from({ length: 40 }, (_, i) => ({ ...item, text: String(i) }));
    expect(await grader.grade(items)).toEqual(items.map((_, i) => (i === 7 ? 1 : i / 100)));
  });

  it.each([
    ["return NaN;", "returned NaN where a number from 0 to 1 was expected"],
    ["return 7;", "returned 7 where"],
    ["return 'good';", "returned string where"],
    ["return Promise.resolve(1);", "returned a promise where"],
    ["throw new Error('oh');", "threw Error: oh."],
    ["return fetch('x') ? 1 : 0;", "'fetch' is not defined"],
    ["const a = []; for (;;) a.push(new Uint8Array(1e6).fill(1));", "needed more than 64 MB of memory"],
  ])("refuses %s with one sentence and ends the worker where it must", async (code, sentence) => {
    const grader = new FunctionGrader(config(code), port);
    await expect(grader.grade([item])).rejects.toMatchObject({
      code: "reward",
      message: expect.stringMatching(/^The reward function [^]*\.$/) as string,
    });
    await expect(grader.grade([item])).rejects.toThrow(sentence);
  });

  it("says what cannot be read before anything is graded", async () => {
    const opened = port();
    const grader = new FunctionGrader(config("return ("), () => opened);
    await expect(grader.start()).rejects.toThrow("The reward function cannot be read: SyntaxError");
    expect(opened.ended).toBe(true);
  });

  it("has the interpreter end a loop", async () => {
    const opened = port();
    const grader = new FunctionGrader(config("while (true) {}", 50), () => opened);
    await expect(grader.grade([item])).rejects.toThrow("took longer than 50 ms for 1 answers and was ended");
    expect(opened.ended).toBe(true);
  });

  it("ends a worker that never answers", async () => {
    const opened = port();
    const silent = {
      ...opened,
      postMessage: (request: Parameters<RewardPort["postMessage"]>[0]) => {
        if ("code" in request) silent.onmessage?.({ data: { ready: true } } as MessageEvent<RewardAnswer>);
      },
    } as RewardPort & { ended: boolean };
    silent.terminate = () => (silent.ended = true);
    const grader = new FunctionGrader(config("return 1;", 20), () => silent, 10);
    await expect(grader.grade([item])).rejects.toThrow("took longer than 20 ms for 1 answers");
    expect(silent.ended).toBe(true);
  });

  // What the interpreter makes of a pattern is what the lab's own grader makes of it.
  it.each([
    ["^{answer}!$", "a.b!", "a.b", 1],
    ["^{answer}!$", "axb!", "a.b", 0],
    ["^{answer}$", "x-1/2 [$&]", "so x-1/2 [$&]", 1],
    ["^[{answer}]+$", "b-a", "a-b", 1],
    ["^[{answer}]+$", "ab,", "a-b", 0],
    ["\\p{L}{3}", "äöü", "", 1],
    ["(?<=so )\\d+$", "so 7", "7", 1],
  ])("grades by the pattern %s: %s against %s", async (pattern, text, answer, reward) => {
    const own = { ...config(""), kind: "regex" as const, pattern };
    const grader = new FunctionGrader(own, port);
    expect(await grader.grade([{ text, answer, prompt: "" }])).toEqual([reward]);
    expect(textReward(own, { text, answer, prompt: "" })).toBe(reward);
  });

  it("ends a pattern that backtracks without end", async () => {
    const opened = port();
    const own = { ...config("", 50), kind: "regex" as const, pattern: "^(a+)+$" };
    const grader = new FunctionGrader(own, () => opened);
    const text = `${"a".repeat(40)}b`;
    await expect(grader.grade([{ text, answer: "", prompt: "" }])).rejects.toMatchObject({
      message: "The reward's pattern took longer than 50 ms for 1 answers and was ended.",
      hint: expect.stringContaining("(a+)+") as string,
    });
    expect(opened.ended).toBe(true);
  });

  it("tells of a worker that broke", async () => {
    const broken = {
      ...port(),
      postMessage: () => broken.onerror?.({ message: "boom" } as ErrorEvent),
    } as RewardPort;
    const grader = new FunctionGrader(config("return 1;"), () => broken);
    await expect(grader.grade([item])).rejects.toThrow("The reward function stopped its worker (boom).");
  });
});
