// Rotary, per-head norm and their gradient against f64.
import { paddedHead, qkvRopeGradReference, qkvRopeReference } from "../reference/qkvRope";
import { ropeFrequencies, ropeTable, ropeTableWidth } from "../ropeTable";
import { rowRecords } from "../rows";
import { clearPadding, packedRows } from "../testing/packing";
import { expectClose, expectEqual, expectTrue, gpuTest, seeded } from "../testing/suite";
import { encodeQkvRope, encodeQkvRopeGrad } from "./qkvRope";

interface Row {
  why: string;
  count: number;
  heads: number;
  kvHeads: number;
  headDim: number;
  qkNorm: boolean;
  firstPosition?: number;
  scale?: number;
  eps?: number;
}

const table: Row[] = [
  { why: "control, the base model's heads", count: 33, heads: 4, kvHeads: 2, headDim: 32, qkNorm: true },
  { why: "degenerate: one row at position 0", count: 1, heads: 1, kvHeads: 1, headDim: 2, qkNorm: false },
  { why: "D 8", count: 5, heads: 3, kvHeads: 1, headDim: 8, qkNorm: true },
  { why: "D 10, padded", count: 7, heads: 2, kvHeads: 1, headDim: 10, qkNorm: true },
  { why: "D 12, whole vec4s but odd halves", count: 7, heads: 2, kvHeads: 2, headDim: 12, qkNorm: false },
  { why: "D 24", count: 9, heads: 6, kvHeads: 3, headDim: 24, qkNorm: false },
  { why: "D 64", count: 6, heads: 9, kvHeads: 3, headDim: 64, qkNorm: false },
  { why: "D 128", count: 3, heads: 16, kvHeads: 8, headDim: 128, qkNorm: true },
  {
    why: "extreme: position 4,000",
    count: 4,
    heads: 2,
    kvHeads: 1,
    headDim: 32,
    qkNorm: false,
    firstPosition: 4000,
  },
  { why: "extreme: large values", count: 4, heads: 2, kvHeads: 1, headDim: 32, qkNorm: true, scale: 1e6 },
  {
    why: "extreme: eps above the mean square",
    count: 4,
    heads: 2,
    kvHeads: 1,
    headDim: 16,
    qkNorm: true,
    scale: 1e-3,
    eps: 1e-2,
  },
];

function setUp({ count, heads, kvHeads, headDim, qkNorm, firstPosition = 0, scale = 1, eps = 1e-6 }: Row) {
  const padded = paddedHead(headDim);
  const rows = packedRows([{ prefix: 0, children: [count] }]);
  rows.position = rows.position.map((p) => firstPosition + p);
  const rope = { headDim, ropeTheta: 10_000, ropeScaling: null };
  const norm = (seed: number) => (qkNorm ? clearPadding(seeded(seed, padded, 2), headDim) : null);
  return {
    padded,
    angles: ropeTable(rope, firstPosition + count),
    inputs: {
      qkv: clearPadding(seeded(1, count * (heads + 2 * kvHeads) * padded, scale), headDim),
      rows,
      qNorm: norm(2),
      kNorm: norm(3),
      frequencies: ropeFrequencies(rope),
      eps,
    },
  };
}

/** With many rows a thread takes a whole row where lanes is 1, else one head. */
const allForms = [
  ...table,
  { why: "more rows than heads keep busy", count: 70, heads: 3, kvHeads: 1, headDim: 32, qkNorm: true },
].flatMap((row) => [
  { ...row, lanes: 1 as const },
  { ...row, lanes: 32 as const },
]);

gpuTest.each(allForms)("qkv_rope, $lanes lanes: $why", async ({ gpu, input, output, ...row }) => {
  const { count, heads, kvHeads, headDim, qkNorm, lanes } = row;
  const { padded, angles, inputs } = setUp(row);
  const q = output([count, heads * padded]);
  const k = output([count, kvHeads * padded]);
  const v = output([count, kvHeads * padded]);
  const tensors = {
    qkv: input(inputs.qkv, [count, (heads + 2 * kvHeads) * padded]),
    rows: input(rowRecords(inputs.rows), [count, 8]),
    qNorm: inputs.qNorm && input(inputs.qNorm, [padded]),
    kNorm: inputs.kNorm && input(inputs.kNorm, [padded]),
    table: input(angles, [angles.length / ropeTableWidth(headDim), ropeTableWidth(headDim)]),
  };
  await gpu.run((rec) =>
    encodeQkvRope(rec, { ...tensors, q, k, v }, { heads, kvHeads, headDim, eps: inputs.eps, qkNorm, lanes }),
  );
  const want = qkvRopeReference(inputs, { heads, kvHeads, headDim }, count);
  // A few f32 products, and a table rounded once: relative to the largest entry, at any position.
  expectClose(await gpu.readF32(q), want.q, { abs: 0, rel: 1e-6 }, "q");
  expectClose(await gpu.readF32(k), want.k, { abs: 0, rel: 1e-6 }, "k");
  expectEqual(await gpu.readF32(v), Float32Array.from(want.v), "v");
});

gpuTest(
  "qkv_rope: masked, cache rows that no token names keep their contents",
  async ({ gpu, input, output }) => {
    const shape = { heads: 2, kvHeads: 1, headDim: 8 };
    const { angles, inputs } = setUp({ why: "", count: 3, ...shape, qkNorm: true });
    inputs.rows.kv = [6, 1, 4];
    const before = seeded(5, 8 * 8);
    const k = input(before, [8, 8]);
    const v = input(before, [8, 8]);
    const tensors = {
      qkv: input(inputs.qkv, [3, 32]),
      rows: input(rowRecords(inputs.rows), [3, 8]),
      qNorm: input(inputs.qNorm!, [8]),
      kNorm: input(inputs.kNorm!, [8]),
      table: input(angles, [3, 8]),
    };
    const q = output([3, 16]);
    await gpu.run((rec) =>
      encodeQkvRope(rec, { ...tensors, q, k, v }, { ...shape, eps: 1e-6, qkNorm: true }),
    );
    const want = qkvRopeReference(inputs, shape, 8);
    const kept = (written: Float64Array) =>
      written.map((x, i) => (inputs.rows.kv.includes(i >> 3) ? x : before[i]));
    // A few f32 products.
    expectClose(await gpu.readF32(k), kept(want.k), { abs: 0, rel: 1e-6 }, "k");
    expectClose(await gpu.readF32(v), kept(want.v), { abs: 0 }, "v");
  },
);

gpuTest("qkv_rope: known value, scores depend on distance only", async ({ gpu, input, output }) => {
  // The same head at every row: q_s·k_t is a function of s − t.
  const head = seeded(6, 32);
  const { angles, inputs } = setUp({
    why: "",
    count: 64,
    heads: 1,
    kvHeads: 1,
    headDim: 32,
    qkNorm: false,
    firstPosition: 900,
  });
  inputs.qkv.forEach((_, i) => (inputs.qkv[i] = head[i % 32]));
  const q = output([64, 32]);
  const k = output([64, 32]);
  const tensors = {
    qkv: input(inputs.qkv, [64, 96]),
    rows: input(rowRecords(inputs.rows), [64, 8]),
    qNorm: null,
    kNorm: null,
    table: input(angles, [964, 32]),
  };
  const options = { heads: 1, kvHeads: 1, headDim: 32, eps: 1e-6, qkNorm: false };
  await gpu.run((rec) => encodeQkvRope(rec, { ...tensors, q, k, v: output([64, 32]) }, options));
  const [qs, ks] = [await gpu.readF32(q), await gpu.readF32(k)];
  const score = (s: number, t: number) => {
    let sum = 0;
    for (let d = 0; d < 32; d++) sum += qs[s * 32 + d] * ks[t * 32 + d];
    return sum;
  };
  for (let s = 5; s < 64; s++) {
    // 32 products of f32 values below 1.
    expectClose([score(s, s - 5)], [score(5, 0)], { abs: 4e-6 }, `score at row ${s}`);
  }
  expectTrue(Math.abs(score(5, 0) - score(6, 0)) > 1e-3, "another distance gives another score");
});

gpuTest.each(allForms)("qkv_rope_grad, $lanes lanes: $why", async ({ gpu, input, output, ...row }) => {
  const { count, heads, kvHeads, headDim, qkNorm, lanes } = row;
  const shape = { heads, kvHeads, headDim };
  const { padded, angles, inputs } = setUp(row);
  const units = heads + 2 * kvHeads;
  const dq = clearPadding(seeded(7, count * heads * padded), headDim);
  const dkv = clearPadding(seeded(8, count * 2 * kvHeads * padded), headDim);
  const dqkv = output([count, units * padded]);
  const tensors = {
    dq: input(dq, [count, heads * padded]),
    dkv: input(dkv, [count, 2 * kvHeads * padded]),
    qkv: input(inputs.qkv, [count, units * padded]),
    rows: input(rowRecords(inputs.rows), [count, 8]),
    qNorm: inputs.qNorm && input(inputs.qNorm, [padded]),
    kNorm: inputs.kNorm && input(inputs.kNorm, [padded]),
    table: input(angles, [angles.length / ropeTableWidth(headDim), ropeTableWidth(headDim)]),
    dqkv,
  };
  await gpu.run((rec) => encodeQkvRopeGrad(rec, tensors, { ...shape, eps: inputs.eps, qkNorm, lanes }));
  const want = qkvRopeGradReference(dq, dkv, inputs, shape);
  const got = await gpu.readF32(dqkv);
  const isValue = (i: number) => Math.floor(i / padded) % units >= heads + kvHeads;
  // Sums over one head of f32 products; q and k apart from v, whose gradients may be of another size.
  expectClose(
    got.map((x, i) => (isValue(i) ? 0 : x)),
    want.map((x, i) => (isValue(i) ? 0 : x)),
    { abs: 0, rel: 2e-6 },
    "q, k",
  );
  expectEqual(
    got.map((x, i) => (isValue(i) ? x : 0)),
    Float32Array.from(want, (x, i) => (isValue(i) ? x : 0)),
    "v",
  );
});
