// The 20 largest logits, whole and in tiles: values are copied, so they agree to the bit.
import { top20Reference } from "../reference/top20";
import { randomLogits, type LogitRow } from "../testing/logits";
import { expectEqual, gpuTest } from "../testing/suite";
import { encodeTop20 } from "./top20";

const random = randomLogits(17, 9);

gpuTest.each<LogitRow>([
  { why: "known value: a ramp", rows: 1, vocab: 40, width: 40, logit: (i) => i },
  { why: "falling ramp", rows: 1, vocab: 40, width: 40, logit: (i) => -i },
  { why: "control", rows: 64, vocab: 640, width: 640, logit: random },
  { why: "degenerate: one token", rows: 3, vocab: 1, width: 4, logit: random },
  { why: "fewer tokens than 20", rows: 3, vocab: 11, width: 12, logit: random },
  { why: "ragged tail", rows: 37, vocab: 641, width: 644, logit: random },
  { why: "tiles", rows: 5, vocab: 1021, width: 128, logit: random },
  { why: "32 lanes a row", rows: 3, vocab: 5001, width: 2504, logit: random },
  { why: "64 lanes a row", rows: 2, vocab: 40001, width: 20004, logit: random },
  { why: "all equal", rows: 2, vocab: 100, width: 52, logit: () => 1.5 },
  { why: "many ties", rows: 2, vocab: 100, width: 52, logit: (i) => i % 7 },
  { why: "extreme: huge values", rows: 2, vocab: 100, width: 52, logit: (i) => 1e28 * random(i) },
  {
    why: "masked: all but ten at −1e30",
    rows: 2,
    vocab: 100,
    width: 52,
    logit: (i) => (i % 10 ? -1e30 : random(i)),
  },
])("top 20: $why", async ({ gpu, input, output, rows, vocab, width, logit }) => {
  const logits = Float32Array.from({ length: rows * vocab }, (_, i) => logit(i));
  const state = output([rows, 20]);
  for (let firstVocab = 0; firstVocab < vocab; firstVocab += width) {
    const tile = new Float32Array(rows * width).fill(3e38); // padding that would win if anyone looked
    for (let m = 0; m < rows; m++) {
      tile.set(
        logits.subarray(m * vocab + firstVocab, m * vocab + Math.min(vocab, firstVocab + width)),
        m * width,
      );
    }
    const tensor = input(tile, [rows, width]);
    await gpu.run((rec) =>
      encodeTop20(rec, { logits: tensor, state }, { firstVocab, vocab, first: firstVocab === 0 }),
    );
  }
  const want = Array.from({ length: rows }, (_, m) =>
    top20Reference(logits.subarray(m * vocab, (m + 1) * vocab)),
  ).flat();
  expectEqual(await gpu.readF32(state), Float32Array.from(want));
});
