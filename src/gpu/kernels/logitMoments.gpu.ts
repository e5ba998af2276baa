// Online moments of rows of logits: whole, in tiles, with padding, against f64.
import { logitMomentsReference, type MomentsReference } from "../reference/logitMoments";
import { randomLogits, type LogitRow } from "../testing/logits";
import { expectClose, expectEqual, expectTrue, gpuTest, seeded } from "../testing/suite";
import { encodeLogitMoments } from "./logitMoments";

type Row = LogitRow & { sharpness?: number };

const noise = randomLogits(7, 1);
const random = (scale: number) => (i: number) => scale * noise(i);

gpuTest.each<Row>([
  { why: "known value: flat row", rows: 1, vocab: 8, width: 8, logit: () => 0 },
  { why: "control", rows: 64, vocab: 640, width: 640, logit: random(8) },
  { why: "degenerate: one token", rows: 2, vocab: 1, width: 4, logit: random(3) },
  { why: "ragged tail of rows and columns", rows: 37, vocab: 641, width: 644, logit: random(8) },
  { why: "tiles, the last one ragged", rows: 5, vocab: 1021, width: 256, logit: random(8) },
  { why: "temperature 2, in tiles", rows: 5, vocab: 1021, width: 256, logit: random(8), sharpness: 0.5 },
  { why: "32 lanes a row", rows: 3, vocab: 5001, width: 2504, logit: random(8) },
  { why: "256 lanes a row", rows: 2, vocab: 20001, width: 10004, logit: random(8) },
  { why: "extreme: ±1e4", rows: 4, vocab: 300, width: 152, logit: random(1e4) },
  { why: "extreme: peak rises all along", rows: 2, vocab: 300, width: 152, logit: (i) => i % 300 },
  {
    why: "masked: a third at −1e30",
    rows: 4,
    vocab: 300,
    width: 152,
    logit: (i) => (i % 3 ? random(4)(i) : -1e30),
  },
  {
    why: "ties: the lowest token is the best",
    rows: 3,
    vocab: 200,
    width: 52,
    logit: (i) => (i % 5 ? 0 : 3),
  },
])("logit moments: $why", async ({ gpu, input, output, rows, vocab, width, logit, sharpness = 1 }) => {
  const logits = Float32Array.from({ length: rows * vocab }, (_, i) => logit(i));
  const targets = Uint32Array.from({ length: rows }, (_, m) => (m * 97 + vocab - 1) % vocab);
  const state = output([rows, 8]);
  const want: (MomentsReference | null)[] = new Array<null>(rows).fill(null);
  const target = input(targets, [rows]);
  for (let firstVocab = 0; firstVocab < vocab; firstVocab += width) {
    // Padding columns hold what would win every maximum if anyone looked.
    const tile = new Float32Array(rows * width).fill(3e38);
    for (let m = 0; m < rows; m++) {
      const part = logits.subarray(m * vocab + firstVocab, m * vocab + Math.min(vocab, firstVocab + width));
      tile.set(part, m * width);
      want[m] = logitMomentsReference(
        tile.subarray(m * width, (m + 1) * width).map((x) => sharpness * x),
        targets[m],
        firstVocab,
        vocab,
        want[m],
      );
    }
    const tensors = { logits: input(tile, [rows, width]), targets: target, state };
    const place = { firstVocab, vocab, first: firstVocab === 0, sharpness };
    await gpu.run((rec) => encodeLogitMoments(rec, tensors, place));
  }
  const words = await gpu.read(state);
  const [floats, integers] = [new Float32Array(words), new Uint32Array(words)];
  const column = (from: ArrayLike<number>, c: number) =>
    Array.from({ length: rows }, (_, m) => from[8 * m + c]);
  const wanted = (of: (moments: MomentsReference) => number) => want.map((moments) => of(moments!));
  const [peak, hit] = [wanted((w) => w.peak), wanted((w) => w.target)];
  expectEqual(column(floats, 0), peak, "peak");
  expectEqual(column(floats, 3), hit, "target's logit");
  expectEqual(column(floats, 4), peak, "best logit");
  const best = wanted((w) => w.best);
  expectEqual(column(integers, 5), best, "best token");
  // Each exp is good to a few 1e-7 of itself, but its argument is rounded: |x − peak| · 6e-8, at most 16 matters.
  const close = { abs: 1e-6, rel: 4e-6 };
  const [mass, tilt] = [wanted((w) => w.mass), wanted((w) => w.tilt)];
  expectClose(column(floats, 1), mass, close, "mass");
  expectClose(column(floats, 2), tilt, close, "tilt");
});

gpuTest("logit moments: the same bits twice, and beside other rows", async ({ gpu, input, output }) => {
  const [rows, width] = [40, 640];
  const logits = seeded(3, rows * width, 6);
  const targets = Uint32Array.from({ length: rows }, (_, m) => m);
  const run = async (from: number, count: number) => {
    const state = output([count, 8]);
    const tensors = {
      logits: input(logits.slice(from * width, (from + count) * width), [count, width]),
      targets: input(targets.slice(from, from + count), [count]),
      state,
    };
    await gpu.run((rec) => encodeLogitMoments(rec, tensors, { firstVocab: 0, vocab: width, first: true }));
    return gpu.readU32(state);
  };
  const whole = await run(0, rows);
  expectEqual(await run(0, rows), whole, "again");
  expectEqual(await run(13, 5), whole.slice(13 * 8, 18 * 8), "five rows alone");
  expectTrue(
    whole.some((word) => word !== 0),
    "something was written",
  );
});

gpuTest(
  "logit moments: a NaN logit does not stay hidden, and stays in its row",
  async ({ gpu, input, output }) => {
    const logits = seeded(3, 128);
    logits[17] = NaN;
    const state = output([2, 8]);
    const tensors = { logits: input(logits, [2, 64]), targets: input(Uint32Array.of(0, 0), [2]), state };
    await gpu.run((rec) => encodeLogitMoments(rec, tensors, { firstVocab: 0, vocab: 64, first: true }));
    const [, mass, tilt, , , , , , , otherMass, otherTilt] = await gpu.readF32(state);
    // WGSL leaves exp(NaN) open (gpuweb/gpuweb#2270), and SwiftShader gives infinity, but tilt multiplies by the NaN itself.
    expectTrue(Number.isNaN(tilt), `the row with the NaN has mass ${mass}, tilt ${tilt}`);
    expectTrue(
      Number.isFinite(otherMass) && Number.isFinite(otherTilt),
      `the other: mass ${otherMass}, tilt ${otherTilt}`,
    );
  },
);
