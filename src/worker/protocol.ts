// The messages between page and worker: types and nothing else. Commands are named by imperatives, events by past
// participles. Model, GPU and training belong to the worker; the page has none of them.
import type { PathFile } from "../data/files";
import type { StoredModel } from "../data/library/models";
import type { LabErrorCode } from "../lib/errors";
import type { Progress, RunEvent } from "../lib/events";
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

/** A `config` is what a person wrote, unresolved: the worker resolves it once, before anything reads it. */
export type Command =
  /** Loads the model named by the config without running. */
  | { type: "model.prepare"; requestId: string; config: unknown }
  /** Starts a run, or goes on from its stored checkpoint. */
  | { type: "run.start"; requestId: string; runId: string; config: unknown; resume: boolean }
  | { type: "run.pause" }
  | { type: "run.resume" }
  /** While paused: one training step, or one whole round. */
  | { type: "run.step"; unit: "step" | "round" }
  /** Times the next training step of the run under way by kernel; a paused run takes one. Answers `run.profiled`. */
  | { type: "run.profile"; requestId: string; runId: string }
  /**
   * Finish the step, checkpoint, `run.finished` with status stopped. While the run loads: `run.start` fails with code
   * stopped, and nothing of the run is stored or changed.
   */
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
  /** PEFT folder, merged model, adapter for llama.cpp or checkpoint of a stored run, as files. */
  | { type: "run.export"; requestId: string; runId: string; what: ExportKind | "checkpoint" }
  /** Puts a checkpoint file back (headless resume, restore from disk). */
  | { type: "run.import"; requestId: string; runId: string; files: { name: string; bytes: ArrayBuffer }[] }
  /** What the config's model needs, in bytes of download and of GPU memory; nothing is fetched but headers. */
  | { type: "memory.plan"; requestId: string; config: unknown }
  | { type: "models.list"; requestId: string }
  /** Brings a hub model into the library, or goes on with it. Told by `model.progress`. */
  | { type: "model.download"; requestId: string; source: string; revision: string | null }
  /** Ends the download; what has come is kept. */
  | { type: "download.stop" }
  /** Files from disk into the library: everything or nothing. */
  | { type: "model.import"; requestId: string; files: PathFile[] }
  | { type: "model.delete"; requestId: string; modelId: string }
  /** PEFT's two files into the library, checked against the config's model. */
  | { type: "adapter.import"; requestId: string; config: unknown; files: PathFile[] }
  /** An adapter of the library: as PEFT's files, worked into the config's model, or as GGUF. */
  | {
      type: "adapter.export";
      requestId: string;
      adapterId: string;
      config: unknown;
      what: ExportKind;
    }
  /** The next turn of a conversation. Told piece by piece by `chat.tokens`. */
  | {
      type: "chat.answer";
      requestId: string;
      config: unknown;
      /** Of the library; null = the base model. */
      adapterId: string | null;
      messages: ChatTurn[];
      maxNewTokens: number;
      temperature: number;
      topP: number;
      seed: number;
    }
  /** Ends the answer that is being written; what has come is the answer. */
  | { type: "chat.stop" }
  /** Test hook and honest demo: destroys the device as a crash would. */
  | { type: "device.lose" };

/** PEFT's files; the whole model with the adapter worked in; one GGUF file for llama.cpp. */
export type ExportKind = "adapter" | "merged" | "gguf";

export interface ChatTurn {
  role: "user" | "assistant";
  content: string;
}

/** A model before it is loaded: its price, and whether it fits. */
export interface PlannedModel {
  name: string;
  /** The commit on the hub. */
  revision: string | null;
  parameters: number;
  memory: MemoryReport;
  limitBytes: number;
  fits: boolean;
  advice: string;
  /** Each alone would make it fit; null where it would not. */
  rank: number | null;
  tokens: number | null;
  samples: number | null;
  weights: "int8" | "int4" | null;
  /** null = nothing to download. */
  download: {
    files: { name: string; bytes: number }[];
    totalBytes: number;
    hereBytes: number;
    /** null = the browser does not say. */
    freeBytes: number | null;
  } | null;
}

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
      phase: "fetch" | "upload" | "pipelines" | "merge";
      done: number;
      total: number;
      unit: string;
    }
  /** The adapter's ceiling: multiply-adds a second in registers, measured when it first loaded a model. */
  | { type: "device.measured"; multiplyAddsPerSecond: number }
  | { type: "model.ready"; requestId: string; name: string; parameters: number; memory: MemoryReport }
  /** New records of the log, in order; at most ten messages a second. */
  | { type: "run.events"; runId: string; first: number; events: RunEvent[] }
  /** Transient: where the run is. */
  | (Progress & {
      type: "run.progress";
      runId: string;
      state: "running" | "paused" | "stopping";
      gpuBytes: number;
      /** Created buffers by purpose, bytes. */
      created: MemoryReport;
      /** Over the last seconds; null while nothing runs. */
      multiplyAddsPerSecond: number | null;
    })
  | { type: "run.profiled"; requestId: string; runId: string; profile: StepProfile }
  | { type: "text.generated"; requestId: string; answers: GeneratedText[]; notes: readonly string[] }
  | { type: "run.exported"; requestId: string; files: { name: string; blob: Blob }[] }
  | ({ type: "memory.planned"; requestId: string } & PlannedModel)
  /** The library as it is now; answers what changes it, too. */
  | {
      type: "models.listed";
      requestId: string;
      models: StoredModel[];
      freeBytes: number | null;
      modelId: string | null;
    }
  | { type: "adapter.stored"; requestId: string; adapterId: string; notes: readonly string[] }
  /** All tokens of the answer so far. */
  | { type: "chat.tokens"; requestId: string; answer: GeneratedText }
  | { type: "chat.answered"; requestId: string; answer: GeneratedText; tookMs: number }
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
