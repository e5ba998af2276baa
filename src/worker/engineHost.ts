// Holds the GPU device and the one engine on it: opened when needed, kept as long as the same model is asked for,
// and dropped when the device is lost.
import type { ResolvedConfig } from "../config/schema";
import { readSetting, readTuning, saveSetting, saveTuning, type LabDb } from "../data/db";
import type { OpenModel } from "../data/modelFolder";
import type { TextTokenizer } from "../data/tokenizer";
import { Gpu } from "../gpu/gpu";
import { measureCeiling } from "../gpu/kernels/fmaCeiling";
import type { MatmulVariant } from "../gpu/kernels/matmul";
import { LabError, asLabError } from "../lib/errors";
import { LINEARS, linearShape, type AdapterConfig } from "../families/config";
import type { Engine } from "../model/engine";
import { createGpuEngine } from "../model/gpuEngine";
import { fixedVariant, tryVariants } from "../model/variants";
import { MAX_ROWS, assumedLimit, cacheLimit } from "./limit";
import type { Models } from "./models";
import type { DeviceReport, Spending, WorkerEvent } from "./protocol";
import { StepTimer } from "./stepTimer";

export interface LoadedEngine {
  engine: Engine;
  model: OpenModel;
  tokenizer: TextTokenizer;
  adapter: AdapterConfig;
  /** What loading took; 0 where it was loaded already. */
  loadMs: number;
}

export function adapterConfig({ adapter }: ResolvedConfig): AdapterConfig {
  const { rank, alpha, targets, rslora } = adapter;
  return { rank, alpha, targets: [...targets], useRslora: rslora, layers: null };
}

const modelKey = ({ model, weights }: ResolvedConfig): string => JSON.stringify([model, weights]);

export class EngineHost {
  #gpu: Promise<Gpu> | null = null;
  #loaded: { model: string; key: string; value: LoadedEngine; timer: StepTimer; gpu: Gpu } | null = null;
  /** The kernels that train, being built. */
  #training: Promise<void> = Promise.resolve();
  /** For which values of top20 an engine's kernels were asked for. */
  readonly #preparedFor = new WeakMap<Engine, Set<boolean>>();

  constructor(
    private readonly models: Models,
    private readonly post: (event: WorkerEvent) => void,
    private readonly now: () => number = () => performance.now(),
  ) {}

  /** The device; a lost one is opened again. @throws LabError "gpu-missing" */
  async gpu(): Promise<Gpu> {
    if (this.#gpu && (await this.#gpu).lostReason !== null) this.drop();
    this.#gpu ??= Gpu.open();
    try {
      return await this.#gpu;
    } catch (thrown) {
      this.#gpu = null;
      throw thrown;
    }
  }

  /** The device for the page, or why there is none. */
  async report(): Promise<{ device: DeviceReport | null; reason: string | null }> {
    try {
      const { info, features, device } = await this.gpu();
      const report = {
        adapter: info.description,
        features: [...features],
        maxBufferBytes: device.limits.maxBufferSize,
        software: info.software,
      };
      return { device: report, reason: null };
    } catch (thrown) {
      return { device: null, reason: asLabError(thrown).message };
    }
  }

  /**
   * The engine for a config. Weights stay on the device from run to run where model and adapter shape agree.
   * @param options.adapter instead of the config's (an imported one)
   * @param options.signal ends a download at once, the rest before the weights are copied; its reason is thrown
   */
  async load(
    config: ResolvedConfig,
    db: LabDb | null,
    { adapter = adapterConfig(config), signal }: { adapter?: AdapterConfig; signal?: AbortSignal } = {},
  ): Promise<LoadedEngine> {
    const gpu = await this.gpu();
    const key = JSON.stringify(adapter);
    const from = this.now();
    if (this.holding(config) && this.#loaded?.key === key) {
      await this.#prepare(this.#loaded.value.engine, config);
      return { ...this.#loaded.value, loadMs: 0 };
    }
    this.#unload();
    this.post({ type: "model.progress", phase: "fetch", done: 0, total: 1, unit: "files" });
    const model = await this.models.open(config.model, signal);
    if (!model.tokenizer)
      throw new LabError("model", `${model.name} has no tokenizer.`, "Add tokenizer.json of the same model.");
    this.post({ type: "model.progress", phase: "fetch", done: 1, total: 1, unit: "files" });
    const table = await this.#tuning(gpu, model, db);
    const multiplyAddsPerSecond = await this.#ceiling(gpu, db);
    this.post({ type: "device.measured", multiplyAddsPerSecond });
    signal?.throwIfAborted();
    const timer = new StepTimer(gpu, this.now);
    let told = -Infinity;
    const engine = await createGpuEngine(gpu, model, adapter, {
      weights: config.weights,
      maxRows: MAX_ROWS,
      memoryLimit: assumedLimit(),
      cacheBytes: cacheLimit(assumedLimit()),
      variants: fixedVariant(gpu, table),
      aroundStep: (step) => timer.around(step),
      onProgress: (done, total) => {
        const now = this.now();
        if (done < total && now - told < 100) return;
        told = now;
        this.post({ type: "model.progress", phase: "upload", done, total, unit: "bytes" });
      },
    });
    await this.#prepare(engine, config);
    const value = { engine, model, tokenizer: model.tokenizer, adapter, loadMs: this.now() - from };
    this.#loaded = { model: modelKey(config), key, value, timer, gpu };
    return value;
  }

  /**
   * Builds every kernel that a run of this config needs, so that none compiles in the middle of one: first those that score
   * and decode, which a run begins with; those that train are built behind them, while the first scores are computed.
   */
  async #prepare(engine: Engine, { curriculum }: ResolvedConfig): Promise<void> {
    const top20 = curriculum.estimator.vocabulary === "top20";
    // Finding the kernels needs working memory for a moment, so it is done once an engine and kind of score.
    const before = this.#preparedFor.get(engine) ?? new Set();
    if (before.has(top20)) return;
    const needs = { decode: true, top20 };
    await engine.prepare({ ...needs, train: false }, (done, total) =>
      this.post({ type: "model.progress", phase: "pipelines", done, total, unit: "kernels" }),
    );
    this.#preparedFor.set(engine, before.add(top20));
    // What fails here is built again, and told, by the first step that needs it.
    this.#training = engine.prepare({ ...needs, train: true }).catch(() => {});
  }

  /** A model of the library is gone: whatever comes under its name is loaded anew. What runs on it now goes on. */
  forget(modelId: string): void {
    if (this.#loaded?.value.model.stored?.modelId === modelId) this.#loaded.model = "";
  }

  /** Resolves when nothing is left to build for the loaded model. */
  prepared(): Promise<void> {
    return this.#training;
  }

  /** What the adapter does at most: measured once, then remembered by this browser. */
  async #ceiling(gpu: Gpu, db: LabDb | null): Promise<number> {
    const { vendor, architecture, description } = gpu.info;
    const key = ["ceiling", vendor, architecture, description, navigator.userAgent].join("|");
    const known = db ? await readSetting(db, key) : null;
    if (typeof known === "number" && known > 0) return known;
    const measured = await measureCeiling(gpu, this.now);
    // A figure that cannot be stored is measured again next time.
    if (db) await saveSetting(db, key, measured).catch(() => undefined);
    return measured;
  }

  /** What the device holds and has done so far. */
  spending(): Spending {
    const gpu = this.#loaded?.gpu;
    const none = { weights: 0, adapter: 0, moments: 0, activations: 0, scratch: 0, cache: 0 };
    return { created: { ...(gpu?.bytes ?? none) }, multiplyAdds: gpu?.counters.multiplyAdds ?? 0 };
  }

  /** Times single steps; null while no model is loaded. */
  get timer(): StepTimer | null {
    return this.#loaded?.timer ?? null;
  }

  /** Kernel choices for this model's shapes: stored, else tried on real GPUs; a software adapter goes by rule. */
  async #tuning(gpu: Gpu, model: OpenModel, db: LabDb | null): Promise<Record<string, MatmulVariant>> {
    if (gpu.info.software || !gpu.features.has("subgroups")) return {};
    const shapes = [
      ...new Map(LINEARS.map((name) => linearShape(model.config, name)).map((s) => [s.join(), s])).values(),
    ];
    const { vendor, architecture, description } = gpu.info;
    const key = [vendor, architecture, description, navigator.userAgent, shapes.join(" ")].join("|");
    const known = db ? await readTuning(db, key) : null;
    if (known) return known.choices as Record<string, MatmulVariant>;
    this.post({ type: "model.progress", phase: "pipelines", done: 0, total: shapes.length, unit: "shapes" });
    const table: Record<string, MatmulVariant> = {};
    for (const [done, shape] of shapes.entries()) {
      Object.assign(table, await tryVariants(gpu, [shape], "bf16"));
      this.post({
        type: "model.progress",
        phase: "pipelines",
        done: done + 1,
        total: shapes.length,
        unit: "shapes",
      });
    }
    // A choice that cannot be stored is made again next time.
    if (db) await saveTuning(db, key, table).catch(() => undefined);
    return table;
  }

  /** The engine as it is, whatever adapter it was made for, where it holds this config's model. */
  holding(config: ResolvedConfig): LoadedEngine | null {
    return this.#loaded?.model === modelKey(config) ? this.#loaded.value : null;
  }

  /** Destroys the device as a crash would. */
  async lose(): Promise<void> {
    (await this.#gpu)?.device.destroy();
  }

  #unload(): void {
    const engine = this.#loaded?.value.engine;
    this.#loaded = null;
    engine?.dispose();
  }

  /** Forgets a device that is gone, with everything on it. */
  drop(): void {
    this.#loaded = null;
    this.#gpu = null;
  }
}
