// Passes a run's log records on, in order: to the page in few messages and to storage in few writes.
import type { RunEvent } from "../lib/events";

export interface PumpTargets {
  /** Sends records `first`… of the log to the page. */
  post: (first: number, events: RunEvent[]) => void;
  /** Stores records `first`… of the log. */
  store: (first: number, events: RunEvent[]) => Promise<void>;
}

/** Ten messages a second. */
const PAGE_MS = 100;
const STORE_MS = 500;

export class EventPump {
  #toPage: RunEvent[] = [];
  #toStore: RunEvent[] = [];
  #posted: number;
  #stored: number;
  #pageTimer: ReturnType<typeof setTimeout> | null = null;
  #storeTimer: ReturnType<typeof setTimeout> | null = null;
  #lastPost = -Infinity;
  #writing: Promise<void> = Promise.resolve();
  #failure: unknown = null;

  /** @param first number of the next record of the log */
  constructor(
    private readonly targets: PumpTargets,
    first: number,
    private readonly now: () => number = () => performance.now(),
  ) {
    this.#posted = first;
    this.#stored = first;
  }

  emit(event: RunEvent): void {
    this.#toPage.push(event);
    this.#toStore.push(event);
    this.#pageTimer ??= setTimeout(() => this.#post(), Math.max(0, this.#lastPost + PAGE_MS - this.now()));
    this.#storeTimer ??= setTimeout(() => void this.#store(), STORE_MS);
  }

  #post(): void {
    if (this.#pageTimer !== null) clearTimeout(this.#pageTimer);
    this.#pageTimer = null;
    if (this.#toPage.length === 0) return;
    const events = this.#toPage;
    this.#toPage = [];
    this.targets.post(this.#posted, events);
    this.#posted += events.length;
    this.#lastPost = this.now();
  }

  #store(): Promise<void> {
    if (this.#storeTimer !== null) clearTimeout(this.#storeTimer);
    this.#storeTimer = null;
    const events = this.#toStore;
    if (events.length === 0) return this.#writing;
    this.#toStore = [];
    const first = this.#stored;
    this.#stored += events.length;
    this.#writing = this.#writing
      .then(() => (this.#failure === null ? this.targets.store(first, events) : undefined))
      .catch((thrown: unknown) => {
        // Told by the next flush: a timer has nobody to throw to.
        this.#failure ??= thrown;
      });
    return this.#writing;
  }

  /** Resolves when everything so far is stored. @throws what storing threw, also earlier */
  async flush(): Promise<void> {
    await this.#store();
    if (this.#failure !== null) throw this.#failure;
  }

  /** The page gets what is left at once; storage as far as it goes. */
  async close(): Promise<void> {
    this.#post();
    await this.#store();
  }
}
