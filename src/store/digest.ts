// A hash of the pool's rows, for logs that carry none: enough to tell pools apart, but not safe against deliberate
// collisions. Pure and synchronous, so that the log reader can compute it on the way.
import type { LogSample } from "../lib/events";

/** 128 bits in hex of prompt and answer of every row, in order; lengths are part of it. */
export function rowsDigest(rows: readonly Pick<LogSample, "prompt" | "answer">[]): string {
  const state = [0x811c9dc5, 0x41c6ce57, 0xdeadbeef, 0x9e3779b1];
  const primes = [0x01000193, 0x5f356495, 0x85ebca6b, 0xc2b2ae35];
  const take = (text: string): void => {
    for (let i = -1; i < text.length; i++) {
      const code = i < 0 ? text.length : text.charCodeAt(i);
      for (let s = 0; s < state.length; s++) {
        const mixed = Math.imul(state[s] ^ code, primes[s]);
        state[s] = mixed ^ (mixed >>> 15);
      }
    }
  };
  for (const { prompt, answer } of rows) {
    take(prompt);
    take(answer);
  }
  return `${rows.length}-${state.map((s) => (s >>> 0).toString(16).padStart(8, "0")).join("")}`;
}
