// Bits of the 20 likeliest against f64.
import { top20Reference } from "../reference/top20";
import { top20BitsReference } from "../reference/top20Bits";
import { expectClose, gpuTest, seeded } from "../testing/suite";
import { encodeTop20Bits } from "./top20Bits";

gpuTest.each([
  { why: "known value: flat is log2 20", rows: 1, logits: () => new Float32Array(20) },
  { why: "control", rows: 64, logits: (m: number) => seeded(40 + m, 20, 4) },
  { why: "degenerate: one token is 0", rows: 1, logits: () => Float32Array.of(3) },
  { why: "fewer than 20: flat over 8 is 3 bits", rows: 1, logits: () => new Float32Array(8).fill(-5) },
  { why: "ragged tail", rows: 33, logits: (m: number) => seeded(m + 1, 20, 1) },
  { why: "extreme: one far above", rows: 2, logits: (m: number) => seeded(m + 5, 20, 1e4) },
  {
    why: "masked: half at −1e30",
    rows: 2,
    logits: (m: number) => seeded(m + 9, 20).map((x, i) => (i % 2 ? -1e30 : x)),
  },
])("top 20 bits: $why", async ({ gpu, input, output, rows, logits }) => {
  const kept = Float32Array.from(Array.from({ length: rows }, (_, m) => top20Reference(logits(m))).flat());
  const [state, bits] = [input(kept, [rows, 20]), output([rows])];
  await gpu.run((rec) => encodeTop20Bits(rec, { state, bits }));
  const want = Array.from({ length: rows }, (_, m) => top20BitsReference(kept.subarray(20 * m, 20 * m + 20)));
  // log2 is good to 2⁻²¹ near 1 (4.8e-7), weighted by p; twenty such terms sum to at most that.
  expectClose(await gpu.readF32(bits), want, { abs: 2e-6 });
});
