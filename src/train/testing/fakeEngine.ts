// Test helper: an engine that computes no model. Its numbers depend only on adapter, moments, inputs and random
// keys, which is all that tests of the training loop rely on.
import { mixKey } from "../../curriculum/random";
import { PLAIN, type DecoderConfig } from "../../families/config";
import type { AdapterState, Engine, Generated, TokenStats, TrainItem, TrainState } from "../../model/engine";

export const FAKE_CONFIG: DecoderConfig = {
  architecture: "qwen3",
  vocab: 128,
  hidden: 4,
  layers: 1,
  intermediate: 4,
  heads: 1,
  kvHeads: 1,
  headDim: 4,
  rmsEps: 1e-6,
  ropeTheta: 1e4,
  ropeScaling: null,
  ...PLAIN,
  qkNorm: false,
  qkvBias: false,
  tiedHead: true,
  maxPosition: 512,
  eosTokenIds: [2],
};

const NAME = "lora";
const unit = (key: number): number => key / 4294967296;

export class FakeEngine implements Engine {
  readonly config = FAKE_CONFIG;
  readonly adapterNames = [NAME];
  readonly maxRows: number = 256;
  weights = new Float32Array(8);
  moments = new Float32Array(8);
  reference: Float32Array<ArrayBuffer> | null = null;
  #aside: Float32Array<ArrayBuffer> | null = null;
  optimizerStep = 0;
  /** Makes the next steps report a loss that is not finite. */
  brokenSteps = 0;
  /** Every batch that was trained, for tests of what was trained on. */
  readonly trained: TrainItem[][] = [];
  generated = 0;

  async prepare(): Promise<void> {}
  initAdapter(seed: number): void {
    this.reference = null;
    this.weights = Float32Array.from({ length: 8 }, (_, i) => unit(mixKey(seed, i)));
  }
  resetOptimizer(): void {
    this.moments.fill(0);
    this.optimizerStep = 0;
  }
  setAdapterEnabled(_on?: boolean): void {}
  async keepReference(): Promise<void> {
    this.reference = this.weights.slice();
  }
  async setReference(on: boolean): Promise<void> {
    if (on) [this.#aside, this.weights] = [this.weights, this.reference!.slice()];
    else this.weights = this.#aside!;
  }

  private key(...parts: number[]): number {
    return mixKey(new Uint32Array(this.weights.buffer)[0], new Uint32Array(this.weights.buffer)[7], ...parts);
  }

  async tokenStats(
    batch: { tokens: Uint32Array },
    head: { rows: Uint32Array; targets: Uint32Array },
  ): Promise<TokenStats> {
    const stat = (salt: number) =>
      Float32Array.from(head.rows, (row, m) => unit(this.key(salt, batch.tokens[row], head.targets[m])));
    return { logprob: stat(1).map((x) => -x), entropy: stat(2), top20Bits: stat(3), argmax: head.targets };
  }
  async logits(): Promise<Float32Array> {
    return new Float32Array();
  }
  async features(): Promise<Float32Array> {
    return new Float32Array();
  }
  async gradients(): Promise<{ loss: number; gradients: AdapterState; stats: TokenStats[] }> {
    return { loss: 0, gradients: new Map(), stats: [] };
  }

  async trainStep(
    items: TrainItem[],
    optimizer: { learningRate: number },
    options: { stats?: boolean } = {},
  ) {
    this.trained.push(items);
    const stats = options.stats
      ? await Promise.all(items.map((item) => this.tokenStats(item.batch, item.head)))
      : [];
    const extra = options.stats ? { stats } : {};
    if (this.brokenSteps > 0) {
      this.brokenSteps--;
      return { loss: NaN, gradNorm: NaN, skipped: true, ...extra };
    }
    const tokens = items.flatMap((item) => [...item.batch.tokens]);
    this.optimizerStep++;
    for (let i = 0; i < 8; i++) {
      const gradient = unit(this.key(i, ...tokens)) - 0.5;
      this.moments[i] = 0.9 * this.moments[i] + 0.1 * gradient;
      this.weights[i] -= (optimizer.learningRate * this.moments[i]) / Math.sqrt(this.optimizerStep);
    }
    return {
      loss: unit(this.key(9, ...tokens)),
      gradNorm: unit(this.key(10, ...tokens)),
      skipped: false,
      ...extra,
    };
  }

  async generate(
    requests: { key: number; prompt: Uint32Array; rollouts?: number }[],
    options: { maxNewTokens: number; temperature: number; seed: number },
  ): Promise<Generated[]> {
    return requests.flatMap(({ key, prompt, rollouts = 1 }, request) =>
      Array.from({ length: rollouts }, (_, rollout) => {
        this.generated++;
        const draw = options.temperature === 0 ? 0 : mixKey(options.seed, key, rollout);
        const length = 1 + (this.key(draw, ...prompt) % options.maxNewTokens);
        const tokens = Uint32Array.from({ length }, (_, t) =>
          t === length - 1 ? 2 : 3 + (this.key(draw, t, ...prompt) % 20),
        );
        const entropy = Float32Array.from(tokens, (_, t) => unit(this.key(draw, t, 5, ...prompt)));
        return {
          request,
          rollout,
          tokens,
          logprob: entropy.map((x) => -x),
          entropy,
          top20Bits: entropy,
          stopped: true,
        };
      }),
    );
  }

  async readState(): Promise<TrainState> {
    const one = (values: Float32Array): AdapterState =>
      new Map([[NAME, { shape: [2, 4] as [number, number], values: values.slice() }]]);
    return {
      adapter: one(this.weights),
      firstMoment: one(this.moments),
      secondMoment: one(this.moments),
      ...(this.reference ? { reference: one(this.reference) } : {}),
      optimizerStep: this.optimizerStep,
      variants: { matmul: "rows" },
    };
  }
  writeState(state: TrainState): void {
    this.weights = state.adapter.get(NAME)!.values.slice();
    this.moments = state.firstMoment.get(NAME)!.values.slice();
    this.reference = state.reference?.get(NAME)!.values.slice() ?? null;
    this.optimizerStep = state.optimizerStep;
  }
  async merged(): Promise<Float32Array> {
    return new Float32Array();
  }
  memory() {
    const planned = { weights: 0, adapter: 0, moments: 0, activations: 0, scratch: 0, cache: 0 };
    return { planned, created: 0 };
  }
  dispose(): void {}
}
