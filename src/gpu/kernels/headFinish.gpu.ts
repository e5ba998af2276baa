// Moments to statistics, and the whole online head against statistics taken straight from the logits.
import { headFinishReference, rowStats } from "../reference/headFinish";
import { expectClose, expectEqual, expectTrue, gpuTest, seeded } from "../testing/suite";
import { encodeHeadFinish } from "./headFinish";
import { encodeLogitMoments } from "./logitMoments";

gpuTest.each([
  { why: "known value: flat over 8", peak: 0, mass: 8, tilt: 0, target: 0 },
  { why: "control", peak: 3.5, mass: 12.25, tilt: -20.5, target: 1.25 },
  { why: "degenerate: one token", peak: -2, mass: 1, tilt: 0, target: -2 },
  { why: "extreme: far from zero", peak: 4096, mass: 2.5, tilt: -1.5, target: 4090 },
  { why: "masked target", peak: 1, mass: 3, tilt: -2, target: -1e30 },
  { why: "rounding below a certain row's 0", peak: 1, mass: 1, tilt: 2e-7, target: 1 },
])("head finish: $why", async ({ gpu, input, output, peak, mass, tilt, target }) => {
  const rows = 33; // one more than a workgroup
  const words = new Uint32Array(rows * 8);
  const floats = new Float32Array(words.buffer);
  for (let m = 0; m < rows; m++) {
    floats.set([peak, mass, tilt, target, peak], m * 8);
    words[m * 8 + 5] = 1000 + m;
  }
  const stats = output([rows, 4]);
  const state = input(words, [rows, 8]);
  await gpu.run((rec) => encodeHeadFinish(rec, { state, stats }));
  const buffer = await gpu.read(stats);
  const want = headFinishReference(peak, Math.fround(mass), Math.fround(tilt), Math.fround(target));
  for (const m of [0, 31, 32]) {
    const got = new Float32Array(buffer, m * 16, 3);
    // A few roundings of numbers of the size of each result.
    expectClose([got[0]], [want.logprob], { abs: 1e-6, rel: 3e-7 }, "logprob");
    expectClose([got[1]], [want.entropy], { abs: 1e-6 }, "entropy");
    expectClose([got[2]], [want.lse], { abs: 1e-6, rel: 1e-7 }, "lse");
    expectEqual(new Uint32Array(buffer, m * 16 + 12, 1), [1000 + m], "greedy token");
  }
});

gpuTest.each([
  { why: "control", rows: 64, vocab: 640, width: 640, scale: 6 },
  { why: "tiles", rows: 9, vocab: 3001, width: 1004, scale: 6 },
  { why: "nearly certain", rows: 9, vocab: 640, width: 640, scale: 60 },
  { why: "a large vocabulary in two tiles", rows: 2, vocab: 40000, width: 20000, scale: 6 },
])("online head: $why", async ({ gpu, input, output, rows, vocab, width, scale }) => {
  const logits = seeded(21, rows * vocab, scale);
  const targets = Uint32Array.from({ length: rows }, (_, m) => (m * 131) % vocab);
  const [state, stats] = [output([rows, 8]), output([rows, 4])];
  const target = input(targets, [rows]);
  for (let firstVocab = 0; firstVocab < vocab; firstVocab += width) {
    const tile = new Float32Array(rows * width);
    for (let m = 0; m < rows; m++) {
      tile.set(
        logits.subarray(m * vocab + firstVocab, m * vocab + Math.min(vocab, firstVocab + width)),
        m * width,
      );
    }
    const tensors = { logits: input(tile, [rows, width]), targets: target, state };
    await gpu.run((rec) => encodeLogitMoments(rec, tensors, { firstVocab, vocab, first: firstVocab === 0 }));
  }
  await gpu.run((rec) => encodeHeadFinish(rec, { state, stats }));
  const buffer = await gpu.read(stats);
  const [floats, integers] = [new Float32Array(buffer), new Uint32Array(buffer)];
  for (let m = 0; m < rows; m++) {
    const want = rowStats(logits.subarray(m * vocab, (m + 1) * vocab), targets[m]);
    // Sums of up to 40,000 terms over 256 lanes: a few 1e-7 of ln mass; logits up to 60 round by 4e-6.
    const got = floats.subarray(4 * m, 4 * m + 3);
    expectClose(got, [want.logprob, want.entropy, want.lse], { abs: 4e-6, rel: 2e-7 }, `row ${m}`);
    expectEqual([integers[4 * m + 3]], [want.argmax], `row ${m}, greedy token`);
  }
});

gpuTest("online head: a row of NaN has NaN statistics", async ({ gpu, input, output }) => {
  const tensors = {
    logits: input(new Float32Array(64).fill(NaN), [1, 64]),
    targets: input(Uint32Array.of(5), [1]),
    state: output([1, 8]),
    stats: output([1, 4]),
  };
  await gpu.run((rec) => {
    encodeLogitMoments(rec, tensors, { firstVocab: 0, vocab: 64, first: true });
    encodeHeadFinish(rec, tensors);
  });
  const [logprob, entropy] = await gpu.readF32(tensors.stats);
  expectTrue(Number.isNaN(logprob) && Number.isNaN(entropy), `logprob ${logprob}, entropy ${entropy}`);
});
