// Seeded random numbers from a counter: the n-th draw depends on seed, stream and n alone, so a run can be
// continued from three integers and two streams never disturb each other.

/** PCG output permutation of one 32-bit word (Jarzynski & Olano 2020). */
function pcg(word: number): number {
  const state = (Math.imul(word, 747796405) + 2891336453) >>> 0;
  const mixed = Math.imul(((state >>> ((state >>> 28) + 4)) ^ state) >>> 0, 277803737) >>> 0;
  return ((mixed >>> 22) ^ mixed) >>> 0;
}

/** FNV-1a hash of a stream's name. */
function hashName(name: string): number {
  let hash = 2166136261;
  for (let i = 0; i < name.length; i++) hash = Math.imul(hash ^ name.charCodeAt(i), 16777619);
  return hash >>> 0;
}

/** A 32-bit key made from a seed and any whole numbers: the same inputs give the same key. */
export function mixKey(seed: number, ...parts: number[]): number {
  let key = pcg(seed >>> 0);
  for (const part of parts) key = pcg((key ^ pcg(part >>> 0)) >>> 0);
  return key;
}

export interface RandomState {
  seed: number;
  stream: string;
  counter: number;
}

export class Random {
  readonly #low: number;
  readonly #high: number;
  #counter: number;

  constructor(
    readonly seed: number,
    readonly stream: string,
    counter = 0,
  ) {
    this.#low = mixKey(seed, hashName(stream));
    this.#high = mixKey(seed, hashName(stream), 1);
    this.#counter = counter;
  }

  static restore({ seed, stream, counter }: RandomState): Random {
    return new Random(seed, stream, counter);
  }

  get state(): RandomState {
    return { seed: this.seed, stream: this.stream, counter: this.#counter };
  }

  /** 32 random bits. */
  bits(): number {
    const n = this.#counter++ >>> 0;
    return pcg((pcg((n ^ this.#low) >>> 0) + this.#high) >>> 0);
  }

  /** Uniform in [0, 1). */
  next(): number {
    return this.bits() / 4294967296;
  }

  /** Uniform whole number in [0, n); draws again if the remainder would make small numbers likelier. */
  below(n: number): number {
    const limit = 4294967296 - (4294967296 % n);
    let bits = this.bits();
    while (bits >= limit) bits = this.bits();
    return bits % n;
  }

  /** An index, drawn with the given weights; their sum must be above 0. */
  weighted(weights: readonly number[]): number {
    let left = this.next() * weights.reduce((total, weight) => total + weight, 0);
    const at = weights.findIndex((weight) => (left -= weight) < 0);
    return at >= 0 ? at : weights.indexOf(Math.max(...weights));
  }

  /** A shuffled copy (Fisher–Yates). */
  shuffle<T>(items: readonly T[]): T[] {
    const out = [...items];
    for (let i = out.length - 1; i > 0; i--) {
      const j = this.below(i + 1);
      [out[i], out[j]] = [out[j]!, out[i]!];
    }
    return out;
  }

  /** `count` different items, in random order; all of them where there are fewer. */
  sample<T>(items: readonly T[], count: number): T[] {
    const out = [...items];
    const taken = Math.min(count, out.length);
    for (let i = 0; i < taken; i++) {
      const j = i + this.below(out.length - i);
      [out[i], out[j]] = [out[j]!, out[i]!];
    }
    return out.slice(0, taken);
  }
}

/** 0, 1, …, n − 1. */
export function indices(n: number): number[] {
  return Array.from({ length: n }, (_, i) => i);
}
