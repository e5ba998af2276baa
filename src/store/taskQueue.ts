// A queue of small pieces of work, each run in a browser task of its own: when one event makes ten pictures redraw, the
// page can still answer clicks between two of them, because they never add up to one long task.

export class TaskQueue {
  private queue: (() => void)[] = [];
  private readonly channel = new MessageChannel();
  private posted = false;

  constructor() {
    this.channel.port1.onmessage = (): void => {
      this.posted = false;
      // Posted after the work, so that the updates React schedules for it run before the next piece.
      try {
        this.queue.shift()?.();
      } finally {
        this.post();
      }
    };
  }

  /** Adds work at the end of the queue. */
  run(work: readonly (() => void)[]): void {
    this.queue.push(...work);
    this.post();
  }

  /** Drops the work that has not run yet, and closes the queue. */
  drop(): void {
    this.queue = [];
    this.channel.port1.close();
  }

  private post(): void {
    if (this.posted || this.queue.length === 0) return;
    this.posted = true;
    this.channel.port2.postMessage(null);
  }
}
