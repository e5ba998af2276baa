// Row picking: copies are exact.
import { gatherRowsReference } from "../reference/gatherRows";
import { expectEqual, gpuTest, seeded } from "../testing/suite";
import { encodeGatherRows } from "./gatherRows";

gpuTest.each([
  { why: "known value, one row of one vec4", rows: 1, columns: 4, index: [0] },
  { why: "control", rows: 16, columns: 64, index: Array.from({ length: 16 }, (_, i) => (i * 5) % 16) },
  {
    why: "ragged tail with repeats",
    rows: 7,
    columns: 36,
    index: Array.from({ length: 29 }, (_, i) => (i * i) % 7),
  },
  { why: "more picked than there are", rows: 1, columns: 4, index: [0, 0, 0, 0, 0] },
  { why: "extreme values", rows: 3, columns: 8, index: [2, 0], scale: 3e38 },
  { why: "masked: numbers past the end give zeros", rows: 3, columns: 8, index: [2, 3, 0, 0xffffffff] },
] as { why: string; rows: number; columns: number; index: number[]; scale?: number }[])(
  "gather_rows: $why",
  async ({ gpu, input, output, rows, columns, index, scale = 1 }) => {
    const values = seeded(1, rows * columns, scale);
    const x = input(values, [rows, columns]);
    const picked = input(Uint32Array.from(index), [index.length]);
    const y = output([index.length, columns]);
    await gpu.run((rec) => encodeGatherRows(rec, { x, index: picked, y }));
    expectEqual(await gpu.readF32(y), gatherRowsReference(values, index, columns));
  },
);

gpuTest("gather_rows: more than 65,535 workgroups", async ({ gpu, input, output }) => {
  const count = 65536 * 64 + 3; // one vec4 a row, 64 rows a workgroup
  const values = seeded(1, 3 * 4);
  const x = input(values, [3, 4]);
  const index = Uint32Array.from({ length: count }, (_, i) => i % 3);
  const picked = input(index, [count]);
  const y = output([count, 4]);
  await gpu.run((rec) => encodeGatherRows(rec, { x, index: picked, y }));
  for (const first of [0, 32768 * 64 - 100, count - 200]) {
    const got = new Float32Array(await gpu.read(y, 200 * 16, first * 16));
    expectEqual(
      got,
      gatherRowsReference(values, index.subarray(first, first + 200), 4),
      `rows from ${first}`,
    );
  }
});
