// Measures the arithmetic limit of the adapter: multiply-adds per second when nothing is read from memory. Speeds
// of the engine are reported as a share of this limit.
import { fmaCeiling } from "../../../shaders/probe/index";
import type { Gpu } from "../gpu";
import { defineKernel } from "../kernel";
import type { Recorder } from "../recorder";
import { expectShape, type Tensor } from "../tensor";

const kernel = defineKernel([fmaCeiling]);

/** Records `iterations` rounds of eight vec4 multiply-adds a row. `sums`: f32[N, 4], overwritten. */
export function encodeFmaCeiling(rec: Recorder, sums: Tensor, iterations: number): void {
  const [rows] = expectShape(sums, ["N", 4]);
  rec.dispatch(
    kernel,
    { sums, dims: { rows, iterations } },
    [Math.ceil(rows / 64), 1, 1],
    32 * rows * iterations,
  );
}

const ROWS = 2 ** 16;
/** Long enough that the time of starting does not matter, short enough not to be noticed. */
const ENOUGH_MS = 25;
const MOST_TURNS = 2 ** 16;

/** Multiply-adds a second, the best of three; takes about a fifth of a second. */
export async function measureCeiling(gpu: Gpu, now: () => number = () => performance.now()): Promise<number> {
  const sums = gpu.alloc([ROWS, 4], "f32", "ceiling probe", "scratch");
  const time = async (iterations: number): Promise<number> => {
    const from = now();
    await gpu.run((rec) => encodeFmaCeiling(rec, sums, iterations));
    await gpu.done();
    return now() - from;
  };
  try {
    await time(1);
    let iterations = 16;
    let best = await time(iterations);
    while (best < ENOUGH_MS && iterations < MOST_TURNS) best = await time((iterations *= 2));
    for (let again = 0; again < 2; again++) best = Math.min(best, await time(iterations));
    return (32 * ROWS * iterations * 1000) / best;
  } finally {
    gpu.free(sums);
  }
}
