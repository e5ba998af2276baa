// Test helper: a whole run on the fake engine, with its log, its checkpoints and ways to interrupt it.
import { resolveConfig, type ConfigInput } from "../../config/schema";
import type { TextTokenizer } from "../../data/tokenizer";
import type { RunEvent, RunIdentity } from "../../lib/events";
import type { RunContext } from "../context";
import { RunControl } from "../control";
import { textGrader } from "../grader";
import { runLoop, type RunOutcome } from "../loop";
import { tokenizePool, type Row } from "../samples";
import { FAKE_CONFIG, FakeEngine } from "./fakeEngine";

/** One token a character; 2 ends an answer. */
export const fakeTokenizer: TextTokenizer = {
  encode: (text) => [...text].map((c) => 3 + (c.charCodeAt(0) % 100)),
  decode: (ids) => Array.from(ids, (id) => String.fromCharCode(97 + (id % 26))).join(""),
  chat: (prompt) => String(prompt),
  chatIds: (prompt) => fakeTokenizer.encode(String(prompt)),
  sftIds: (prompt, answer) => {
    const before = fakeTokenizer.chatIds(prompt);
    return { ids: [...before, ...fakeTokenizer.encode(answer), 2, 9], promptLength: before.length };
  },
  idToText: (id) => `<${id}>`,
  hasChatTemplate: true,
  eosIds: [2],
  vocabSize: 128,
};

export function fakeRows(count: number): Row[] {
  return Array.from({ length: count }, (_, i) => ({
    sampleId: `s-${i}`,
    prompt: `q${i}`,
    answer: "ab".slice(0, 1 + (i % 2)),
    difficulty: i % 3,
  }));
}

export const FAKE_IDENTITY: RunIdentity = {
  train: { name: "pool", rows: 20, hash: "aa" },
  test: { name: "pool", rows: 7, hash: "bb" },
  weights: { name: "fake", hash: "cc" },
  code: "0.0.0",
};

export interface FakeRun {
  engine: FakeEngine;
  events: RunEvent[];
  checkpoints: { bytes: Uint8Array; eventCount: number; round: number; step: number }[];
  control: RunControl;
  outcome: Promise<RunOutcome>;
}

export interface FakeOptions {
  /** Called after each event, to interfere. */
  onEvent?: (event: RunEvent, run: FakeRun) => void;
  /** Called at each progress report, to interfere in the midst of a phase. */
  onProgress?: (count: number, run: FakeRun) => void;
  onSave?: (count: number) => void;
  engine?: FakeEngine;
  /** Records that the run's log begins with, or goes on with. */
  notes?: RunContext["notes"];
  /** Go on from here, with the log cut as the worker does. */
  from?: { checkpoint: Uint8Array; events: RunEvent[] };
}

export function fakeRun(input: ConfigInput, options: FakeOptions = {}): FakeRun {
  const config = resolveConfig(input);
  const engine = options.engine ?? new FakeEngine();
  let time = 0;
  let progressCount = 0;
  const run = {
    engine,
    events: [...(options.from?.events ?? [])],
    checkpoints: [],
    control: new RunControl(),
  } as unknown as FakeRun;
  const context: RunContext = {
    runId: "r1",
    name: "test",
    poolName: "pool",
    config,
    environment: { browser: "none" },
    identity: FAKE_IDENTITY,
    notes: options.notes,
    engine,
    tokenizer: fakeTokenizer,
    train: tokenizePool(fakeRows(20), fakeTokenizer, FAKE_CONFIG.eosTokenIds, 60),
    test: tokenizePool(fakeRows(7), fakeTokenizer, FAKE_CONFIG.eosTokenIds, 60),
    grader: textGrader(config.trainer.reward),
    control: run.control,
    loadMs: 5,
    now: () => (time += 1),
    emit: (event) => {
      run.events.push(JSON.parse(JSON.stringify(event)) as RunEvent);
      options.onEvent?.(event, run);
    },
    save: async (bytes, point) => {
      options.onSave?.(run.checkpoints.length);
      run.checkpoints.push({ bytes, ...point });
    },
    progress: () => options.onProgress?.(progressCount++, run),
  };
  run.outcome = runLoop(context, options.from?.checkpoint ?? null);
  return run;
}
