// The status line's messages: at most ten a second, the newest wins, a change of state at once.
import type { Progress } from "../train/context";
import type { RunControl } from "../train/control";
import type { WorkerEvent } from "./protocol";

const EVERY_MS = 100;

export class ProgressLine {
  #last: Progress | null = null;
  #state = "";
  #sentAt = -Infinity;
  #timer: ReturnType<typeof setTimeout> | null = null;

  constructor(
    private readonly runId: string,
    private readonly control: RunControl,
    private readonly gpuBytes: () => number,
    private readonly post: (event: WorkerEvent) => void,
    private readonly now: () => number = () => performance.now(),
  ) {}

  report(progress: Progress): void {
    // The end of a rest reports no new progress of its own.
    this.#last =
      progress.total === 0 && this.#last
        ? { ...progress, done: this.#last.done, total: this.#last.total }
        : progress;
    this.changed();
  }

  changed(): void {
    if (!this.#last) return;
    const wait = this.#sentAt + EVERY_MS - this.now();
    if (this.control.state !== this.#state || wait <= 0) return this.#send();
    this.#timer ??= setTimeout(() => this.#send(), wait);
  }

  #send(): void {
    if (this.#timer !== null) clearTimeout(this.#timer);
    this.#timer = null;
    this.#state = this.control.state;
    this.#sentAt = this.now();
    const { runId } = this;
    this.post({
      type: "run.progress",
      runId,
      state: this.control.state,
      gpuBytes: this.gpuBytes(),
      ...this.#last!,
    });
  }

  close(): void {
    if (this.#timer !== null) clearTimeout(this.#timer);
    this.#timer = null;
  }
}
