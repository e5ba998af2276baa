// The command's progress line says what the page's status does, in the page's words.
import { expect, it } from "vitest";
import { phaseWords, roundWords } from "../src/log/progress";
import { Progress, loadingText, progressText } from "./lab-progress";

const RUNNING = {
  ...{ type: "run.progress", runId: "r", state: "running", phase: "score", round: 1, rounds: 5 },
  ...{ step: 0, steps: 40, done: 412, total: 2000, leftMs: [95_000, 190_000], tokensPerSecond: 1234.4 },
  ...{ gpuBytes: 0, multiplyAddsPerSecond: null },
  created: { weights: 0, adapter: 0, moments: 0, activations: 0, scratch: 0, cache: 0 },
} satisfies Parameters<typeof progressText>[0];

it("gives round, phase, steps, rate and the time left", () => {
  const page = [roundWords(1, 5), phaseWords("score", RUNNING)].join(" · ");
  expect(progressText(RUNNING)).toBe(`${page} · 0 of 40 steps · 1,234 tokens/s · 90 s to 3 min left`);
});

it("says that the run rests, and leaves out what a scoring has not", () => {
  const bare = {
    ...RUNNING,
    state: "paused",
    rounds: 0,
    steps: 0,
    leftMs: null,
    tokensPerSecond: null,
  } as const;
  expect(progressText(bare)).toBe("paused · scoring 412 of 2,000 questions");
});

it("names what is loaded", () => {
  const loading = {
    type: "model.progress",
    phase: "upload",
    done: 1.1e6,
    total: 2.2e6,
    unit: "bytes",
  } as const;
  expect(loadingText(loading)).toBe("Copying to the GPU: 1.1 MB of 2.2 MB, 50 %");
});

it("keeps one line on a terminal, and notes above it", () => {
  let written = "";
  const progress = new Progress({ terminal: true, write: (text) => (written += text) });
  progress.run(RUNNING);
  progress.note("round 1: 64 picked, 64 new");
  expect(written.endsWith(`round 1: 64 picked, 64 new\n${progressText(RUNNING)}`)).toBe(true);
});
