// How much GPU memory the lab assumes that it may use, and how long a sample may be.

/** Rows of the largest batch: a limit on memory, and on the length of a sample. */
export const MAX_ROWS = 1024;

/**
 * Bytes the lab dares to plan with. Browsers do not say how much memory a GPU has: half of what the machine is
 * said to have is assumed, and said so in the advice.
 */
export function assumedLimit(): number {
  const told = typeof navigator === "undefined" ? null : (navigator as Navigator & { deviceMemory?: number });
  return ((told?.deviceMemory ?? 4) / 2) * 2 ** 30;
}

const MIB = 2 ** 20;

/** Bytes of keys and values that decoding may keep, at that limit: a sixteenth of it, from 16 to 256 MiB. */
export const cacheLimit = (limit: number): number =>
  Math.max(16 * MIB, Math.min(256 * MIB, Math.floor(limit / 16)));
