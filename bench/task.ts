// A bench is a list of tasks, each measured once a round, all tasks of a round before the next round: drift of the
// machine then hits all of them alike.
import type { Gpu } from "../src/gpu/gpu";

export interface BenchTask {
  suite: "kernels" | "model";
  /** What is done. */
  task: string;
  /** At which size, e.g. `512×512×512`. */
  shape: string;
  /** `proximal`, or a peer with its version. */
  impl: string;
  /** Of the measured value, e.g. GFLOP/s, tokens/s, ms. */
  unit: string;
  /** One warm-up and everything that must not be measured. Returns what is measured: a value in `unit`. */
  prepare(gpu: Gpu): Promise<PreparedTask>;
}

export interface PreparedTask {
  measure(): Promise<number>;
  dispose(): void;
}

/** Seconds a piece of work takes until the GPU is done with it. */
export async function seconds(gpu: Gpu, work: () => Promise<unknown>): Promise<number> {
  await gpu.done();
  const start = performance.now();
  await work();
  await gpu.done();
  return (performance.now() - start) / 1000;
}
