// Batched decoding with a KV cache. Prompts are prefilled once, all but their last token; that token is the first row
// every rollout feeds, so no prompt needs the head, nor the last block beyond its keys. Slots advance together for a few
// steps, tokens and randomness stay on the GPU, and between bursts finished slots are refilled from the queue. Where nobody
// has left for long, the next burst is laid behind the running one before its tokens are looked at.
import { DRAW_WORDS, encodeSample, NO_TOKEN, SLOT_WORDS } from "../gpu/kernels/sample";
import { Recorder } from "../gpu/recorder";
import { rowRecords, type RowArrays } from "../gpu/rows";
import type { Tensor } from "../gpu/tensor";
import { LabError } from "../lib/errors";
import type { Generated, GenerateOptions, GenerateRequest } from "./engine";
import { encodeForward, encodePrefill } from "./forward";
import { encodeAllLogits, encodeHeadRows } from "./head";
import type { Workspace } from "./workspace";

/** End tokens a model may have. */
const MAX_STOPS = 16;
/** Steps between two looks at the tokens: a finished slot wastes fewer rows than this. */
const BURST = 4;
/** The same right after somebody has left: then others will leave soon. */
const SHORT_BURST = 2;
/** Bursts in a row in which nobody has left, after which the next one does not wait for the tokens of the last. */
const CALM = 4;

interface Unit {
  request: GenerateRequest;
  index: number;
  rollouts: number;
  /** First cache row, −1 while not resident. */
  region: number;
  left: number;
}

interface Sequence {
  unit: Unit;
  rollout: number;
  /** Cache row of its first own token, and of the first key it sees as its own. */
  firstKv: number;
  ownStart: number;
  prefix: [number, number];
  tokens: number[];
  logprob: number[];
  entropy: number[];
  top20Bits: number[];
  /** Nothing more is taken from it, though its slot may still run. */
  ended: boolean;
}

/** Steps that were submitted, and their tokens once the GPU has drawn them. */
interface Burst {
  steps: number;
  drawn: Promise<ArrayBuffer>;
}

interface Cache {
  rows: number;
  k: Tensor[];
  v: Tensor[];
}

interface SlotBuffers {
  slots: number;
  rows: Tensor;
  state: Tensor;
  out: Tensor;
  logits: Tensor;
  stops: Tensor;
}

type RowList = { [K in keyof RowArrays]: number[] };
const emptyRows = (): RowList => ({
  token: [],
  position: [],
  kv: [],
  ownStart: [],
  ownEnd: [],
  prefixStart: [],
  prefixEnd: [],
  visibleEnd: [],
});

export class Decoder {
  /** Largest sizes used so far, for the memory plan. */
  readonly size = { cacheRows: 0, slots: 0, inferRows: 0, positions: 0 };
  private cache: Cache | null = null;
  private slotBuffers: SlotBuffers | null = null;

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
    const { config } = this.space.weights;
    const shared = options.sharedPrefix ?? 0;
    const units: Unit[] = requests.map((request, index) => ({
      request,
      index,
      rollouts: request.rollouts ?? 1,
      region: -1,
      left: request.rollouts ?? 1,
    }));
    let unitRows = 0;
    let longest = 0;
    for (const { request, rollouts } of units) {
      const length = request.prompt.length;
      if (length < 1 || length <= shared)
        throw new LabError(
          "internal",
          `A prompt of ${length} tokens cannot be continued (shared prefix ${shared}).`,
        );
      if (shared && rollouts > 1)
        throw new LabError("internal", "A shared prefix needs one rollout a prompt.");
      if (length + options.maxNewTokens > config.maxPosition) {
        throw new LabError(
          "config",
          `A prompt of ${length} tokens and ${options.maxNewTokens} new ones pass the model's ${config.maxPosition} positions.`,
          "Shorten the prompt or the answer.",
        );
      }
      unitRows = Math.max(unitRows, length - shared + rollouts * options.maxNewTokens);
      longest = Math.max(longest, length);
    }
    if (!units.length || options.maxNewTokens < 1) return [];
    this.size.positions = Math.max(this.size.positions, longest + options.maxNewTokens);
    const total = units.reduce((sum, u) => sum + u.rollouts, 0);
    const most = Math.max(...units.map((u) => u.rollouts));
    const fits = Math.max(1, Math.floor((this.limits.cacheBytes / this.rowBytes - shared) / unitRows));
    const regions = Math.min(
      units.length,
      fits,
      Math.ceil(Math.min(this.limits.slots, total) / most) + (most > 1 ? 1 : 0),
    );
    const slots = Math.min(this.limits.slots, total, regions * most);
    this.reserve(shared + regions * unitRows, slots, options);
    const free = Array.from({ length: regions }, (_, i) => shared + i * unitRows);
    if (shared) await this.prefillShared(units[0].request.prompt.subarray(0, shared));

    const queue: { unit: Unit; rollout: number }[] = units.flatMap((unit) =>
      Array.from({ length: unit.rollouts }, (_, rollout) => ({ unit, rollout })),
    );
    let live: Sequence[] = [];
    const results: Generated[] = [];
    let at = 0;
    let newTokens = 0;
    let ahead: Burst | null = null;
    let calm = options.stopTokens.length ? 0 : CALM;
    while (at < queue.length || live.length) {
      const arriving: Unit[] = [];
      while (!ahead && live.length < slots && at < queue.length) {
        const { unit, rollout } = queue[at];
        if (unit.region < 0) {
          const region = free.pop();
          if (region === undefined) break;
          unit.region = region;
          arriving.push(unit);
        }
        live.push(sequence(unit, rollout, shared, options.maxNewTokens));
        at++;
      }
      await this.prefill(arriving, shared);
      const left = Math.max(...live.map((s) => options.maxNewTokens - s.tokens.length));
      const next = Math.min(calm ? BURST : SHORT_BURST, left);
      const { steps, drawn }: Burst = ahead ?? (await this.burst(live, next, options, longest, true));
      const goesOn: boolean =
        calm >= CALM && live.every((s) => s.tokens.length + steps < options.maxNewTokens);
      ahead = goesOn ? await this.burst(live, Math.min(BURST, left - steps), options, longest, false) : null;
      const words = new Uint32Array(await drawn);
      const floats = new Float32Array(words.buffer);
      live.forEach((s, slot) => {
        if (s.ended) return;
        for (let step = 0; step < steps; step++) {
          const word = (step * live.length + slot) * DRAW_WORDS;
          if (words[word] === NO_TOKEN) break;
          s.tokens.push(words[word]);
          s.logprob.push(floats[word + 1]);
          s.entropy.push(floats[word + 2]);
          s.top20Bits.push(floats[word + 3]);
          newTokens++;
        }
        const stopped = options.stopTokens.includes(s.tokens[s.tokens.length - 1]);
        if (!stopped && s.tokens.length < options.maxNewTokens) {
          options.onTokens?.(s.unit.index, s.rollout, s.tokens, s.entropy);
          return;
        }
        results.push({
          request: s.unit.index,
          rollout: s.rollout,
          tokens: Uint32Array.from(s.tokens),
          logprob: Float32Array.from(s.logprob),
          entropy: Float32Array.from(s.entropy),
          ...(options.top20 ? { top20Bits: Float32Array.from(s.top20Bits) } : {}),
          stopped,
        });
        s.ended = true;
        if (--s.unit.left === 0) free.push(s.unit.region);
      });
      const going = live.filter((s) => !s.ended);
      calm = going.length < live.length ? 0 : calm + 1;
      // A burst that is under way keeps its slots.
      if (!ahead) live = going;
      options.onProgress?.(results.length, total, newTokens);
    }
    return results.sort((a, b) => a.request - b.request || a.rollout - b.rollout);
  }

  private reserve(rows: number, slots: number, options: GenerateOptions): void {
    const { gpu, weights } = this.space;
    this.size.cacheRows = Math.max(this.size.cacheRows, rows);
    this.size.slots = Math.max(this.size.slots, slots);
    if (!this.cache || this.cache.rows < rows) {
      if (this.cache) gpu.free(...this.cache.k, ...this.cache.v);
      const make = (what: string) =>
        weights.layers.map((_, i) =>
          gpu.alloc([rows, weights.shape.kv], "f32", `${what} cache ${i}`, "cache"),
        );
      this.cache = { rows, k: make("key"), v: make("value") };
    }
    if (!this.slotBuffers || this.slotBuffers.slots < slots) {
      if (this.slotBuffers) this.freeSlots(this.slotBuffers);
      const u32 = (shape: number[], label: string) => gpu.alloc(shape, "u32", label, "scratch");
      this.slotBuffers = {
        slots,
        rows: u32([slots, 8], "slot rows"),
        state: u32([slots, SLOT_WORDS], "slot state"),
        out: u32([BURST, slots, DRAW_WORDS], "drawn tokens"),
        logits: gpu.alloc([slots, weights.shape.vocab], "f32", "slot logits", "scratch"),
        stops: u32([MAX_STOPS], "stop tokens"),
      };
    }
    if (options.stopTokens.length > MAX_STOPS)
      throw new LabError("config", `${options.stopTokens.length} end tokens; the lab takes ${MAX_STOPS}.`);
    const stops = new Uint32Array(MAX_STOPS);
    stops.set(options.stopTokens);
    gpu.write(this.slotBuffers.stops, stops);
  }

  private freeSlots(b: SlotBuffers): void {
    this.space.gpu.free(b.rows, b.state, b.out, b.logits, b.stops);
  }

  private keys = (layer: number): { k: Tensor; v: Tensor } => ({
    k: this.cache!.k[layer],
    v: this.cache!.v[layer],
  });

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

  private async forwardRows(rows: RowList): Promise<void> {
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

  /** Submits `steps` tokens for every live sequence, from where the host knows them to be or where the GPU has got to. */
  private async burst(
    live: readonly Sequence[],
    steps: number,
    options: GenerateOptions,
    longest: number,
    fromHost: boolean,
  ): Promise<Burst> {
    const { gpu, weights } = this.space;
    const b = this.slotBuffers!;
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
    // The sampler moves the rows on, so decoding has its own row records.
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
    // Whoever waits for it hears of a failure; nobody may be left to do so.
    drawn.catch(() => {});
    return { steps, drawn };
  }

  dispose(): void {
    if (this.cache) this.space.gpu.free(...this.cache.k, ...this.cache.v);
    if (this.slotBuffers) this.freeSlots(this.slotBuffers);
    this.cache = this.slotBuffers = null;
  }
}

/** A rollout alone continues its prompt's region; rollouts of one prompt see it as a prefix and own rows behind it. */
function sequence(unit: Unit, rollout: number, shared: number, maxNew: number): Sequence {
  const before = unit.request.prompt.length - 1 - shared;
  const alone = unit.rollouts === 1;
  const firstKv = unit.region + before + (alone ? 0 : rollout * maxNew);
  return {
    unit,
    rollout,
    firstKv,
    ownStart: alone ? unit.region : firstKv,
    prefix: alone ? [0, shared] : [unit.region, unit.region + before],
    tokens: [],
    logprob: [],
    entropy: [],
    top20Bits: [],
    ended: false,
  };
}

function push(
  rows: RowList,
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

const pairsOf = (rows: RowList): number =>
  rows.token.reduce(
    (sum, _, i) => sum + rows.ownEnd[i] - rows.ownStart[i] + rows.prefixEnd[i] - rows.prefixStart[i],
    0,
  );
