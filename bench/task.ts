// A bench is a list of tasks, each measured once a round, all tasks of a round before the next round: drift of the
// machine then hits all of them alike. A task checks its own result before anything is timed.
import type { Gpu } from "../src/gpu/gpu";

export type Suite = "kernels" | "model" | "grpo" | "scoring" | "memory";

/** Suites that run only when they are asked for. */
export const ON_REQUEST: readonly Suite[] = ["grpo", "scoring", "memory"];

export interface TaskName {
  suite: Suite;
  /** What is done. Tasks of several implementations with one name and shape are compared. */
  task: string;
  /** At which size, e.g. `512×512×512`. */
  shape: string;
  /** `proximal`, a peer with its version, or our own engine doing the same work another way. */
  impl: string;
  /** Of the measured value: GFLOP/s, GB/s, G loads/s, tokens/s, … Where peers are compared, larger is better. */
  unit: string;
}

export interface BenchTask extends TaskName {
  /**
   * One warm-up, the check against the reference and everything else that must not be measured.
   * @throws when our own result is wrong
   */
  prepare(gpu: Gpu): Promise<PreparedTask>;
}

/** A figure that is no median of rounds: each round replaces the one before. */
export interface Figure {
  value: number;
  /** Bounds of an interval, and of how many things it speaks. */
  low?: number;
  high?: number;
  n?: number;
  /** Printed beside it. */
  note?: string;
}

export interface PreparedTask {
  /** A value in `unit`; the row then shows the median of all rounds. Or a figure that stands for itself. */
  measure(round: number): Promise<number | Figure>;
  dispose(): void;
  /** A peer whose result is not the reference's: what it gave and what was expected. Listed in brackets. */
  wrong?: string;
}

/** Seconds a piece of work takes until the GPU is done with it. */
export async function seconds(gpu: Gpu, work: () => Promise<unknown>): Promise<number> {
  await gpu.done();
  const start = performance.now();
  await work();
  await gpu.done();
  return (performance.now() - start) / 1000;
}

/** Largest difference, as a share of the largest expected value. */
export function relativeError(got: ArrayLike<number>, want: ArrayLike<number>): number {
  let worst = 0;
  let largest = 0;
  for (let i = 0; i < want.length; i++) {
    const gap = Math.abs(got[i] - want[i]);
    worst = Number.isFinite(gap) ? Math.max(worst, gap) : Infinity;
    largest = Math.max(largest, Math.abs(want[i]));
  }
  return got.length === want.length ? worst / Math.max(largest, 1e-30) : Infinity;
}

/** @throws Error unless the values agree to `tolerance` of the largest one. */
export function mustAgree(
  what: string,
  got: ArrayLike<number>,
  want: ArrayLike<number>,
  tolerance = 1e-5,
): void {
  const error = relativeError(got, want);
  if (error > tolerance) throw new Error(`${what} is off by ${error.toExponential(1)} of its largest value`);
}
