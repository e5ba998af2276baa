// Row sums in list order.
import { scatterRowsReference } from "../reference/scatterRows";
import { expectClose, expectEqual, gpuTest, seeded } from "../testing/suite";
import { encodeScatterRows } from "./scatterRows";

/** Rows of `index` grouped by target, in ascending order. */
function grouped(index: readonly number[], rows: number): { offsets: number[]; list: number[] } {
  const offsets = [0];
  const list: number[] = [];
  for (let t = 0; t < rows; t++) {
    index.forEach((row, m) => row === t && list.push(m));
    offsets.push(list.length);
  }
  return { offsets, list };
}

gpuTest.each([
  { why: "known value, one row of one vec4", rows: 1, columns: 4, index: [0] },
  {
    why: "control: a permutation",
    rows: 16,
    columns: 64,
    index: Array.from({ length: 16 }, (_, i) => (i * 5) % 16),
  },
  {
    why: "ragged tail with repeats and gaps",
    rows: 7,
    columns: 36,
    index: Array.from({ length: 29 }, (_, i) => (i * i) % 7),
  },
  { why: "all into one row", rows: 3, columns: 4, index: Array.from({ length: 200 }, () => 1) },
  { why: "extreme values", rows: 3, columns: 8, index: [2, 0, 2], scale: 1e38 },
] as { why: string; rows: number; columns: number; index: number[]; scale?: number }[])(
  "scatter_rows: $why",
  async ({ gpu, input, output, rows, columns, index, scale = 1 }) => {
    const { offsets, list } = grouped(index, rows);
    const values = seeded(1, index.length * columns, scale);
    const dx = output([rows, columns]);
    await gpu.run((rec) =>
      encodeScatterRows(rec, {
        dy: input(values, [index.length, columns]),
        offsets: input(Uint32Array.from(offsets), [rows + 1]),
        list: input(Uint32Array.from(list), [index.length]),
        dx,
      }),
    );
    const want = scatterRowsReference(values, offsets, list, columns);
    // At most 200 f32 additions in a row: error below 200 · 6e-8 of the largest partial sum, usually far less.
    expectClose(await gpu.readF32(dx), want, { abs: 0, rel: 2e-6 });
  },
);

gpuTest("scatter_rows: the order of the list is the order of the sum", async ({ gpu, input, output }) => {
  // 1e8 + 1 rounds to 1e8 in f32, so only 1e8 − 1e8 + 1 gives 1.
  const values = [1e8, 1, -1e8].flatMap((v) => [v, v, v, v]);
  const dx = output([2, 4]);
  await gpu.run((rec) =>
    encodeScatterRows(rec, {
      dy: input(Float32Array.from([...values, ...values]), [6, 4]),
      offsets: input(Uint32Array.of(0, 3, 6), [3]),
      list: input(Uint32Array.of(0, 1, 2, 3, 5, 4), [6]),
      dx,
    }),
  );
  expectEqual(await gpu.readF32(dx), [0, 0, 0, 0, 1, 1, 1, 1]);
});
