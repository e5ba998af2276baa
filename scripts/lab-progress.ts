// One line that shows the progress of a run: rewritten in place on a terminal, printed now and then elsewhere.
import type { RunEvent } from "../src/lib/events";
import type { WorkerEvent } from "../src/worker/protocol";

type Running = Extract<WorkerEvent, { type: "run.progress" }>;
type Loading = Extract<WorkerEvent, { type: "model.progress" }>;

/** Seconds between lines where there is no terminal. */
const QUIET_S = 15;

const time = (ms: number) => {
  const s = Math.max(0, Math.round(ms / 1000));
  return s < 90 ? `${s} s` : `${Math.round(s / 60)} min`;
};

/** "about 2 min left", or "2 to 3 min left". */
export function leftText(leftMs: Running["leftMs"] | undefined): string {
  if (!leftMs) return "";
  const [low, high] = leftMs.map(time);
  return low === high ? `about ${low} left` : `${low} to ${high} left`;
}

/** The line for a `run.progress` of the worker. */
export function progressText({
  state,
  phase,
  round,
  rounds,
  step,
  steps,
  done,
  total,
  tokensPerSecond,
  leftMs,
}: Running): string {
  const parts = [
    state === "running" ? null : state,
    rounds > 0 ? `round ${round}/${rounds}` : null,
    total > 0 ? `${phase} ${done}/${total}` : phase,
    steps > 0 ? `step ${step}/${steps}` : null,
    tokensPerSecond ? `${Math.round(tokensPerSecond).toLocaleString("en")} tokens/s` : null,
    leftText(leftMs) || null,
  ];
  return parts.filter(Boolean).join(" · ");
}

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

  model({ phase, done, total, unit }: Loading): void {
    const share = total > 0 ? ` ${Math.round((100 * done) / total)} %` : "";
    this.#line(`model: ${phase}${share} (${done.toLocaleString("en")} ${unit})`);
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
