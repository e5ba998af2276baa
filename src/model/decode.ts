// Batched decoding with a KV cache. All tokens of a prompt but the last are prefilled once. The last token is the
// first row that every rollout feeds, so prompts need neither the output head nor the last block beyond its keys.
// All slots advance together for a few steps (a burst), with tokens and random numbers on the GPU. Between bursts
// finished slots are refilled from the queue (decodeQueue.ts). While no sequence has ended for long, the next burst
// is submitted before the tokens of the running one are read.
import { DRAW_WORDS, encodeSample, SLOT_WORDS } from "../gpu/kernels/sample";
import { Recorder } from "../gpu/recorder";
import { emptyRows, rowRecords, type RowLists } from "../gpu/rows";
import type { Tensor } from "../gpu/tensor";
import { LabError } from "../lib/errors";
import { allocate, cachePlan, slotPlan, tensorsOf, type SlotBuffers } from "./buffers";
import { DecodeQueue, MAX_STOPS, planDecode, type Sequence, type Unit } from "./decodeQueue";
import type { Generated, GenerateOptions, GenerateRequest } from "./engine";
import { encodeForward, encodePrefill } from "./forward";
import { encodeAllLogits, encodeHeadRows } from "./head";
import type { Workspace } from "./workspace";

/** A burst: decoding steps that were submitted together, and their tokens once they have been read back. */
interface Burst {
  steps: number;
  drawn: Promise<ArrayBuffer>;
}

interface Cache {
  rows: number;
  /** By layer. */
  layers: { k: Tensor; v: Tensor }[];
}

export class Decoder {
  /** Largest sizes used so far, for the memory plan. */
  readonly size = { cacheRows: 0, slots: 0, inferRows: 0, positions: 0 };
  private cache: Cache | null = null;
  private slots: { count: number; buffers: SlotBuffers } | null = null;

  constructor(
    private readonly space: Workspace,
    /** Rows of one prefill, slots that advance together, bytes the cache may take. */
    private readonly limits: { maxRows: number; slots: number; cacheBytes: number },
  ) {}

  /** Bytes of one cache row over all layers. */
  private get rowBytes(): number {
    const { config, shape } = this.space.weights;
    return 2 * 4 * shape.kv * config.layers;
  }

  async generate(requests: readonly GenerateRequest[], options: GenerateOptions): Promise<Generated[]> {
    const plan = planDecode(requests, options, {
      slots: this.limits.slots,
      cacheRows: this.limits.cacheBytes / this.rowBytes,
      maxPosition: this.space.weights.config.maxPosition,
    });
    const { units, shared, longest } = plan;
    if (!units.length || options.maxNewTokens < 1) return [];
    this.size.positions = Math.max(this.size.positions, longest + options.maxNewTokens);
    this.reserve(shared + plan.regions * plan.unitRows, plan.slots, options);
    if (shared) await this.prefillShared(units[0].request.prompt.subarray(0, shared));
    const queue = new DecodeQueue(plan, options);
    let ahead: Burst | null = null;
    while (queue.unfinished) {
      if (!ahead) await this.prefill(queue.admit(), shared);
      const burst: Burst = ahead ?? (await this.burst(queue.live, queue.nextSteps(), options, longest, true));
      const behind = queue.stepsBehind(burst.steps);
      ahead = behind ? await this.burst(queue.live, behind, options, longest, false) : null;
      queue.take(new Uint32Array(await burst.drawn), burst.steps, ahead !== null);
    }
    return queue.sorted();
  }

  private reserve(rows: number, slots: number, options: GenerateOptions): void {
    const { gpu, weights } = this.space;
    this.size.cacheRows = Math.max(this.size.cacheRows, rows);
    this.size.slots = Math.max(this.size.slots, slots);
    const { shape } = weights;
    if (!this.cache || this.cache.rows < rows) {
      this.freeCache();
      const make = (_: unknown, i: number) =>
        allocate<{ k: Tensor; v: Tensor }>(gpu, cachePlan(shape, rows), `cache ${i}`);
      this.cache = { rows, layers: weights.layers.map(make) };
    }
    if (!this.slots || this.slots.count < slots) {
      this.freeSlots();
      this.slots = { count: slots, buffers: allocate<SlotBuffers>(gpu, slotPlan(shape, slots), "slot") };
    }
    if (options.stopTokens.length > MAX_STOPS)
      throw new LabError(
        "config",
        `The model has ${options.stopTokens.length} end tokens; the lab takes at most ${MAX_STOPS}.`,
        "Take another model.",
      );
    const stops = new Uint32Array(MAX_STOPS);
    stops.set(options.stopTokens);
    gpu.write(this.slots.buffers.stops, stops);
  }

  private freeCache(): void {
    if (this.cache) this.space.gpu.free(...this.cache.layers.flatMap(tensorsOf));
    this.cache = null;
  }

  private freeSlots(): void {
    if (this.slots) this.space.gpu.free(...tensorsOf(this.slots.buffers));
    this.slots = null;
  }

  private keys = (layer: number): { k: Tensor; v: Tensor } => this.cache!.layers[layer];

  private async prefillShared(tokens: Uint32Array): Promise<void> {
    for (let start = 0; start < tokens.length; start += this.limits.maxRows) {
      const rows = emptyRows();
      for (let i = start; i < Math.min(tokens.length, start + this.limits.maxRows); i++)
        push(rows, tokens[i], i, i, 0, [0, 0]);
      await this.forwardRows(rows);
    }
  }

  /** Keys and values of the prompts of new units, all but the last token, in packed forwards. */
  private async prefill(units: readonly Unit[], shared: number): Promise<void> {
    let rows = emptyRows();
    for (const { request, region } of units) {
      for (let i = shared; i < request.prompt.length - 1; i++) {
        if (rows.token.length === this.limits.maxRows) {
          await this.forwardRows(rows);
          rows = emptyRows();
        }
        push(rows, request.prompt[i], i, region + i - shared, region, [0, shared]);
      }
    }
    if (rows.token.length) await this.forwardRows(rows);
  }

  private async forwardRows(rows: RowLists): Promise<void> {
    const count = rows.token.length;
    const { gpu } = this.space;
    const positions = 1 + rows.position.reduce((a, b) => Math.max(a, b), 0);
    this.size.inferRows = Math.max(this.size.inferRows, count);
    const c = this.space.contexts(
      "infer",
      { rows: count, head: 1, positions, pairs: pairsOf(rows) },
      this.keys,
    );
    gpu.write(c.shared.rows, rowRecords(rows));
    await gpu.run((rec) => encodePrefill(rec, c.forward));
  }

  /** Submits `steps` tokens for every live sequence, starting where the CPU knows it to be or where the GPU has left it. */
  private async burst(
    live: readonly Sequence[],
    steps: number,
    options: GenerateOptions,
    longest: number,
    fromHost: boolean,
  ): Promise<Burst> {
    const { gpu, weights } = this.space;
    const b = this.slots!.buffers;
    const count = live.length;
    const rows = emptyRows();
    const slots = new Uint32Array(count * SLOT_WORDS);
    live.forEach((s, i) => {
      const emitted = s.tokens.length;
      const { prompt, key } = s.unit.request;
      const token = emitted ? s.tokens[emitted - 1] : prompt[prompt.length - 1];
      push(rows, token, prompt.length - 1 + emitted, s.firstKv + emitted, s.ownStart, s.prefix);
      slots.set([key >>> 0, s.rollout, emitted, 0], i * SLOT_WORDS);
    });
    const c = this.space.contexts(
      "infer",
      {
        rows: count,
        head: count,
        positions: longest + options.maxNewTokens,
        pairs: pairsOf(rows) + count * steps,
        decode: true,
      },
      this.keys,
    );
    // The sampling kernel advances the rows on the GPU, so decoding has row records of its own.
    c.forward.shared.rows = { ...b.rows, shape: [count, 8] };
    if (fromHost) {
      gpu.write(b.rows, rowRecords(rows));
      gpu.write(b.state, slots);
      gpu.write(
        c.buffers.index,
        Uint32Array.from({ length: count }, (_, i) => i),
      );
    }
    const logits = { ...b.logits, shape: [count, weights.shape.vocab] };
    const out = { ...b.out, shape: [steps, count, DRAW_WORDS] };
    const rec = new Recorder();
    for (let step = 0; step < steps; step++) {
      const hidden = encodeForward(rec, c.forward);
      encodeHeadRows(rec, c.head, hidden);
      encodeAllLogits(rec, c.head, logits);
      encodeSample(
        rec,
        {
          logits,
          rows: c.forward.shared.rows,
          slots: { ...b.state, shape: [count, SLOT_WORDS] },
          stops: b.stops,
          out,
        },
        {
          step,
          vocab: weights.config.vocab,
          stopCount: options.stopTokens.length,
          temperature: options.temperature,
          topK: options.topK,
          topP: options.topP,
          seed: options.seed >>> 0,
          maxNew: options.maxNewTokens,
          wantTop20: options.top20,
        },
      );
    }
    await gpu.submit(rec);
    const drawn = gpu.read(b.out, steps * count * DRAW_WORDS * 4);
    // An error is thrown where the tokens are awaited. If an earlier error ends that wait, nobody awaits this promise, and
    // without this handler the browser would report an unhandled rejection.
    drawn.catch(() => {});
    return { steps, drawn };
  }

  dispose(): void {
    this.freeCache();
    this.freeSlots();
  }
}

function push(
  rows: RowLists,
  token: number,
  position: number,
  kv: number,
  ownStart: number,
  prefix: readonly [number, number],
): void {
  rows.token.push(token);
  rows.position.push(position);
  rows.kv.push(kv);
  rows.ownStart.push(ownStart);
  rows.ownEnd.push(kv + 1);
  rows.prefixStart.push(prefix[0]);
  rows.prefixEnd.push(prefix[1]);
  rows.visibleEnd.push(0);
}

const pairsOf = (rows: RowLists): number =>
  rows.token.reduce(
    (sum, _, i) => sum + rows.ownEnd[i] - rows.ownStart[i] + rows.prefixEnd[i] - rows.prefixStart[i],
    0,
  );
