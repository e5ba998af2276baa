// Runs pieces of work one after the other, each in a task of its own, so that ten pictures that redraw on the same
// news never add up to one long task.

export class Turns {
  private queue: (() => void)[] = [];
  private readonly channel = new MessageChannel();
  private posted = false;

  constructor() {
    this.channel.port1.onmessage = (): void => {
      this.posted = false;
      // The next is asked for afterwards: what React plans for this piece of work then comes before the next piece.
      try {
        this.queue.shift()?.();
      } finally {
        this.post();
      }
    };
  }

  /** Adds work behind what still waits. */
  run(work: readonly (() => void)[]): void {
    this.queue.push(...work);
    this.post();
  }

  /** Forgets what waits, and closes. */
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
