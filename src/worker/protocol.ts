// Messages between page and worker: types and nothing else. Commands are imperative, events are past.
// The worker owns model, GPU and training; the page owns none of them.
import type { LabErrorCode } from "../lib/errors";
import type { Phase, RunEvent } from "../lib/events";
import type { MemoryReport } from "../lib/memory";
import type { StepProfile } from "../lib/profile";

export interface DeviceReport {
  adapter: string;
  features: string[];
  maxBufferBytes: number;
  software: boolean;
}

/** GPU buffers by purpose, and the arithmetic given to the GPU since it was opened. */
export interface Spending {
  created: MemoryReport;
  multiplyAdds: number;
}

export type Command =
  /** Loads the model named by the config without running. */
  | { type: "model.prepare"; requestId: string; config: unknown }
  /** Starts a run, or goes on from its stored checkpoint. `config` is unresolved user input. */
  | { type: "run.start"; requestId: string; runId: string; config: unknown; resume: boolean }
  | { type: "run.pause" }
  | { type: "run.resume" }
  /** While paused: one training step, or one whole round. */
  | { type: "run.step"; unit: "step" | "round" }
  /** Times the next training step of the run under way by kernel; a paused run takes one. Answers `run.profiled`. */
  | { type: "run.profile"; requestId: string; runId: string }
  /** Finish the step, checkpoint, `run.finished` with status stopped. */
  | { type: "run.stop" }
  /** Scores the pool once. Answers `run.events` with pool.loaded and pool.scored. */
  | { type: "pool.score"; requestId: string; runId: string; config: unknown }
  | {
      type: "text.generate";
      requestId: string;
      /** Adapter of this stored run, or null for the base model. */
      runId: string | null;
      config: unknown;
      prompts: string[];
      maxNewTokens: number;
      temperature: number;
      topP: number;
      seed: number;
    }
  /** PEFT folder, merged model or checkpoint of a stored run, as files. */
  | { type: "run.export"; requestId: string; runId: string; what: "adapter" | "checkpoint" | "merged" }
  /** Puts a checkpoint file back (headless resume, restore from disk). */
  | { type: "run.import"; requestId: string; runId: string; files: { name: string; bytes: ArrayBuffer }[] }
  | { type: "memory.plan"; requestId: string; config: unknown }
  /** Test hook and honest demo: destroys the device as a crash would. */
  | { type: "device.lose" };

export interface GeneratedText {
  prompt: string;
  text: string;
  tokens: string[];
  tokenIds: number[];
  /** Nats, one a token. */
  logprob: number[];
  entropy: number[];
}

export type WorkerEvent =
  | { type: "worker.ready"; device: DeviceReport | null; reason: string | null }
  | {
      type: "model.progress";
      phase: "fetch" | "upload" | "pipelines";
      done: number;
      total: number;
      unit: string;
    }
  /** The adapter's ceiling: multiply-adds a second in registers, measured when it first loaded a model. */
  | { type: "device.measured"; multiplyAddsPerSecond: number }
  | { type: "model.ready"; requestId: string; name: string; parameters: number; memory: MemoryReport }
  /** New records of the log, in order; at most ten messages a second. */
  | { type: "run.events"; runId: string; first: number; events: RunEvent[] }
  /** Transient: where the run is. `left` is null until it can be estimated, else [low, high] in ms. */
  | {
      type: "run.progress";
      runId: string;
      state: "running" | "paused" | "stopping";
      phase: Phase;
      round: number;
      rounds: number;
      step: number;
      steps: number;
      done: number;
      total: number;
      leftMs: [number, number] | null;
      tokensPerSecond: number | null;
      gpuBytes: number;
      /** Created buffers by purpose, bytes. */
      created: MemoryReport;
      /** Over the last seconds; null while nothing runs. */
      multiplyAddsPerSecond: number | null;
    }
  | { type: "run.profiled"; requestId: string; runId: string; profile: StepProfile }
  | { type: "text.generated"; requestId: string; answers: GeneratedText[] }
  | { type: "run.exported"; requestId: string; files: { name: string; bytes: ArrayBuffer }[] }
  | {
      type: "memory.planned";
      requestId: string;
      memory: MemoryReport;
      limitBytes: number;
      fits: boolean;
      advice: string;
    }
  | { type: "request.done"; requestId: string }
  | {
      type: "failed";
      requestId: string | null;
      runId: string | null;
      code: LabErrorCode;
      message: string;
      hint: string;
      facts: Record<string, string | number | boolean>;
    };
