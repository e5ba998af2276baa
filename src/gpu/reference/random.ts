// Random numbers from a counter, Philox4x32-10 (Salmon et al. 2011): a draw depends on its key and counter alone,
// not on other draws. Gives the same words and numbers, to the bit, as shaders/common/random.wgsl.

const FACTOR0 = 0xd2511f53;
const FACTOR1 = 0xcd9e8d57;

/** Upper 32 bits of a 32 × 32 bit product. */
function high(a: number, b: number): number {
  const [al, ah, bl, bh] = [a & 0xffff, a >>> 16, b & 0xffff, b >>> 16];
  const cross = al * bh + ((al * bl) >>> 16); // below 2³²
  return (ah * bh + (cross >>> 16) + ((ah * bl + (cross & 0xffff)) >>> 16)) >>> 0;
}

/** Four random u32 of a counter (4 u32) under a key (2 u32). */
export function philox(counter: ArrayLike<number>, key: ArrayLike<number>): [number, number, number, number] {
  let [c0, c1, c2, c3] = Array.from(counter, (word) => word >>> 0);
  let [k0, k1] = Array.from(key, (word) => word >>> 0);
  for (let round = 0; round < 10; round++) {
    const next1 = Math.imul(FACTOR1, c2) >>> 0;
    const next3 = Math.imul(FACTOR0, c0) >>> 0;
    const next0 = (high(FACTOR1, c2) ^ c1 ^ k0) >>> 0;
    const next2 = (high(FACTOR0, c0) ^ c3 ^ k1) >>> 0;
    [c0, c1, c2, c3] = [next0, next1, next2, next3];
    k0 = (k0 + 0x9e3779b9) >>> 0;
    k1 = (k1 + 0xbb67ae85) >>> 0;
  }
  return [c0, c1, c2, c3];
}

/** A word as a number in (0, 1) that f32 holds exactly: cells 2⁻²³ wide near 1 and down to 2⁻³² near 0. */
export function unit(word: number): number {
  const shift = 9 - Math.min(9, Math.clz32(word));
  return ((word >>> shift) + 0.5) * 2 ** (shift - 32);
}

/** Standard Gumbel noise of a word, f64. */
export const gumbel = (word: number): number => -Math.log(-Math.log1p(-unit(word)));

/** Second key word of the token draws in shaders/sampling/sample.wgsl. */
export const SAMPLE_STREAM = 0x73616d70;

/** Who draws: the same four numbers give the same noise for every token. */
export interface DrawKey {
  seed: number;
  key: number;
  rollout: number;
  emitted: number;
}

/** The random word of one token of one draw. */
export const tokenWord = ({ seed, key, rollout, emitted }: DrawKey, token: number): number =>
  philox([token >>> 2, emitted, rollout, key], [seed, SAMPLE_STREAM])[token & 3];

/**
 * An endless sequence of numbers in (0, 1) for code on the CPU. `stream` tells apart what is drawn (one number a
 * purpose), `place` where (for example an epoch); any u32.
 */
export function uniforms(seed: number, stream: number, place = 0): () => number {
  let block = 0;
  let words: number[] = [];
  return () => {
    if (!words.length) words = philox([block++, place, 0, 0], [seed, stream]);
    return unit(words.shift()!);
  };
}
