// Sends progress to the page's status line: at most ten messages a second (the newest replaces older ones), and at
// once when the state changes. They include GPU memory and the speed of the last seconds.
import type { Progress } from "../lib/events";
import type { RunControl } from "../train/control";
import type { Spending, WorkerEvent } from "./protocol";
import { totalBytes } from "./plan";

const EVERY_MS = 100;
/** Arithmetic is counted as it is handed to the GPU, in lumps: a rate over less time than this would jump. */
const RATE_MS = 8000;
const LEAST_RATE_MS = 1500;

export class ProgressLine {
  #last: Progress | null = null;
  #state = "";
  #sentAt = -Infinity;
  #timer: ReturnType<typeof setTimeout> | null = null;
  #counts: { atMs: number; multiplyAdds: number }[] = [];

  constructor(
    private readonly runId: string,
    private readonly control: RunControl,
    private readonly spending: () => Spending,
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
    const { state } = this.control;
    const { created, multiplyAdds } = this.spending();
    this.post({
      type: "run.progress",
      runId,
      state,
      gpuBytes: totalBytes(created),
      created,
      multiplyAddsPerSecond: this.#rate(state === "paused", multiplyAdds),
      ...this.#last!,
    });
  }

  /** Multiply-adds a second over the last seconds; a pause begins anew. */
  #rate(paused: boolean, multiplyAdds: number): number | null {
    if (paused) {
      this.#counts = [];
      return null;
    }
    const now = this.now();
    this.#counts = this.#counts.filter(({ atMs }) => now - atMs <= RATE_MS);
    this.#counts.push({ atMs: now, multiplyAdds });
    const [first] = this.#counts;
    const passedMs = now - first.atMs;
    return passedMs < LEAST_RATE_MS ? null : ((multiplyAdds - first.multiplyAdds) * 1000) / passedMs;
  }

  close(): void {
    if (this.#timer !== null) clearTimeout(this.#timer);
    this.#timer = null;
  }
}
