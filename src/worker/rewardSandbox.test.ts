// Reward functions that misbehave in every way we could think of: each ends with one clause, in time and in memory.
import { describe, expect, it } from "vitest";
import { RewardSandbox, type RewardOutcome } from "./rewardSandbox";

const items = ["4", "5"].map((text) => ({ text, answer: "4", prompt: "2+2" }));
const limits = { timeMs: 400, memoryBytes: 32e6 };
/** Where memory must be what ends it, on however slow a machine. */
const PATIENT = 60_000;

async function run(code: string, timeMs = limits.timeMs): Promise<RewardOutcome> {
  const sandbox = await RewardSandbox.open(code, { ...limits, timeMs });
  return typeof sandbox === "string" ? { error: sandbox } : sandbox.grade(items);
}

describe("a reward function", () => {
  it.each([
    ["return text === answer ? 1 : 0.25;", [1, 0.25]],
    ["return JSON.parse(text) / 10;", [0.4, 0.5]],
    ["return /^\\d$/u.test(text) && prompt.includes('+') ? 1 : 0;", [1, 1]],
    ["let n = 0; for (let i = 0; i < 1e4; i++) n += i % 2; return n / 1e4;", [0.5, 0.5]],
    // What is no number in [0, 1] is refused by the grader, which is told what it was.
    ["return NaN;", [NaN, NaN]],
    ["return 7;", [7, 7]],
    ["return 'good';", ["string", "string"]],
    ["return { then() {} };", ["a promise", "a promise"]],
    ["return new Promise(() => {});", ["a promise", "a promise"]],
    ["Object.prototype.then = () => 1; return 1;", [1, 1]],
  ])("grades with %s", async (code, rewards) => {
    expect(await run(code)).toEqual({ rewards });
  });

  it.each([
    ["while (true) {}", "took longer than 400 ms for 2 answers and was ended"],
    ["for (;;) { try { const f = () => f(); f(); } catch {} }", "took longer than 400 ms"],
    ["return /^(a+)+$/.test('a'.repeat(40) + '!') ? 1 : 0;", "took longer than 400 ms"],
    ["const a = []; for (;;) a.push(new Uint8Array(1e6).fill(1));", "needed more than 32 MB of memory"],
    ["return 'x'.repeat(2 ** 29).length;", "needed more than 32 MB of memory"],
    ["return new Array(1e9).fill(0).length;", "needed more than 32 MB of memory"],
    ["const f = () => f() + 1; return f();", "threw InternalError: stack overflow"],
    ["throw new Error('oh');", "threw Error: oh"],
    ["throw 5;", "threw 5"],
    ["return text.a.b;", "threw TypeError"],
    ["return (", "cannot be read: SyntaxError"],
    ["return fetch('x');", "threw ReferenceError: 'fetch' is not defined"],
    ["importScripts('x');", "threw ReferenceError: 'importScripts' is not defined"],
    ["postMessage({ rewards: [1, 1] });", "threw ReferenceError: 'postMessage' is not defined"],
    ["return constructor.constructor('return self')();", "threw ReferenceError: 'self' is not defined"],
    ["return Date.now() % 2;", "threw ReferenceError: 'Date' is not defined"],
    ["return Math.random();", "threw Error: Math.random is not there"],
  ])("ends %s", async (code, clause) => {
    const outcome = await run(code, clause.includes("memory") ? PATIENT : undefined);
    expect(outcome).toEqual({ error: expect.stringContaining(clause) as string });
  });

  it("never takes more memory than it is allowed, however it asks for it", async () => {
    const grow = [
      "const a = []; for (;;) a.push(new Uint8Array(1e6).fill(1));",
      "const a = []; for (;;) a.push(new Array(1e4).fill(1.5));",
      "let s = 'x'; const a = []; for (;;) a.push((s += 'y'.repeat(1e5)));",
      "const a = []; for (;;) { try { a.push({ a: [a.length] }, new ArrayBuffer(1e5)); } catch {} }",
    ];
    const before = process.memoryUsage().rss;
    for (const code of grow) expect(await run(code)).toHaveProperty("error");
    // Four interpreters of 48 MB and what Node itself takes; without an end this would be gigabytes.
    expect(process.memoryUsage().rss - before).toBeLessThan(600e6);
  });

  it("goes on after an error", async () => {
    const sandbox = await RewardSandbox.open("if (text === 'bad') throw new Error('x'); return 1;", limits);
    if (typeof sandbox === "string") throw new Error(sandbox);
    expect(sandbox.grade([{ text: "bad", answer: "", prompt: "" }])).toHaveProperty("error");
    expect(sandbox.grade(items)).toEqual({ rewards: [1, 1] });
    sandbox.dispose();
  });
});
