// The interface of the engine as the training loop sees it: packed batches in, numbers out. Implemented by
// model/gpuEngine.ts.
import type { MemoryReport } from "../lib/memory";
import type { AdapterState, DecoderConfig } from "../families/config";

export type { AdapterState };

/**
 * T token rows laid end to end; no padding, no batch axis. Row i attends to
 * `[prefixStart[i], prefixEnd[i]) ∪ [documentStart[i], i]`; key row j is seen by `(j, visibleEnd[j])`.
 */
export interface PackedBatch {
  tokens: Uint32Array;
  position: Uint32Array;
  documentStart: Uint32Array;
  prefixStart: Uint32Array;
  prefixEnd: Uint32Array;
  visibleEnd: Uint32Array;
}

/** Rows whose next-token distribution is wanted, and the token each one predicts. */
export interface HeadRows {
  /** Index of the hidden row (the row *before* the predicted token). u32[M] */
  rows: Uint32Array;
  /** u32[M] */
  targets: Uint32Array;
}

/** One a head row; nats unless the name says bits. */
export interface TokenStats {
  logprob: Float32Array;
  entropy: Float32Array;
  argmax: Uint32Array;
  /** Entropy of the 20 largest log-probabilities, renormalised, bits. Only when asked for. */
  top20Bits?: Float32Array;
}

/**
 * What is minimised, a row at a time (all f32[M]):
 * Σ nllWeight·(−logp) + Σ pgWeight·(−min(ratio·A, clip(ratio)·A) + beta·kl) − Σ entropyWeight·H,
 * ratio = exp(logp − old), kl = k3(ref, logp) [· ratio when klTimesRatio].
 * where p, H, old and ref are all those of logits / temperature.
 * SFT sets nllWeight = 1/targets; REINFORCE sets it to a signed advantage; GRPO uses the second sum.
 */
export interface Objective {
  nllWeight: Float32Array;
  policy?: {
    pgWeight: Float32Array;
    advantage: Float32Array;
    /** Log-probabilities at sampling time; null = the current ones (first update of a batch, ratio 1). */
    oldLogprob: Float32Array | null;
    refLogprob: Float32Array | null;
    epsilonLow: number;
    epsilonHigh: number;
    beta: number;
    klTimesRatio: boolean;
    /** Counts only where pgWeight is not 0; null = no bonus. */
    entropyWeight: Float32Array | null;
    /** Temperature at which the answers were drawn. */
    temperature: number;
  };
}

export interface TrainItem {
  batch: PackedBatch;
  head: HeadRows;
  objective: Objective;
}

/** torch.optim.AdamW with clipping by global norm first. */
export interface AdamWStep {
  learningRate: number;
  beta1: number;
  beta2: number;
  epsilon: number;
  weightDecay: number;
  /** 0 = no clipping. */
  clipNorm: number;
}

export interface StepReport {
  loss: number;
  /** Before clipping. */
  gradNorm: number;
  /** Loss or norm was not finite: adapter, moments and step count are unchanged. */
  skipped: boolean;
  /** Log-probabilities and entropies of every item's head rows, when asked for. */
  stats?: TokenStats[];
}

export interface GenerateRequest {
  /** Key of the random numbers: the same key gives the same draws, whatever else is in the batch. */
  key: number;
  prompt: Uint32Array;
  /** Answers to draw from this prompt; the prompt is computed once. Default 1. */
  rollouts?: number;
}

export interface GenerateOptions {
  maxNewTokens: number;
  /** 0 = greedy. */
  temperature: number;
  /** 1 = off. */
  topP: number;
  /** 0 = off. */
  topK: number;
  seed: number;
  /** End tokens: generation stops after one, which is kept. Empty = run to maxNewTokens. */
  stopTokens: readonly number[];
  /** Also compute top20Bits. */
  top20?: boolean;
  /** The first `sharedPrefix` tokens of all prompts are equal: computed once (only with rollouts = 1). */
  sharedPrefix?: number;
  /** All tokens of an unfinished answer so far, every few tokens; throw to abort. */
  onTokens?: (
    request: number,
    rollout: number,
    tokens: readonly number[],
    entropy: readonly number[],
  ) => void;
  /** Called as sequences finish; throw to abort (the error is rethrown). */
  onProgress?: (doneSequences: number, totalSequences: number, newTokens: number) => void;
}

/** One answer. Log-probability and entropy are of the raw distribution (before temperature and cuts), nats. */
export interface Generated {
  request: number;
  rollout: number;
  tokens: Uint32Array;
  logprob: Float32Array;
  entropy: Float32Array;
  top20Bits?: Float32Array;
  /** Ended by a stop token (else by maxNewTokens). */
  stopped: boolean;
}

/** The kinds of work an engine can be prepared for; each includes a forward pass. */
export interface KernelNeeds {
  train: boolean;
  decode: boolean;
  /** Entropy of the 20 likeliest tokens, when scoring. */
  top20: boolean;
}

/** The state of the engine that a run needs to be resumed with the same bits. */
export interface TrainState {
  adapter: AdapterState;
  firstMoment: AdapterState;
  secondMoment: AdapterState;
  /** What keepReference() kept; left out = nothing. */
  reference?: AdapterState;
  /** AdamW steps taken since the last optimiser reset. */
  optimizerStep: number;
  /** Kernel variants in use: another choice could change bits. */
  variants: Record<string, string>;
}

export interface Engine {
  readonly config: DecoderConfig;
  readonly adapterNames: readonly string[];
  /** Rows the engine takes in one batch; larger work must be cut by the caller. */
  readonly maxRows: number;

  /** lora_A uniform in ±1/√in from the seed, lora_B zero (PEFT's default), moments zero. */
  /** Compiles ahead, in one batch, the kernels that this kind of work needs; those already compiled cost nothing. */
  prepare(needs: KernelNeeds, onProgress?: (done: number, total: number) => void): Promise<void>;
  initAdapter(seed: number): void;
  resetOptimizer(): void;
  setAdapterEnabled(on: boolean): void;
  /** Keeps a copy of the adapter as it is now: the reference of a run's policy. Part of the state. */
  keepReference(): Promise<void>;
  /** Puts the reference in the adapter's place until called with false. Forward only. @throws LabError "internal" */
  setReference(on: boolean): Promise<void>;

  /** Forward only, of logits / temperature (default 1). Tokens cost = batch rows. */
  tokenStats(
    batch: PackedBatch,
    head: HeadRows,
    options?: { top20?: boolean; temperature?: number },
  ): Promise<TokenStats>;
  /** Full logits of a few rows, f32[M, V]. For conformance and the probe; refused above 64 MiB. */
  logits(batch: PackedBatch, rows: Uint32Array): Promise<Float32Array>;
  /** Hidden states after the final norm, f32[M, C]: features of a prompt, for a strategy's own linear head. */
  features(batch: PackedBatch, rows: Uint32Array): Promise<Float32Array>;
  /** Gradients of the summed objectives, no update. For conformance. */
  gradients(items: TrainItem[]): Promise<{ loss: number; gradients: AdapterState; stats: TokenStats[] }>;
  /** Forward, backward, clip, AdamW. */
  trainStep(items: TrainItem[], optimizer: AdamWStep, options?: { stats?: boolean }): Promise<StepReport>;
  generate(requests: GenerateRequest[], options: GenerateOptions): Promise<Generated[]>;

  readState(): Promise<TrainState>;
  /** @throws LabError "adapter" when names or shapes do not fit. */
  writeState(state: TrainState): void;
  /** W + scale·B·A of one adapted module, f32[out, in]. */
  merged(name: string): Promise<Float32Array>;

  memory(): { planned: MemoryReport; created: number };
  dispose(): void;
}
