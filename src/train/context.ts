// What a run gets from outside (RunContext), and its clock, log, checkpoints and progress, which all phases share
// (RunTracker).
import type { ResolvedConfig } from "../config/schema";
import type { TextTokenizer } from "../data/tokenizer";
import type { Phase, Progress, RunEvent, RunIdentity, TokenCost } from "../lib/events";
import type { Engine } from "../model/engine";
import { stopped, type Gate, type RunControl } from "./control";
import { encodeCheckpoint } from "./checkpoint";
import { timeLeft, type Measured } from "./estimate";
import type { Grader } from "./grader";
import type { PoolSample } from "./samples";
import type { RunState } from "./state";
import { needsScores } from "../curriculum/rounds";

export interface RunContext {
  runId: string;
  name: string;
  poolName: string;
  config: ResolvedConfig;
  /** Versions, browser, adapter: part of the log. */
  environment: Record<string, string | number | boolean>;
  /** What the run is made of: part of the log and of every checkpoint. */
  identity?: RunIdentity;
  engine: Engine;
  tokenizer: TextTokenizer;
  train: readonly PoolSample[];
  test: readonly PoolSample[];
  grader: Grader;
  control: RunControl;
  /** Notes that the log gets when the run is resumed. */
  notes?: readonly { code: string; text: string }[];
  /** Time that loading the model and compiling its kernels took. */
  loadMs: number;
  /** A clock in ms. */
  now: () => number;
  emit: (event: RunEvent) => void;
  /** Stores a checkpoint; the events before `eventCount` are stored first. */
  save: (
    bytes: Uint8Array<ArrayBuffer>,
    point: { round: number; step: number; eventCount: number },
  ) => Promise<void>;
  progress: (progress: Progress) => void;
}

type EventBody = RunEvent extends infer E ? (E extends RunEvent ? Omit<E, "atMs"> : never) : never;

/** Clock, log, checkpoints and progress of a running run; every phase uses them. */
export class RunTracker {
  readonly measured: Measured = { scoreMs: [], stepMs: [], evaluateMs: [] };
  #since: number;
  #phase: Phase = "load";
  #resting = false;
  #boundary = "";
  #saved = "";

  constructor(
    readonly run: RunContext,
    public state: RunState,
  ) {
    this.#since = run.now();
    // While the run is paused, its clock and those of its phases stop.
    run.control.onRest = (resting) => {
      this.settle();
      this.#resting = resting;
      this.progress(0, 0);
    };
  }

  /** ms of the run so far, pauses left out. */
  elapsed(): number {
    return this.state.atMs + (this.#resting ? 0 : this.run.now() - this.#since);
  }

  /** Moves the time since the last call into the state. */
  settle(): void {
    const now = this.run.now();
    if (!this.#resting) this.state.atMs += now - this.#since;
    this.#since = now;
  }

  emit(body: EventBody): void {
    this.settle();
    this.run.emit({ atMs: Math.round(this.state.atMs), ...body } as RunEvent);
    this.state.eventCount++;
  }

  /** Logs that a phase begins. */
  begin(phase: Phase): void {
    this.#phase = phase;
    this.emit({ type: "phase.started", phase, round: this.state.round, step: this.state.step });
  }

  /** Runs a phase's work and adds its time to the phase; returns result and ms. */
  async timed<T>(phase: Phase, work: () => Promise<T>): Promise<{ result: T; elapsedMs: number }> {
    this.#phase = phase;
    this.settle();
    const from = this.state.atMs;
    const result = await work();
    this.settle();
    const elapsedMs = this.state.atMs - from;
    this.state.secondsMs[phase] += elapsedMs;
    return { result, elapsedMs };
  }

  spend(kind: keyof TokenCost, tokens: number): void {
    this.state.tokens[kind] += tokens;
  }

  /** Reports progress between two parts of a phase and waits while paused. @throws LabError "stopped" */
  between = async (done: number, total: number, tokens: number): Promise<void> => {
    this.progress(done, total, tokens);
    await this.gate("chunk");
  };

  /** Waits while paused, after storing a checkpoint. @throws LabError "stopped" */
  async gate(kind: Gate): Promise<void> {
    if (!(await this.run.control.gate(kind, () => this.save()))) throw stopped();
  }

  /**
   * Marks the current state as one that a run can be resumed from. Called between stages, when state and engine agree. A
   * stage may change the state at any time, but it changes the engine only at its very end, so a stop in the middle of a
   * stage loses no more than that stage.
   */
  mark(): void {
    this.settle();
    this.#boundary = JSON.stringify(this.state);
  }

  /** Stores the last marked state, unless it is stored already. */
  async save(): Promise<void> {
    const boundary = this.#boundary;
    if (boundary === this.#saved) return;
    const phase = this.#phase;
    await this.timed("save", async () => {
      const state = JSON.parse(boundary) as RunState;
      const bytes = encodeCheckpoint(state, await this.run.engine.readState(), this.run.identity);
      const { round, step, eventCount } = state;
      await this.run.save(bytes, { round, step, eventCount });
    });
    this.#phase = phase;
    this.#saved = boundary;
  }

  #rateFrom: { tokens: number; atMs: number } | null = null;

  progress(done: number, total: number, tokens: number | null = null): void {
    const { config } = this.run;
    const { state } = this;
    if (tokens !== null && (tokens === 0 || this.#rateFrom === null)) {
      this.#rateFrom = { tokens, atMs: this.elapsed() };
    }
    const passedMs = this.#rateFrom ? this.elapsed() - this.#rateFrom.atMs : 0;
    const rate =
      tokens !== null && passedMs > 0 ? ((tokens - this.#rateFrom!.tokens) * 1000) / passedMs : null;
    this.run.progress({
      phase: this.#phase,
      round: state.round,
      rounds: config.curriculum.rounds,
      step: state.step,
      steps: config.budget.steps ?? 0,
      done,
      total,
      leftMs: this.#left(total > 0 ? done / total : 0),
      tokensPerSecond: rate !== null && rate > 0 ? rate : null,
    });
  }

  /** @param share of the phase in progress that is done */
  #left(share: number): [number, number] | null {
    const { budget, curriculum, evaluation } = this.run.config;
    const { state } = this;
    if (budget.steps === null) return null;
    const roundsLeft = Math.max(0, curriculum.rounds - state.round);
    const scoring = this.#phase === "score" ? 1 - share : 0;
    const evaluating = this.#phase === "evaluate" ? 1 - share : 0;
    const steps = budget.steps - state.step;
    const due =
      evaluation.every === "never"
        ? 0
        : evaluation.every === "round"
          ? roundsLeft + (this.#phase === "evaluate" || state.round === 0 ? 0 : 1)
          : Math.ceil(steps / evaluation.every);
    return timeLeft(this.measured, {
      scorings: (needsScores(curriculum, 2) ? roundsLeft : 0) + scoring,
      steps,
      evaluations: due + evaluating,
    });
  }
}
