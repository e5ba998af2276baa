// Creates the grader that a config asks for. A reward written by a user, function or pattern, runs in an
// interpreter in a worker of its own. If it loops, allocates without end, throws or returns nonsense, the run ends
// with an error message and nothing else is harmed.
import type { RewardConfig } from "../config/schema";
import { patternFor, type Graded } from "../curriculum/rewards";
import { LabError } from "../lib/errors";
import { checkReward, textGrader, type Grader } from "../train/grader";
import type { RewardAnswer, RewardRequest } from "./rewardWorker";

export async function openGrader(config: RewardConfig): Promise<Grader> {
  if (config.kind !== "function" && config.kind !== "regex") return textGrader(config);
  const grader = new FunctionGrader(
    config,
    () => new Worker(new URL("./rewardWorker.ts", import.meta.url), { type: "module", name: "reward" }),
  );
  try {
    await grader.start();
  } catch (thrown) {
    grader.dispose();
    throw thrown;
  }
  return grader;
}

/** As much of Worker as is needed. */
export interface RewardPort {
  postMessage(message: RewardRequest): void;
  onmessage: ((event: MessageEvent<RewardAnswer>) => void) | null;
  onerror: ((event: ErrorEvent) => void) | null;
  terminate(): void;
}

/** Answers longer than this are cut before a function sees them. */
const MAX_TEXT = 20_000;
/** Answers in one message; they share the time limit. */
const BATCH = 16;
/** A reward needs little; what needs more is a mistake. */
const MEMORY_BYTES = 64e6;
/** The interpreter ends a function by itself; a worker that is later than this is ended as a whole. */
const GRACE_MS = 5000;
/** For the interpreter to arrive and read the code. */
const START_MS = 30_000;

/** A `regex` reward as a function, whose answer is the pattern: the interpreter ends one that backtracks without end. */
const TEST_PATTERN = 'return new RegExp(answer, "u").test(text) ? 1 : 0;';

export class FunctionGrader implements Grader {
  #port: RewardPort | null = null;

  constructor(
    private readonly config: RewardConfig,
    private readonly open: () => RewardPort,
    private readonly graceMs = GRACE_MS,
  ) {}

  get #isPattern(): boolean {
    return this.config.kind === "regex";
  }

  /** Reads the code, so that what cannot be read is said before anything is trained. @throws LabError "reward" */
  async start(): Promise<void> {
    if (this.#port) return;
    this.#port = this.open();
    const { timeoutMs: timeMs } = this.config;
    const code = this.#isPattern ? TEST_PATTERN : this.config.code;
    await this.#ask({ code, limits: { timeMs, memoryBytes: MEMORY_BYTES } }, START_MS, "did not start");
  }

  async grade(items: readonly Graded[]): Promise<number[]> {
    await this.start();
    const out: number[] = [];
    for (let from = 0; from < items.length; from += BATCH) {
      const part = items.slice(from, from + BATCH).map(({ text, answer, prompt }) => ({
        text: text.slice(0, MAX_TEXT),
        answer: this.#isPattern ? patternFor(this.config, answer) : answer,
        prompt,
      }));
      const late = `took longer than ${this.config.timeoutMs} ms for ${part.length} answers and was ended`;
      const given = await this.#ask({ items: part }, this.config.timeoutMs + this.graceMs, late);
      out.push(...("rewards" in given ? given.rewards : []).map(checkReward));
    }
    return out;
  }

  #ask(request: RewardRequest, limitMs: number, late: string): Promise<RewardAnswer> {
    const port = this.#port!;
    return new Promise((resolve, reject) => {
      const fail = (what: string) => {
        clearTimeout(timer);
        this.dispose();
        const facts = { limitMs: this.config.timeoutMs };
        const subject = this.#isPattern ? "The reward's pattern" : "The reward function";
        reject(new LabError("reward", `${subject} ${what}.`, hintFor(what, this.#isPattern), facts));
      };
      const timer = setTimeout(() => fail(late), limitMs);
      port.onmessage = ({ data }) => {
        if ("error" in data) return fail(data.error);
        clearTimeout(timer);
        resolve(data);
      };
      port.onerror = (event) => {
        event.preventDefault?.();
        fail(`stopped its worker (${event.message || "no reason given"})`);
      };
      port.postMessage(request);
    });
  }

  dispose(): void {
    this.#port?.terminate();
    this.#port = null;
  }
}

function hintFor(what: string, isPattern: boolean): string {
  if (isPattern)
    return "Look for a repetition inside a repetition, such as (a+)+; mend the pattern and start again.";
  if (what.startsWith("took longer"))
    return "Look for a loop that does not end, or raise the time limit; then go on from the last checkpoint.";
  if (what.startsWith("needed more"))
    return "Look for a list or text that grows without end; then go on from the last checkpoint.";
  return "Correct the function and go on from the last checkpoint.";
}
