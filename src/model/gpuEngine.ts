// The engine on WebGPU: uploads packed batches, records forward, head, backward and update, and reads a few bytes
// of results.
import { encodeAdamW } from "../gpu/kernels/adamw";
import { encodeGradNorm, gradNormPartials } from "../gpu/kernels/gradNorm";
import { NO_POLICY, type PolicySettings } from "../gpu/kernels/policyGradient";
import { encodeSumTerms } from "../gpu/kernels/sumTerms";
import type { Gpu } from "../gpu/gpu";
import { Recorder } from "../gpu/recorder";
import type { Tensor } from "../gpu/tensor";
import { addLowRank, lowRankOf } from "../data/exports/lowRank";
import { readFloats } from "../data/safetensors";
import { LabError } from "../lib/errors";
import type { MemoryReport } from "../lib/memory";
import { Adapter } from "./adapter";
import { batchRecords, checkBatch, headLists, objectiveRows, visiblePairs } from "./batch";
import { first, type HeadBuffers } from "./buffers";
import type { AdapterConfig, DecoderConfig } from "../families/config";
import { Decoder } from "./decode";
import type {
  AdamWStep,
  AdapterState,
  Engine,
  Generated,
  GenerateOptions,
  GenerateRequest,
  HeadRows,
  KernelNeeds,
  Objective,
  PackedBatch,
  StepReport,
  TokenStats,
  TrainItem,
  TrainState,
} from "./engine";
import { encodeBackward, encodeForward } from "./forward";
import { encodeAllLogits, encodeHead, encodeHeadRows, encodeHeadRowsGrad } from "./head";
import { kernelsOf } from "./kernelList";
import { uploadWeights } from "./loadWeights";
import { ENGINE_LIMITS, planMemory, totalBytes } from "./plan";
import { fixedVariant, type VariantTable } from "./variants";
import { storedType, type LoadedModel, type WeightChoice } from "./weightTypes";
import { Workspace } from "./workspace";

export interface EngineOptions {
  weights?: WeightChoice;
  /** Rows of the largest batch. Default: ENGINE_LIMITS, as for the next two. */
  maxRows?: number;
  /** Sequences that decode together. */
  slots?: number;
  /** Bytes the key/value cache may take. */
  cacheBytes?: number;
  /**
   * Limit of GPU memory in bytes: if a training batch would exceed it, blocks keep only their inputs and are
   * computed again in the backward pass, with the same bits. Default: no limit.
   */
  memoryLimit?: number;
  /** Kernel choices by shape; default: by rule. */
  variants?: VariantTable;
  onProgress?: (done: number, total: number) => void;
  /** Called around every training step, so that it can be timed. */
  aroundStep?: <T>(step: () => Promise<T>) => Promise<T>;
}

/** The largest logits() answer, bytes. */
const LOGITS_LIMIT = 64 * 2 ** 20;

/** Loads the weights and creates the adapter (lora_A and lora_B zero until initAdapter or writeState). */
export async function createGpuEngine(
  gpu: Gpu,
  model: LoadedModel,
  adapter: AdapterConfig,
  options: EngineOptions = {},
): Promise<Engine> {
  const weights = await uploadWeights(gpu, model, options.weights ?? "as-stored", options.onProgress);
  const lora = new Adapter(gpu, model.config, weights.shape, adapter);
  const variants = options.variants ?? fixedVariant(gpu);
  const space = new Workspace(gpu, weights, lora, variants.choose, options.weights ?? "as-stored");
  return new GpuEngine(gpu, model, space, variants, options);
}

class GpuEngine implements Engine {
  readonly config: DecoderConfig;
  readonly maxRows: number;
  private readonly decoder: Decoder;
  private readonly loss: Tensor;
  private readonly status: Tensor;
  private readonly partials: Tensor;
  private optimizerStep = 0;
  private readonly memoryLimit: number;
  /** Largest sizes asked for so far: what memory() plans with. */
  private readonly used = {
    trainRows: 0,
    trainHead: 0,
    inferRows: 0,
    inferHead: 0,
    positions: 0,
    recompute: false,
  };

  constructor(
    private readonly gpu: Gpu,
    private readonly model: LoadedModel,
    private readonly space: Workspace,
    private readonly variants: VariantTable,
    private readonly options: EngineOptions,
  ) {
    this.config = model.config;
    this.maxRows = options.maxRows ?? ENGINE_LIMITS.maxRows;
    this.memoryLimit = options.memoryLimit ?? Infinity;
    this.decoder = new Decoder(space, {
      maxRows: this.maxRows,
      slots: options.slots ?? ENGINE_LIMITS.slots,
      cacheBytes: options.cacheBytes ?? ENGINE_LIMITS.cacheBytes,
    });
    this.loss = gpu.alloc([1], "f32", "loss", "scratch");
    this.status = gpu.alloc([4], "f32", "step status", "scratch");
    this.partials = gpu.alloc(
      [gradNormPartials(space.adapter.param.shape[0])],
      "f32",
      "norm partials",
      "scratch",
    );
  }

  get adapterNames(): readonly string[] {
    return this.space.adapter.names;
  }

  async prepare(needs: KernelNeeds, onProgress?: (done: number, total: number) => void): Promise<void> {
    await this.gpu.prepare(kernelsOf(this.space, needs), onProgress);
  }

  initAdapter(seed: number): void {
    this.space.adapter.initialise(seed);
    this.optimizerStep = 0;
  }

  resetOptimizer(): void {
    this.space.adapter.resetMoments();
    this.optimizerStep = 0;
  }

  setAdapterEnabled(on: boolean): void {
    this.space.adapterEnabled = on;
  }

  keepReference(): Promise<void> {
    return this.space.adapter.keepReference();
  }

  setReference(on: boolean): Promise<void> {
    return this.space.adapter.setReference(on);
  }

  /** Uploads a batch and its head rows; returns what recording needs. */
  private stage(kind: "train" | "infer", batch: PackedBatch, head: HeadRows) {
    checkBatch(this.config, batch, head, this.maxRows);
    const rows = batch.tokens.length;
    const count = Math.max(1, head.rows.length);
    const positions = 1 + batch.position.reduce((a, b) => Math.max(a, b), 0);
    const used = this.used;
    used.positions = Math.max(used.positions, positions);
    if (kind === "train")
      [used.trainRows, used.trainHead] = [Math.max(used.trainRows, rows), Math.max(used.trainHead, count)];
    else [used.inferRows, used.inferHead] = [Math.max(used.inferRows, rows), Math.max(used.inferHead, count)];
    // Once a batch was too large, recomputation stays on, because buffer sizes only grow.
    if (kind === "train") used.recompute ||= totalBytes(this.planned()) > this.memoryLimit;
    const pairs = visiblePairs(batch);
    const c = this.space.contexts(kind, { rows, head: count, positions, pairs, recompute: used.recompute });
    this.gpu.write(c.shared.rows, batchRecords(batch));
    if (head.rows.length) {
      this.gpu.write(c.buffers.index, head.rows);
      this.gpu.write(c.buffers.targets, head.targets);
    }
    return c;
  }

  private async readStats(b: HeadBuffers, count: number, top20: boolean): Promise<TokenStats> {
    const reading = this.gpu.read(b.stats, count * 16);
    const bits = top20 ? this.gpu.read(b.topBits, count * 4) : null;
    const floats = new Float32Array(await reading);
    const words = new Uint32Array(floats.buffer);
    const column = (i: number) => Float32Array.from({ length: count }, (_, m) => floats[m * 4 + i]);
    return {
      logprob: column(0),
      entropy: column(1),
      argmax: Uint32Array.from({ length: count }, (_, m) => words[m * 4 + 3]),
      ...(bits ? { top20Bits: new Float32Array(await bits) } : {}),
    };
  }

  async tokenStats(
    batch: PackedBatch,
    head: HeadRows,
    options: { top20?: boolean; temperature?: number } = {},
  ): Promise<TokenStats> {
    const top20 = options.top20 ?? false;
    if (!head.rows.length)
      return { logprob: new Float32Array(), entropy: new Float32Array(), argmax: new Uint32Array() };
    const c = this.stage("infer", batch, head);
    await this.gpu.run((rec) => {
      encodeHeadRows(rec, c.head, encodeForward(rec, c.forward));
      encodeHead(rec, c.head, { top20, train: null, temperature: options.temperature });
    });
    return this.readStats(c.buffers, head.rows.length, top20);
  }

  async logits(batch: PackedBatch, rows: Uint32Array): Promise<Float32Array> {
    const width = this.space.weights.shape.vocab;
    if (rows.length * width * 4 > LOGITS_LIMIT)
      throw new LabError(
        "gpu-limit",
        `Logits of ${rows.length} rows take ${rows.length * width * 4} bytes; the lab reads at most ${LOGITS_LIMIT}.`,
        "Ask for fewer rows.",
      );
    const c = this.stage("infer", batch, { rows, targets: new Uint32Array(rows.length) });
    const logits = this.gpu.alloc([rows.length, width], "f32", "logits", "scratch");
    await this.gpu.run((rec) => {
      encodeHeadRows(rec, c.head, encodeForward(rec, c.forward));
      encodeAllLogits(rec, c.head, logits);
    });
    const padded = await this.gpu.readF32(logits);
    this.gpu.free(logits);
    const { vocab } = this.config;
    const out = new Float32Array(rows.length * vocab);
    for (let r = 0; r < rows.length; r++) out.set(padded.subarray(r * width, r * width + vocab), r * vocab);
    return out;
  }

  async features(batch: PackedBatch, rows: Uint32Array): Promise<Float32Array> {
    const c = this.stage("infer", batch, { rows, targets: new Uint32Array(rows.length) });
    await this.gpu.run((rec) => encodeHeadRows(rec, c.head, encodeForward(rec, c.forward)));
    const width = this.space.weights.shape.hidden;
    const padded = new Float32Array(await this.gpu.read(c.buffers.normed, rows.length * width * 4));
    const { hidden } = this.config;
    if (hidden === width) return padded;
    const out = new Float32Array(rows.length * hidden);
    for (let r = 0; r < rows.length; r++) out.set(padded.subarray(r * width, r * width + hidden), r * hidden);
    return out;
  }

  /** Forward and backward of every item; gradients and loss add up on the GPU. */
  private async accumulate(items: readonly TrainItem[], wantStats: boolean): Promise<Promise<TokenStats>[]> {
    const { adapter } = this.space;
    if (!this.space.adapterEnabled || adapter.swapped)
      throw new LabError("internal", "Training with the adapter switched off or out of its place.");
    const stats: Promise<TokenStats>[] = [];
    let started = false;
    for (const { batch, head, objective } of items) {
      if (!head.rows.length) {
        if (wantStats)
          stats.push(
            Promise.resolve({
              logprob: new Float32Array(),
              entropy: new Float32Array(),
              argmax: new Uint32Array(),
            }),
          );
        continue;
      }
      if (objective.nllWeight.length !== head.rows.length)
        throw new LabError(
          "internal",
          `${objective.nllWeight.length} weights for ${head.rows.length} head rows.`,
        );
      const c = this.stage("train", batch, head);
      const lists = headLists(batch.tokens.length, head);
      this.gpu.write(c.buffers.offsets, lists.offsets);
      this.gpu.write(c.buffers.list, lists.list);
      this.gpu.write(c.buffers.objective, objectiveRows(objective));
      const rec = new Recorder();
      if (!started) rec.clear(adapter.grad);
      encodeHeadRows(rec, c.head, encodeForward(rec, c.forward));
      encodeHead(rec, c.head, {
        top20: false,
        train: policySettings(objective),
        temperature: objective.policy?.temperature,
      });
      encodeSumTerms(
        rec,
        { terms: first(c.buffers.terms, head.rows.length), total: this.loss },
        { accumulate: started },
      );
      encodeHeadRowsGrad(rec, c.head, c.shared.dx, batch.tokens.length);
      encodeBackward(rec, c.forward, adapter);
      await this.gpu.submit(rec);
      started = true;
      if (wantStats) stats.push(this.readStats(c.buffers, head.rows.length, false));
    }
    if (!started) {
      await this.gpu.run((rec) => {
        rec.clear(adapter.grad);
        rec.clear(this.loss);
      });
    }
    return stats;
  }

  async gradients(
    items: TrainItem[],
  ): Promise<{ loss: number; gradients: AdapterState; stats: TokenStats[] }> {
    const stats = await this.accumulate(items, true);
    const [loss] = await this.gpu.readF32(this.loss);
    return { loss, gradients: await this.space.adapter.read("grad"), stats: await Promise.all(stats) };
  }

  trainStep(
    items: TrainItem[],
    optimizer: AdamWStep,
    options: { stats?: boolean } = {},
  ): Promise<StepReport> {
    const step = () => this.step(items, optimizer, options);
    return this.options.aroundStep?.(step) ?? step();
  }

  private async step(
    items: TrainItem[],
    optimizer: AdamWStep,
    options: { stats?: boolean },
  ): Promise<StepReport> {
    const stats = await this.accumulate(items, options.stats ?? false);
    const { param, grad, first, second } = this.space.adapter;
    const step = this.optimizerStep + 1;
    await this.gpu.run((rec) => {
      encodeGradNorm(
        rec,
        { grad, partials: this.partials, loss: this.loss, status: this.status },
        { clipNorm: optimizer.clipNorm },
      );
      encodeAdamW(
        rec,
        { param, grad, first, second, status: this.status },
        {
          learningRate: optimizer.learningRate,
          beta1: optimizer.beta1,
          beta2: optimizer.beta2,
          epsilon: optimizer.epsilon,
          weightDecay: optimizer.weightDecay,
          correction1: 1 - optimizer.beta1 ** step,
          correction2: 1 - optimizer.beta2 ** step,
        },
      );
    });
    const [loss, gradNorm, , finite] = await this.gpu.readF32(this.status);
    if (finite === 1) this.optimizerStep = step;
    return {
      loss,
      gradNorm,
      skipped: finite !== 1,
      ...(options.stats ? { stats: await Promise.all(stats) } : {}),
    };
  }

  generate(requests: GenerateRequest[], options: GenerateOptions): Promise<Generated[]> {
    return this.decoder.generate(requests, options);
  }

  async readState(): Promise<TrainState> {
    const { adapter } = this.space;
    return {
      adapter: await adapter.read("param"),
      firstMoment: await adapter.read("first"),
      secondMoment: await adapter.read("second"),
      ...(adapter.reference ? { reference: await adapter.read("reference") } : {}),
      optimizerStep: this.optimizerStep,
      variants: this.variants.chosen(),
    };
  }

  writeState(state: TrainState): void {
    const { adapter } = this.space;
    adapter.write("param", state.adapter);
    adapter.write("first", state.firstMoment);
    adapter.write("second", state.secondMoment);
    if (state.reference) adapter.write("reference", state.reference);
    else adapter.dropReference();
    this.optimizerStep = state.optimizerStep;
  }

  async merged(name: string): Promise<Float32Array> {
    const { adapter } = this.space;
    const module = name
      .replace(/^base_model\.model\./, "")
      .replace(/^model\./, "")
      .replace(/\.weight$/, "");
    const entry = this.model.tensors.get(`model.${module}.weight`);
    if (!entry) throw new LabError("adapter", `The model has no weight ${name}.`);
    const weight = await readFloats(entry);
    const product = lowRankOf(await adapter.read("param"), entry.name, adapter.scale);
    if (product) addLowRank(weight, 0, product);
    return weight;
  }

  private planned(): MemoryReport {
    const { used, decoder } = this;
    return planMemory(
      this.config,
      this.space.adapter.settings,
      {
        ...used,
        ...decoder.size,
        reference: this.space.adapter.reference !== null,
        inferRows: Math.max(used.inferRows, decoder.size.inferRows),
        inferHead: Math.max(used.inferHead, decoder.size.slots),
        positions: Math.max(used.positions, decoder.size.positions),
      },
      (name) => storedType(this.model.tensors.get(name)),
      this.space.choice,
    );
  }

  memory(): { planned: MemoryReport; created: number } {
    return { planned: this.planned(), created: this.gpu.createdBytes };
  }

  dispose(): void {
    this.decoder.dispose();
    this.space.dispose();
    this.gpu.free(this.loss, this.status, this.partials);
  }
}

function policySettings({ policy }: Objective): PolicySettings {
  if (!policy) return NO_POLICY;
  const { epsilonLow, epsilonHigh, beta, klTimesRatio } = policy;
  return {
    epsilonLow,
    epsilonHigh,
    beta,
    klTimesRatio,
    hasOld: policy.oldLogprob !== null,
    hasRef: policy.refLogprob !== null,
  };
}
