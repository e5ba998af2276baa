// The grader a config asks for. A reward written by a person runs in a worker of its own: one that loops, throws or
// returns nonsense ends the run with a sentence and harms nothing else.
import type { RewardConfig } from "../config/schema";
import type { Graded } from "../curriculum/rewards";
import { LabError } from "../lib/errors";
import { checkReward, textGrader, type Grader } from "../train/grader";

/** @param root the page's root, where the reward worker's script lies */
export async function openGrader(config: RewardConfig, root: string): Promise<Grader> {
  if (config.kind !== "function") return textGrader(config);
  // A file of its own, not a blob: it is served with a policy that allows code from text and forbids the network.
  const start = () => new Worker(new URL("reward-worker.js", root), { name: "reward" }) as RewardPort;
  return new FunctionGrader(config, start);
}

/** As much of Worker as is needed. */
export interface RewardPort {
  postMessage(message: { code: string } | { items: readonly Graded[] }): void;
  onmessage: ((event: MessageEvent<{ rewards?: unknown[]; error?: string }>) => void) | null;
  onerror: ((event: ErrorEvent) => void) | null;
  terminate(): void;
}

/** Answers longer than this are cut before a function sees them. */
const MAX_TEXT = 20_000;
/** Answers in one message; they share the time limit. */
const BATCH = 16;

export class FunctionGrader implements Grader {
  #port: RewardPort | null = null;

  constructor(
    private readonly config: RewardConfig,
    private readonly start: () => RewardPort,
  ) {}

  async grade(items: readonly Graded[]): Promise<number[]> {
    const out: number[] = [];
    for (let from = 0; from < items.length; from += BATCH) {
      const part = items.slice(from, from + BATCH).map(({ text, answer, prompt }) => ({
        text: text.slice(0, MAX_TEXT),
        answer,
        prompt,
      }));
      out.push(...(await this.#ask(part)).map(checkReward));
    }
    return out;
  }

  #open(): RewardPort {
    if (this.#port) return this.#port;
    this.#port = this.start();
    this.#port.postMessage({ code: this.config.code });
    return this.#port;
  }

  #ask(items: readonly Graded[]): Promise<unknown[]> {
    const port = this.#open();
    const limitMs = this.config.timeoutMs;
    return new Promise((resolve, reject) => {
      const fail = (what: string, hint: string) => {
        clearTimeout(timer);
        this.dispose();
        reject(new LabError("reward", `The reward function ${what}.`, hint, { limitMs }));
      };
      const timer = setTimeout(
        () =>
          fail(
            `took longer than ${limitMs} ms for ${items.length} answers and was ended`,
            "Look for a loop that does not end, or raise the time limit.",
          ),
        limitMs,
      );
      port.onmessage = ({ data }) => {
        if (data.error !== undefined) return fail(data.error, "Correct the function and start again.");
        clearTimeout(timer);
        resolve(data.rewards ?? []);
      };
      // A worker that runs out of memory ends with an error, or not at all: then the timer does it.
      port.onerror = (event) => {
        event.preventDefault?.();
        fail(`stopped its worker (${event.message || "out of memory"})`, "Make it smaller and start again.");
      };
      port.postMessage({ items });
    });
  }

  dispose(): void {
    this.#port?.terminate();
    this.#port = null;
  }
}
