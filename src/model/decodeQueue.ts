// The queue of decoding: gives each prompt a region of the cache and each rollout a slot, and refills finished
// slots. It knows no GPU: it says how many steps to submit next and takes the tokens that come back.
import { DRAW_WORDS, NO_TOKEN } from "../gpu/kernels/sample";
import { LabError } from "../lib/errors";
import type { Generated, GenerateOptions, GenerateRequest } from "./engine";

/** End tokens a model may have. */
export const MAX_STOPS = 16;
/** Decoding steps between two reads of the tokens. A finished slot wastes fewer rows than this. */
export const BURST = 4;
/** The same right after a sequence has ended, because then others are likely to end soon. */
const SHORT_BURST = 2;
/** After this many bursts in which no sequence ended, the next is submitted before the tokens of the last are read. */
const CALM = 4;

export interface Unit {
  request: GenerateRequest;
  index: number;
  rollouts: number;
  /** First cache row, −1 while not resident. */
  region: number;
  left: number;
}

export interface Sequence {
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
  /** Ended: later tokens of its slot, which may still be running, are ignored. */
  ended: boolean;
}

/** How requests are assigned to cache regions and slots. */
export interface DecodePlan {
  units: readonly Unit[];
  /** Tokens that all prompts begin with: cache rows 0 to `shared`. */
  shared: number;
  /** Cache rows of one region: the longest prompt behind the shared part, and all its new tokens. */
  unitRows: number;
  regions: number;
  slots: number;
  /** Rollouts of all requests. */
  total: number;
  /** Tokens of the longest prompt. */
  longest: number;
}

/** @throws LabError "internal" or "config" for a prompt that cannot be continued. */
export function planDecode(
  requests: readonly GenerateRequest[],
  options: GenerateOptions,
  limits: { slots: number; cacheRows: number; maxPosition: number },
): DecodePlan {
  const shared = options.sharedPrefix ?? 0;
  const units: Unit[] = requests.map((request, index) => ({
    request,
    index,
    rollouts: request.rollouts ?? 1,
    region: -1,
    left: request.rollouts ?? 1,
  }));
  for (const unit of units) checkUnit(unit, shared, options.maxNewTokens, limits.maxPosition);
  const rowsOf = ({ request, rollouts }: Unit) =>
    request.prompt.length - shared + rollouts * options.maxNewTokens;
  const unitRows = Math.max(0, ...units.map(rowsOf));
  const longest = Math.max(0, ...units.map(({ request }) => request.prompt.length));
  const total = units.reduce((sum, { rollouts }) => sum + rollouts, 0);
  const most = Math.max(1, ...units.map(({ rollouts }) => rollouts));
  const fits = Math.max(1, Math.floor((limits.cacheRows - shared) / unitRows));
  const regions = Math.min(
    units.length,
    fits,
    Math.ceil(Math.min(limits.slots, total) / most) + (most > 1 ? 1 : 0),
  );
  const slots = Math.min(limits.slots, total, regions * most);
  return { units, shared, unitRows, regions, slots, total, longest };
}

function checkUnit({ request, rollouts }: Unit, shared: number, maxNew: number, maxPosition: number): void {
  const { length } = request.prompt;
  if (length < 1 || length <= shared)
    throw new LabError(
      "internal",
      `A prompt of ${length} tokens cannot be continued (shared prefix ${shared}).`,
    );
  if (shared && rollouts > 1) throw new LabError("internal", "A shared prefix needs one rollout a prompt.");
  if (length + maxNew > maxPosition)
    throw new LabError(
      "config",
      `A prompt of ${length} tokens and ${maxNew} new ones pass the model's ${maxPosition} positions.`,
      "Shorten the prompt or the answer.",
    );
}

export class DecodeQueue {
  /** By slot. A sequence that ended keeps its slot while a burst with it runs. */
  live: Sequence[] = [];
  private readonly results: Generated[] = [];
  private readonly waiting: { unit: Unit; rollout: number }[];
  private readonly free: number[];
  private newTokens = 0;
  /** Bursts in a row in which no sequence ended. */
  private calm: number;

  constructor(
    private readonly plan: DecodePlan,
    private readonly options: GenerateOptions,
  ) {
    const { units, shared, regions, unitRows } = plan;
    this.waiting = units.flatMap((unit) =>
      Array.from({ length: unit.rollouts }, (_, rollout) => ({ unit, rollout })),
    );
    this.free = Array.from({ length: regions }, (_, i) => shared + i * unitRows);
    this.calm = options.stopTokens.length ? 0 : CALM;
  }

  get unfinished(): boolean {
    return this.waiting.length > 0 || this.live.length > 0;
  }

  /** Fills free slots; returns the prompts that are new in the cache. */
  admit(): Unit[] {
    const arriving: Unit[] = [];
    while (this.live.length < this.plan.slots && this.waiting.length) {
      const { unit, rollout } = this.waiting[0];
      if (unit.region < 0) {
        const region = this.free.pop();
        if (region === undefined) break;
        unit.region = region;
        arriving.push(unit);
      }
      this.live.push(sequence(unit, rollout, this.plan.shared, this.options.maxNewTokens));
      this.waiting.shift();
    }
    return arriving;
  }

  /** The most tokens that a live sequence may still get. */
  private get left(): number {
    return Math.max(...this.live.map(({ tokens }) => this.options.maxNewTokens - tokens.length));
  }

  /** Steps of the next burst. */
  nextSteps(): number {
    return Math.min(this.calm ? BURST : SHORT_BURST, this.left);
  }

  /** Steps of a further burst to submit before the tokens of one of `steps` are read; 0 = read them first. */
  stepsBehind(steps: number): number {
    const full = this.live.some(({ tokens }) => tokens.length + steps >= this.options.maxNewTokens);
    return this.calm >= CALM && !full ? Math.min(BURST, this.left - steps) : 0;
  }

  /** Passes on the tokens of a burst. Slots of ended sequences become free unless the next burst is still using them. */
  take(words: Uint32Array, steps: number, held: boolean): void {
    this.live.forEach((s, slot) => {
      if (!s.ended) this.takeOne(s, slot, words, steps);
    });
    const going = this.live.filter((s) => !s.ended);
    this.calm = going.length < this.live.length ? 0 : this.calm + 1;
    if (!held) this.live = going;
    this.options.onProgress?.(this.results.length, this.plan.total, this.newTokens);
  }

  private takeOne(s: Sequence, slot: number, words: Uint32Array, steps: number): void {
    const { options } = this;
    const floats = new Float32Array(words.buffer);
    for (let step = 0; step < steps; step++) {
      const word = (step * this.live.length + slot) * DRAW_WORDS;
      if (words[word] === NO_TOKEN) break;
      s.tokens.push(words[word]);
      s.logprob.push(floats[word + 1]);
      s.entropy.push(floats[word + 2]);
      s.top20Bits.push(floats[word + 3]);
      this.newTokens++;
    }
    const stopped = options.stopTokens.includes(s.tokens[s.tokens.length - 1]);
    if (!stopped && s.tokens.length < options.maxNewTokens) {
      options.onTokens?.(s.unit.index, s.rollout, s.tokens, s.entropy);
      return;
    }
    this.results.push({
      request: s.unit.index,
      rollout: s.rollout,
      tokens: Uint32Array.from(s.tokens),
      logprob: Float32Array.from(s.logprob),
      entropy: Float32Array.from(s.entropy),
      ...(options.top20 ? { top20Bits: Float32Array.from(s.top20Bits) } : {}),
      stopped,
    });
    s.ended = true;
    if (--s.unit.left === 0) this.free.push(s.unit.region);
  }

  /** By request, then rollout. */
  sorted(): Generated[] {
    return this.results.sort((a, b) => a.request - b.request || a.rollout - b.rollout);
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
