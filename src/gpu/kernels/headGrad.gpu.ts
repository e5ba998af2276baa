// The gradient over the logits, in place, in tiles, against f64.
import { headGradReference } from "../reference/headGrad";
import { rowStats } from "../reference/headFinish";
import { expectClose, expectEqual, expectTrue, gpuTest, seeded } from "../testing/suite";
import { encodeHeadGrad } from "./headGrad";

interface Row {
  why: string;
  rows: number;
  vocab: number;
  width: number;
  scale: number;
  grads: readonly [number, number];
  mask?: boolean;
  sharpness?: number;
}

gpuTest.each<Row>([
  { why: "known value: flat over 4", rows: 1, vocab: 4, width: 4, scale: 0, grads: [-1, 0] },
  { why: "control: likelihood and entropy", rows: 64, vocab: 640, width: 640, scale: 5, grads: [-0.5, 0.25] },
  { why: "likelihood only", rows: 33, vocab: 640, width: 640, scale: 5, grads: [-0.01, 0] },
  { why: "entropy only", rows: 33, vocab: 640, width: 640, scale: 5, grads: [0, -0.02] },
  { why: "degenerate: one token", rows: 2, vocab: 1, width: 4, scale: 1, grads: [-1, 1] },
  { why: "ragged tiles with padding", rows: 7, vocab: 1021, width: 344, scale: 5, grads: [-0.5, 0.25] },
  { why: "32 lanes a row", rows: 3, vocab: 5001, width: 2504, scale: 5, grads: [-0.5, 0.25] },
  { why: "256 lanes a row", rows: 2, vocab: 20001, width: 10004, scale: 5, grads: [-0.5, 0.25] },
  { why: "extreme: nearly certain rows", rows: 4, vocab: 300, width: 300, scale: 80, grads: [-1, 1] },
  { why: "masked: a third at −1e30", rows: 4, vocab: 300, width: 152, scale: 4, grads: [-1, 1], mask: true },
  {
    why: "temperature 0.7, in tiles",
    rows: 9,
    vocab: 300,
    width: 152,
    scale: 5,
    grads: [-0.5, 0.25],
    sharpness: 1 / 0.7,
  },
  { why: "no gradient: all zeros", rows: 4, vocab: 300, width: 152, scale: 4, grads: [0, 0] },
])("head gradient: $why", async ({ gpu, input, rows, vocab, width, scale, grads, mask, sharpness = 1 }) => {
  const logits = seeded(31, rows * vocab, scale).map((x, i) => (mask && i % 3 === 1 ? -1e30 : x));
  const targets = Uint32Array.from({ length: rows }, (_, m) => (m * 97) % vocab);
  const row = (m: number) => logits.subarray(m * vocab, (m + 1) * vocab);
  const sharp = (m: number) => Float64Array.from(row(m), (x) => Math.fround(sharpness) * x);
  const stats = new Float32Array(rows * 4);
  for (let m = 0; m < rows; m++) {
    const { logprob, entropy, lse } = rowStats(sharp(m), targets[m]);
    stats.set([logprob, entropy, lse], 4 * m);
  }
  const shared = {
    stats: input(stats, [rows, 4]),
    targets: input(targets, [rows]),
    grads: input(
      Float32Array.from({ length: 2 * rows }, (_, i) => grads[i % 2]),
      [rows, 2],
    ),
  };
  const got = new Float32Array(rows * vocab);
  for (let firstVocab = 0; firstVocab < vocab; firstVocab += width) {
    const live = Math.min(width, vocab - firstVocab);
    const tile = new Float32Array(rows * width).fill(NaN); // padding is never read
    for (let m = 0; m < rows; m++) tile.set(row(m).subarray(firstVocab, firstVocab + live), m * width);
    const tensor = input(tile, [rows, width]);
    await gpu.run((rec) =>
      encodeHeadGrad(rec, { logits: tensor, ...shared }, { firstVocab, vocab, sharpness }),
    );
    const out = await gpu.readF32(tensor);
    for (let m = 0; m < rows; m++) {
      got.set(out.subarray(m * width, m * width + live), m * vocab + firstVocab);
      const padding = out.subarray(m * width + live, (m + 1) * width);
      expectTrue(
        padding.every((x) => x === 0),
        `padding of row ${m}`,
      );
    }
  }
  const want = new Float64Array(rows * vocab);
  for (let m = 0; m < rows; m++)
    want.set(
      headGradReference(sharp(m), targets[m], ...grads).map((x) => sharpness * x),
      m * vocab,
    );
  // x − lse of numbers up to 80 rounds by 8e-6, and p with it; |grads| ≤ 1.
  expectClose(got, want, { abs: 1e-6 + 2e-7 * scale });
  if (!grads[0] && !grads[1]) expectEqual(got.map(Math.abs), new Float32Array(got.length), "zeros");
});

gpuTest(
  "head gradient: a row asleep is zero even where its logits are not finite",
  async ({ gpu, input }) => {
    const logits = input(new Float32Array(8).fill(NaN), [1, 8]);
    const tensors = {
      logits,
      stats: input(new Float32Array(4).fill(NaN), [1, 4]),
      targets: input(Uint32Array.of(3), [1]),
      grads: input(new Float32Array(2), [1, 2]),
    };
    await gpu.run((rec) => encodeHeadGrad(rec, tensors, { firstVocab: 0, vocab: 8 }));
    expectEqual(await gpu.readF32(logits), new Float32Array(8));
  },
);
