// A player holds a run's records and a playhead, the one clock of all pictures; the view is the state of the run at
// the playhead. A recorded or stored run plays at a chosen speed. A live run stays at its newest record until the
// user moves the playhead back.
import type { RunEvent } from "../lib/events";
import { Outline } from "../log/outline";
import { applyEvent } from "../log/fold";
import { TaskQueue } from "./taskQueue";
import { emptyView, type RunView } from "../log/view";

export type PlayerKind = "recorded" | "stored" | "live";

/** The view and React are updated at most ten times a second. The playhead on the screen is a single CSS animation. */
const QUIET_MS = 100;
/** A tick that is later than this (hidden tab, sleeping machine) advances the playhead by no more. */
const LATE_MS = 400;
/** Without new records, listeners get the clock this often. */
const CLOCK_MS = 250;

export class Player {
  view: RunView = emptyView();
  outline = new Outline();
  readonly events: RunEvent[] = [];
  clockMs = 0;
  playing = false;
  /** Run milliseconds a wall millisecond. */
  speed = 1;
  /** A live run at its newest record. */
  following: boolean;
  complete = false;
  /** The user has used the playback controls, so nothing plays by itself any more. */
  touched = false;

  private cursor = 0;
  private ticking: ReturnType<typeof setTimeout> | null = null;
  private last = 0;
  private told = 0;
  private queued: ReturnType<typeof setTimeout> | null = null;
  private readonly telling = new TaskQueue();
  private readonly listeners = new Set<() => void>();
  private readonly movers = new Set<() => void>();

  /** `following` starts at, and stays at, the newest record. */
  constructor(
    readonly kind: PlayerKind,
    following = kind === "live",
  ) {
    this.following = following;
  }

  /**
   * Takes new records, in order; `first` is the index of the first. A run that goes on from a checkpoint writes some
   * indices again: what was there is replaced. A following player shows the news at once.
   */
  append(events: readonly RunEvent[], first = this.events.length): void {
    if (first < this.events.length) this.cut(first);
    for (const event of events) {
      this.events.push(event);
      this.outline.add(event);
    }
    if (this.following) this.clockMs = this.outline.endMs;
    this.catchUp();
    this.moved();
    this.tell();
  }

  /** All records are here. */
  close(): void {
    this.complete = true;
    this.tell();
  }

  play(): void {
    if (this.playing) return;
    if (this.complete && this.clockMs >= this.outline.endMs && this.kind !== "live")
      this.seek(this.openingMs());
    this.playing = true;
    this.last = performance.now();
    this.ticking = setTimeout(this.onTick, QUIET_MS);
    this.moved();
    this.tell();
  }

  pause(): void {
    this.touched = true;
    if (!this.playing) return;
    this.advance();
    this.halt();
    this.moved();
    this.tell();
  }

  setSpeed(speed: number): void {
    this.advance();
    this.speed = speed;
    this.moved();
    this.tell();
  }

  /** Moves the playhead; going back replays the log from its start, which is cheap. */
  seek(ms: number): void {
    const to = Math.max(0, Math.min(ms, this.outline.endMs));
    this.following = this.kind === "live" && to >= this.outline.endMs;
    if (to < this.clockMs) {
      this.view = emptyView();
      this.cursor = 0;
    }
    this.clockMs = to;
    this.last = performance.now();
    this.catchUp();
    this.moved();
    this.tell();
  }

  /** Forward to the next finished step or the next selection. */
  step(unit: "step" | "round"): void {
    this.pause();
    const marks = unit === "step" ? this.outline.stepMs : this.outline.roundMs;
    this.seek(marks.find((ms) => ms > this.clockMs) ?? this.outline.endMs);
  }

  /** Where an opening run starts to play: at its first selection, when there is something to see. */
  openingMs(): number {
    return this.outline.roundMs[0] ?? 0;
  }

  readonly subscribe = (listener: () => void): (() => void) => {
    this.listeners.add(listener);
    return () => this.listeners.delete(listener);
  };

  /** Calls back when the playhead jumps, starts, stops or changes its speed; in between it runs on evenly. */
  onMove(listener: () => void): () => void {
    this.movers.add(listener);
    return () => this.movers.delete(listener);
  }

  /** Stops timers; the player can be dropped afterwards. */
  dispose(): void {
    this.halt();
    if (this.queued !== null) clearTimeout(this.queued);
    this.telling.drop();
    this.listeners.clear();
    this.movers.clear();
  }

  private cut(count: number): void {
    this.events.length = count;
    this.outline = new Outline();
    for (const event of this.events) this.outline.add(event);
    this.clockMs = Math.min(this.clockMs, this.outline.endMs);
    this.view = emptyView();
    this.cursor = 0;
    this.complete = false;
    this.catchUp();
  }

  private halt(): void {
    this.playing = false;
    if (this.ticking !== null) clearTimeout(this.ticking);
    this.ticking = null;
  }

  /** Moves the clock on by the time since the last call. Where some of it does not count, the playhead jumps. */
  private advance(): void {
    const now = performance.now();
    const passed = now - this.last;
    this.last = now;
    if (!this.playing) return;
    this.clockMs = Math.min(this.clockMs + Math.min(LATE_MS, passed) * this.speed, this.outline.endMs);
    if (passed > LATE_MS) this.moved();
  }

  private readonly onTick = (): void => {
    if (!this.playing) return;
    this.advance();
    const before = this.cursor;
    this.catchUp();
    if (this.complete && this.clockMs >= this.outline.endMs) {
      this.halt();
      this.moved();
    } else this.ticking = setTimeout(this.onTick, QUIET_MS);
    if (this.cursor !== before || !this.playing || this.last - this.told >= CLOCK_MS) this.tell();
  };

  private moved(): void {
    for (const listener of this.movers) listener();
  }

  private catchUp(): void {
    while (this.cursor < this.events.length && this.events[this.cursor].atMs <= this.clockMs)
      applyEvent(this.view, this.events[this.cursor++]);
  }

  private tell(): void {
    if (this.queued !== null) return;
    const wait = Math.max(0, QUIET_MS - (performance.now() - this.told));
    this.queued = setTimeout(() => {
      this.queued = null;
      this.told = performance.now();
      this.telling.run(
        [...this.listeners].map((listener) => () => this.listeners.has(listener) && listener()),
      );
    }, wait);
  }
}
