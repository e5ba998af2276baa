// What all commands of one worker share: the engine, the storage, the run under way, and what keeps the engine to one
// piece of work at a time. What each command does lies in commands/.
import type { ResolvedConfig } from "../config/schema";
import { LabError } from "../lib/errors";
import { RunControl } from "../train/control";
import type { Archive } from "./archive";
import type { EngineHost, LoadedEngine } from "./engineHost";
import type { ExportedFile } from "./exportFiles";
import type { GivenFile } from "./exporting";
import type { Models } from "./models";
import { plannedMemory } from "./plan";
import { ProgressLine } from "./progressLine";
import type { WorkerEvent } from "./protocol";
import { loadData, type Pool } from "./sources";

/** A run, or a scoring, from its command to its end: Pause and Stop reach it from the first moment. */
export interface ActiveRun {
  readonly runId: string;
  readonly control: RunControl;
  readonly line: ProgressLine;
  /** Ends the loading of what it needs; null once that is loaded, and its loop asks `control` itself. */
  loading: AbortController | null;
}

export interface SessionOptions {
  /** The page's root, where `models/` and `pools/` lie. */
  root: string;
  host: EngineHost;
  models: Models;
  archive: Archive;
  post: (event: WorkerEvent) => void;
}

export class Session {
  /** null = nothing runs. */
  active: ActiveRun | null = null;
  /** The user has stopped the answer that is being written. */
  answerStopped = false;
  /** PEFT folders given with `run.import`, by run id: for generating only. */
  readonly importedAdapters = new Map<string, GivenFile[]>();
  /** What a person should know of those, by run id; known once they were put on a model. */
  readonly adapterNotes = new Map<string, readonly string[]>();
  /** What the engine is doing, in words; null = nothing. */
  #busy: string | null = null;

  #toldAtMs = -Infinity;

  constructor(readonly options: SessionOptions) {}

  get busy(): boolean {
    return this.#busy !== null;
  }

  /** Runs engine work alone. @throws LabError "config" when something else is under way */
  async work<T>(what: string, work: () => Promise<T>): Promise<T> {
    if (this.#busy !== null) {
      throw new LabError("config", `The engine is busy (${this.#busy}).`, "Stop or finish that first.");
    }
    this.#busy = what;
    try {
      return await work();
    } finally {
      this.#busy = null;
    }
  }

  /** As `work`, for what the user can pause and stop. */
  async run<T>(what: string, runId: string, work: (run: ActiveRun) => Promise<T>): Promise<T> {
    const { host, post } = this.options;
    return this.work(what, async () => {
      const control = new RunControl();
      const line = new ProgressLine(runId, control, () => host.spending(), post);
      const run: ActiveRun = { runId, control, line, loading: new AbortController() };
      this.active = run;
      try {
        return await work(run);
      } finally {
        line.close();
        this.active = null;
      }
    });
  }

  /** The engine for a config. @throws LabError "stopped" where `run` is given and was stopped on the way */
  async load(config: ResolvedConfig, run?: ActiveRun): Promise<LoadedEngine> {
    const { host, archive } = this.options;
    const signal = run?.loading?.signal;
    signal?.throwIfAborted();
    const loaded = await host.load(config, archive.db, { signal });
    signal?.throwIfAborted();
    return loaded;
  }

  /** The rows that a config names. @throws LabError "data", "network", "storage" */
  rows(config: ResolvedConfig): Promise<Pool> {
    return loadData(config, this.options.archive.db, this.options.root);
  }

  done(requestId: string): void {
    this.options.post({ type: "request.done", requestId });
  }

  modelReady(requestId: string, config: ResolvedConfig, { model }: LoadedEngine): void {
    const parameters = [...model.tensors.values()].reduce(
      (sum, { shape }) => sum + shape.reduce((product, side) => product * side, 1),
      0,
    );
    const memory = plannedMemory(config, model);
    this.options.post({ type: "model.ready", requestId, name: model.name, parameters, memory });
  }

  exported(requestId: string, files: ExportedFile[]): void {
    this.options.post({ type: "run.exported", requestId, files });
  }

  /** Tells how far the merging of an adapter is, at most ten times a second. */
  readonly merging = (done: number, total: number): void => {
    const now = performance.now();
    if (done < total && now - this.#toldAtMs < 100) return;
    this.#toldAtMs = now;
    this.options.post({ type: "model.progress", phase: "merge", done, total, unit: "bytes" });
  };
}
