// Attention forward against f64: packed batches, prefix groups, caches; every variant of the kernel.
import { attentionReference } from "../reference/attention";
import { rowRecords, type RowArrays } from "../rows";
import { attentionCases, attentionInputs } from "../testing/attentionCases";
import { clearPadding, packedRows } from "../testing/packing";
import { expectClose, expectEqual, expectTrue, gpuTest, seeded, type GpuTestContext } from "../testing/suite";
import type { Gpu } from "../gpu";
import { encodeAttention } from "./attention";
import { ATTENTION_VARIANTS, type AttentionVariant } from "./attentionVariants";

type Shape = { heads: number; kvHeads: number; headDim: number };
type Host = { q: Float32Array; k: Float32Array; v: Float32Array; rows: RowArrays };

/** A variant for packed rows, or decoding with that many lanes. */
type Variant = AttentionVariant | number;
const VARIANTS: readonly Variant[] = [...ATTENTION_VARIANTS, 1, 4];

/** Skips what needs subgroups where there are none. */
const skip = (variant: Variant) => (gpu: Gpu) =>
  variant === "quad" && !gpu.features.has("subgroups") ? "no subgroups" : null;

async function attend({ gpu, input, output }: GpuTestContext, host: Host, shape: Shape, variant: Variant) {
  const padded = 4 * Math.ceil(shape.headDim / 4);
  const count = host.rows.token.length;
  const width = shape.kvHeads * padded;
  const o = output([count, shape.heads * padded]);
  const lse = output([count, shape.heads]);
  const tensors = {
    q: input(host.q, [count, shape.heads * padded]),
    k: input(host.k, [host.k.length / width, width]),
    v: input(host.v, [host.v.length / width, width]),
    rows: input(rowRecords(host.rows), [count, 8]),
  };
  await gpu.run((rec) =>
    encodeAttention(
      rec,
      { ...tensors, o, lse },
      { ...shape, ...(typeof variant === "number" ? { decode: true, lanes: variant } : { variant }) },
    ),
  );
  return { o: await gpu.readF32(o), lse: await gpu.readF32(lse) };
}

for (const variant of VARIANTS) {
  gpuTest.each(attentionCases)(
    `attention, ${variant}: $why`,
    async ({ gpu, input, output, ...row }) => {
      const host = attentionInputs(row);
      const got = await attend({ gpu, input, output }, host, row, variant);
      const want = attentionReference(host, row);
      // A score s is off by about |s| · 2⁻²³, which is the relative error of its weight: 4e-5 covers ±60.
      expectClose(got.o, want.o, { abs: row.scale ? 4e-5 : 2e-6 }, "o");
      expectClose(got.lse, want.lse, { abs: row.scale ? 4e-5 : 2e-6 }, "lse");
      if (row.scale)
        expectTrue(
          want.lse.some((x) => x > 50),
          "the case reaches logits of 50 and more",
        );
    },
    skip(variant),
  );

  gpuTest(
    `attention: known value, one key gives o = v and lse = its score (${variant})`,
    async (context) => {
      const rows = packedRows([{ prefix: 0, children: [1, 1, 1, 1, 1, 1] }]);
      const host = { q: seeded(1, 6 * 32, 40), k: seeded(2, 6 * 16, 40), v: seeded(3, 6 * 16), rows };
      const shape = { heads: 4, kvHeads: 2, headDim: 8 };
      const { o, lse } = await attend(context, host, shape, variant);
      const values = Float32Array.from(
        { length: 6 * 32 },
        (_, i) => host.v[Math.floor(i / 16) * 8 + (i % 8)],
      );
      expectEqual(o, values, "o");
      // Scores of up to 4,500: f32 rounding of 8 products.
      expectClose(lse, attentionReference(host, shape).lse, { abs: 0, rel: 1e-6 }, "lse");
    },
    skip(variant),
  );

  gpuTest(
    `attention: cache in slots, key row ≠ token row, unseen rows are NaN (${variant})`,
    async (context) => {
      const shape = { heads: 8, kvHeads: 2, headDim: 24 };
      const slot = 40;
      // Five sequences; the first three share a prompt that lies in slot 5, the last row is an idle slot.
      const own = [3, 1, 39, 20, 7, 0];
      const column = (f: (t: number) => number) => own.map((_, t) => f(t));
      const rows: RowArrays = {
        token: column(() => 0),
        position: column((t) => own[t]),
        kv: column((t) => [2, 0, 4, 1, 3, 0][t] * slot + Math.max(0, own[t] - 1)),
        ownStart: column((t) => [2, 0, 4, 1, 3, 0][t] * slot),
        ownEnd: column((t) => [2, 0, 4, 1, 3, 0][t] * slot + own[t]),
        prefixStart: column((t) => (t < 3 ? 5 * slot : 0)),
        prefixEnd: column((t) => (t < 3 ? 5 * slot + 33 : 0)),
        visibleEnd: column(() => 0),
      };
      const keys = 6 * slot;
      const seen = new Set<number>();
      own.forEach((_, t) => {
        for (let j = rows.ownStart[t]; j < rows.ownEnd[t]; j++) seen.add(j);
        for (let j = rows.prefixStart[t]; j < rows.prefixEnd[t]; j++) seen.add(j);
      });
      const hide = (values: Float32Array) => values.map((x, i) => (seen.has(Math.floor(i / 48)) ? x : NaN));
      const host = {
        q: seeded(1, own.length * 8 * 24),
        k: hide(seeded(2, keys * 48)),
        v: hide(seeded(3, keys * 48)),
        rows,
      };
      const got = await attend(context, host, shape, variant);
      const want = attentionReference(host, shape);
      // f32 sums of at most 72 keys with entries below 1.
      expectClose(got.o, want.o, { abs: 2e-6 }, "o");
      // −1e30 of the idle row is exact in neither; the others as above.
      expectClose(got.lse.slice(0, 40), want.lse.slice(0, 40), { abs: 2e-6 }, "lse");
      expectEqual(got.lse.slice(40), new Float32Array(8).fill(-1e30), "lse of the idle row");
      expectEqual(got.o.slice(5 * 192), new Float32Array(192), "o of the idle row");
    },
    skip(variant),
  );
}

gpuTest("attention: a long cache, one row", async (context) => {
  const shape = { heads: 2, kvHeads: 1, headDim: 16 };
  const keys = 3001;
  const one = (x: number) => [x];
  const rows = {
    token: one(0),
    position: one(keys - 1),
    kv: one(keys - 1),
    ownStart: one(0),
    ownEnd: one(keys),
    prefixStart: one(0),
    prefixEnd: one(0),
    visibleEnd: one(0),
  };
  const host = {
    q: seeded(1, 32, 4),
    k: seeded(2, keys * 16, 4),
    v: clearPadding(seeded(3, keys * 16), 16),
    rows,
  };
  const want = attentionReference(host, shape);
  for (const lanes of ["tiles", "wide", 1, 16] as const) {
    const got = await attend(context, host, shape, lanes);
    // 3,001 weights of 1e-7 relative error each; scores reach 25.
    expectClose(got.o, want.o, { abs: 1e-5 }, `o, ${lanes}`);
    expectClose(got.lse, want.lse, { abs: 1e-5 }, `lse, ${lanes}`);
  }
});
