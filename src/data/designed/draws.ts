// Seeded draws for pools that are made from a seed alone: the same seed gives the same rows in every browser. A counter
// goes through the 32-bit finaliser of MurmurHash3, so that nearby seeds and draws share nothing.

export interface Draws {
  /** Uniform in [0, 1). */
  share(): number;
  /** Uniform whole number, both ends included. */
  int(low: number, high: number): number;
  pick<T>(items: readonly T[]): T;
  /** A shuffled copy (Fisher–Yates). */
  shuffle<T>(items: readonly T[]): T[];
}

function mixed(word: number): number {
  let h = word >>> 0;
  h = Math.imul(h ^ (h >>> 16), 0x85ebca6b);
  h = Math.imul(h ^ (h >>> 13), 0xc2b2ae35);
  return (h ^ (h >>> 16)) >>> 0;
}

/** @param stream parts of a pool that must not disturb each other have streams of their own */
export function draws(seed: number, stream: string): Draws {
  let key = mixed(seed + 0x9e3779b9);
  for (let i = 0; i < stream.length; i++) key = mixed(key ^ Math.imul(stream.charCodeAt(i) + 1, 0x01000193));
  let counter = 0;
  const share = () => mixed(mixed(counter++ ^ key) + key) / 4294967296;
  const int = (low: number, high: number) => low + Math.floor(share() * (high - low + 1));
  return {
    share,
    int,
    pick: (items) => items[int(0, items.length - 1)],
    shuffle(items) {
      const out = [...items];
      for (let i = out.length - 1; i > 0; i--) {
        const j = int(0, i);
        [out[i], out[j]] = [out[j], out[i]];
      }
      return out;
    },
  };
}
