// One line that shows the progress of a run: rewritten in place on a terminal, printed now and then elsewhere.
import { count } from "../src/lib/format";
import type { RunEvent } from "../src/lib/events";
import { LOADING, leftWords, loadingWords, phaseWords, roundWords } from "../src/log/progress";
import type { WorkerEvent } from "../src/worker/protocol";

type Running = Extract<WorkerEvent, { type: "run.progress" }>;
type Loading = Extract<WorkerEvent, { type: "model.progress" }>;

/** Seconds between lines where there is no terminal. */
const QUIET_S = 15;

/** The line for a `run.progress` of the worker: the page's words, and the rate. */
export function progressText(now: Running): string {
  const { state, phase, round, rounds, step, steps, tokensPerSecond, leftMs } = now;
  const parts = [
    state === "running" ? "" : state,
    rounds > 0 ? roundWords(round, rounds) : "",
    phaseWords(phase, now),
    steps > 0 ? `${count(step)} of ${count(steps)} steps` : "",
    tokensPerSecond ? `${count(tokensPerSecond)} tokens/s` : "",
    leftWords(leftMs),
  ];
  return parts.filter(Boolean).join(" · ");
}

/** The line for a `model.progress` of the worker. */
export const loadingText = (now: Loading): string => `${LOADING[now.phase]}: ${loadingWords(now)}`;

export class Progress {
  #shown = "";
  #last = 0;
  readonly #terminal: boolean;
  readonly #write: (text: string) => void;

  constructor({
    terminal = process.stderr.isTTY,
    write = (text) => process.stderr.write(text),
  }: { terminal?: boolean; write?: (text: string) => void } = {}) {
    this.#terminal = Boolean(terminal);
    this.#write = write;
  }

  #line(text: string): void {
    if (this.#terminal) this.#write(`\r\u001b[2K${(this.#shown = text)}`);
    else if (Date.now() - this.#last > QUIET_S * 1000) {
      this.#last = Date.now();
      this.#write(`${text}\n`);
    }
  }

  /** A line that stays. */
  note(text: string): void {
    if (this.#terminal) this.#write(`\r\u001b[2K${text}\n${this.#shown}`);
    else this.#write(`${text}\n`);
  }

  run(progress: Running): void {
    this.#line(progressText(progress));
  }

  model(loading: Loading): void {
    this.#line(loadingText(loading));
  }

  /** Milestones of the log. */
  event(event: RunEvent): void {
    if (event.type === "evaluated")
      this.note(`step ${event.step}: ${event.metric} ${(100 * event.value).toFixed(1)} % of ${event.n}`);
    if (event.type === "round.selected")
      this.note(`round ${event.round}: ${event.picks.length} picked, ${event.new} new`);
    if (event.type === "step.finished" && event.skipped)
      this.note(`step ${event.step} was not finite and changed nothing`);
    if (event.type === "note") this.note(event.text);
  }

  end(): void {
    if (this.#terminal && this.#shown) this.#write("\r\u001b[2K");
    this.#shown = "";
  }
}
