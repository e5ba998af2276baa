// Elementwise sums against f64, rows past the given count left alone.
import { expectClose, gpuTest, seeded } from "../testing/suite";
import { encodeAdd } from "./add";

interface Row {
  why: string;
  rows: number;
  columns: number;
  used?: number;
  values?: [number, number];
  scale?: number;
}

gpuTest.each([
  { why: "known value: 1.5 + 2.25", rows: 1, columns: 4, values: [1.5, 2.25] },
  { why: "control: whole workgroups", rows: 16, columns: 64 },
  { why: "degenerate: one vec4", rows: 1, columns: 4 },
  { why: "ragged tail", rows: 7, columns: 36 },
  { why: "extreme values cancel", rows: 3, columns: 8, values: [3e38, -3e38] },
  { why: "masked: rows past the count keep their values", rows: 9, columns: 20, used: 5 },
] as Row[])("add: $why", async ({ gpu, input, rows, columns, used = rows, values, scale = 1 }) => {
  const count = rows * columns;
  const x = values ? new Float32Array(count).fill(values[0]) : seeded(1, count, scale);
  const before = values ? new Float32Array(count).fill(values[1]) : seeded(2, count, scale);
  const y = input(before, [rows, columns]);
  await gpu.run((rec) => encodeAdd(rec, { x: input(x, [rows, columns]), y }, used));
  const want = Float64Array.from(before, (v, i) => (i < used * columns ? v + x[i] : v));
  // One f32 addition: half a unit in the last place.
  expectClose(await gpu.readF32(y), want, { abs: 0, rel: 6e-8 });
});
