// What the peers' tasks have in common: timing, checks against the expected numbers, and the tasks around them.
import type { Gpu } from "../../src/gpu/gpu";
import { greedyTokens } from "../model";
import { flops, operands, productError, productName, RIGHT_PRODUCT, type Product } from "../seeded";
import { EXPECTED } from "../shape";
import { relativeError, type BenchTask, type PreparedTask } from "../task";

/** Of the largest expected value. */
const RIGHT = 1e-4;
/** Of the greedily decoded tokens: a near tie may fall either way. */
const RIGHT_TOKENS = 0.95;

/** Seconds that `work` takes. */
export async function timed(work: () => Promise<unknown>): Promise<number> {
  const start = performance.now();
  await work();
  return (performance.now() - start) / 1000;
}

/** What a peer gave that is not right; nothing where it is. */
export type Wrong = Pick<PreparedTask, "wrong">;

/** Unless `got` is `want` to 1e-4 of its largest value. */
export function wrongBy(got: ArrayLike<number>, want: ArrayLike<number>): Wrong {
  const error = relativeError(got, want);
  return error > RIGHT ? { wrong: `off by ${error.toExponential(1)} of the largest expected value` } : {};
}

/** Unless three of the logits of the forward pass are those expected. */
export function wrongLogits(logits: ArrayLike<number>): Wrong {
  const got = [logits[0], logits[777], logits[logits.length - 1]];
  const { wrong } = wrongBy(got, [EXPECTED.logit0, EXPECTED.logit777, EXPECTED.lastLogit]);
  if (wrong === undefined) return {};
  return { wrong: `logits 0, 777 and last are ${got.map((g) => g.toFixed(4)).join(", ")}` };
}

/** Unless nearly all greedily decoded tokens, one sequence after another, are the reference's. */
export async function wrongTokens(gpu: Gpu, got: readonly number[]): Promise<Wrong> {
  const want = await greedyTokens(gpu);
  const same = got.filter((token, i) => token === want[i]).length;
  if (same >= RIGHT_TOKENS * want.length) return {};
  return { wrong: `${same} of ${want.length} greedy tokens are the reference's` };
}

/** A plain matmul with its operands placed. */
export interface PlacedProduct {
  /** a · b, f32[M, N], to be checked. */
  result(): Promise<ArrayLike<number>>;
  /** The same once more, until the GPU is done with it. */
  once(): Promise<void>;
  dispose(): void;
}

/** The task of one plain matmul, a f32[M, K] and b f32[K, N] placed by `place`. */
export function productTask(
  impl: string,
  product: Product,
  place: (a: Float32Array, b: Float32Array) => PlacedProduct | Promise<PlacedProduct>,
): BenchTask {
  return {
    suite: "kernels",
    task: "matmul f32",
    shape: productName(product),
    impl,
    unit: "GFLOP/s",
    async prepare() {
      const { a, b } = operands(product);
      const { result, once, dispose } = await place(a, b);
      const error = productError(product, await result());
      return {
        ...(error > RIGHT_PRODUCT ? { wrong: `off by ${error.toExponential(1)} · √K` } : {}),
        measure: async () => flops(product) / (await timed(once)) / 1e9,
        dispose,
      };
    },
  };
}

/** A task of the common shape in tokens/s: `prepare` checks the work, does it once, and gives it with its tokens. */
export function modelTask(
  name: { impl: string; task: string; shape: string },
  prepare: (gpu: Gpu) => Promise<Wrong & { tokens: number; work: () => Promise<unknown> }>,
): BenchTask {
  return {
    suite: "model",
    ...name,
    unit: "tokens/s",
    async prepare(gpu) {
      const { tokens, work, ...wrong } = await prepare(gpu);
      return { ...wrong, measure: async () => tokens / (await timed(work)), dispose: () => undefined };
    },
  };
}
