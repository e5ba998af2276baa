// Attention gradients against f64, and prefix groups against the same documents spelled out.
import { attentionDeltaReference, attentionReference } from "../reference/attention";
import { attentionGradReference } from "../reference/attentionGrad";
import { rowRecords, type RowArrays } from "../rows";
import { attentionCases, attentionInputs } from "../testing/attentionCases";
import { packedRows } from "../testing/packing";
import { expectClose, expectEqual, gpuTest, seeded, type GpuTestContext } from "../testing/suite";
import type { Gpu } from "../gpu";
import { encodeAttention } from "./attention";
import { ATTENTION_VARIANTS, type AttentionVariant } from "./attentionVariants";
import { encodeAttentionDelta, encodeAttentionGradKv, encodeAttentionGradQ } from "./attentionGrad";

type Shape = { heads: number; kvHeads: number; headDim: number; variant: AttentionVariant };
type Host = { q: Float32Array; k: Float32Array; v: Float32Array; dO: Float32Array; rows: RowArrays };

/** Forward and the three backward kernels in one submission. */
async function backward({ gpu, input, output }: GpuTestContext, host: Host, shape: Shape) {
  const padded = 4 * Math.ceil(shape.headDim / 4);
  const count = host.rows.token.length;
  const wide = [count, shape.heads * padded];
  const narrow = [count, shape.kvHeads * padded];
  const tensors = {
    q: input(host.q, wide),
    k: input(host.k, narrow),
    v: input(host.v, narrow),
    dO: input(host.dO, wide),
    rows: input(rowRecords(host.rows), [count, 8]),
    o: output(wide),
    lse: output([count, shape.heads]),
    delta: output([count, shape.heads]),
    dq: output(wide),
    dkv: output([count, 2 * shape.kvHeads * padded]),
  };
  await gpu.run((rec) => {
    encodeAttention(rec, tensors, shape);
    encodeAttentionDelta(rec, tensors, shape);
    encodeAttentionGradQ(rec, tensors, shape);
    encodeAttentionGradKv(rec, tensors, shape);
  });
  const [o, delta, dq, dkv] = await Promise.all(
    [tensors.o, tensors.delta, tensors.dq, tensors.dkv].map((t) => gpu.readF32(t)),
  );
  return { o, delta, dq, dkv };
}

/** Skips what needs subgroups where there are none. */
const skip = (variant: AttentionVariant) => (gpu: Gpu) =>
  variant === "quad" && !gpu.features.has("subgroups") ? "no subgroups" : null;

for (const variant of ATTENTION_VARIANTS) {
  gpuTest.each(attentionCases)(
    `attention_delta, attention_grad_q, attention_grad_kv, ${variant}: $why`,
    async ({ gpu, input, output, ...row }) => {
      const host = attentionInputs(row);
      const got = await backward({ gpu, input, output }, host, { ...row, variant });
      const want = attentionGradReference(host, host.dO, row);
      const delta = attentionDeltaReference(host.dO, attentionReference(host, row).o, row);
      // Weights are off by |score| · 2⁻²³ as in the forward: 4e-5 covers ±60, 3e-6 the rest; relative to the largest entry.
      const tolerance = { abs: 1e-6, rel: row.scale ? 4e-5 : 3e-6 };
      expectClose(got.delta, delta, tolerance, "delta");
      expectClose(got.dq, want.dq, tolerance, "dq");
      expectClose(got.dkv, want.dkv, tolerance, "dkv");
    },
    skip(variant),
  );

  gpuTest(
    `attention_grad_kv, ${variant}: known value, one key a row gives dv = dO and dk = dq = 0`,
    async (context) => {
      const rows = packedRows([{ prefix: 0, children: [1, 1, 1, 1, 1] }]);
      const host = { q: seeded(1, 40), k: seeded(2, 40), v: seeded(3, 40), dO: seeded(4, 40), rows };
      const { dq, dkv } = await backward(context, host, { heads: 1, kvHeads: 1, headDim: 8, variant });
      // dp − delta is a difference of two equal sums taken in another order.
      expectClose(dq, new Float32Array(40), { abs: 1e-6 }, "dq");
      expectClose(
        dkv.filter((_, i) => i % 16 < 8),
        new Float32Array(40),
        { abs: 1e-6 },
        "dk",
      );
      expectClose(
        dkv.filter((_, i) => i % 16 >= 8),
        host.dO,
        { abs: 1e-6 },
        "dv",
      );
    },
    skip(variant),
  );

  gpuTest(
    `attention gradients, ${variant}: masked, rows with dO = 0 change no gradient`,
    async (context) => {
      const shape = { heads: 2, kvHeads: 1, headDim: 8, variant };
      const rows = packedRows([{ prefix: 6, children: [5, 7] }]);
      const host = {
        q: seeded(1, 18 * 16),
        k: seeded(2, 18 * 8),
        v: seeded(3, 18 * 8),
        dO: seeded(4, 18 * 16),
        rows,
      };
      // Only the first child (rows 6 … 10) has a gradient: the second child's keys get exactly none.
      host.dO = host.dO.map((x, i) => (i >= 6 * 16 && i < 11 * 16 ? x : 0));
      const { dq, dkv } = await backward(context, host, shape);
      expectEqual(dq.slice(11 * 16).map(Math.abs), new Float32Array(7 * 16), "dq of the second child");
      expectEqual(dkv.slice(11 * 16).map(Math.abs), new Float32Array(7 * 16), "dkv of the second child");
      expectClose(dkv, attentionGradReference(host, host.dO, shape).dkv, { abs: 1e-6, rel: 3e-6 }, "dkv");
    },
    skip(variant),
  );

  gpuTest(
    `attention, ${variant}: children of one prefix equal the same documents one by one, gradients too`,
    async (context) => {
      const shape = { heads: 4, kvHeads: 2, headDim: 32, variant };
      const prefix = 21;
      const children = [9, 1, 16, 30, 5];
      const count = prefix + children.reduce((a, b) => a + b, 0);
      const grouped = {
        q: seeded(1, count * 128),
        k: seeded(2, count * 64),
        v: seeded(3, count * 64),
        dO: seeded(4, count * 128),
        rows: packedRows([{ prefix, children }]),
      };
      // Which grouped row each row of the spelled-out batch is.
      const origin: number[] = [];
      let next = prefix;
      for (const length of children) {
        for (let i = 0; i < prefix; i++) origin.push(i);
        for (let i = 0; i < length; i++) origin.push(next++);
      }
      const spell = (values: Float32Array, width: number) =>
        Float32Array.from(
          { length: origin.length * width },
          (_, i) => values[origin[Math.floor(i / width)] * width + (i % width)],
        );
      const separate = {
        q: spell(grouped.q, 128),
        k: spell(grouped.k, 64),
        v: spell(grouped.v, 64),
        // The prefix rows' own outputs count once in the group: a share in each copy.
        dO: spell(grouped.dO, 128).map((x, i) =>
          origin[Math.floor(i / 128)] < prefix ? x / children.length : x,
        ),
        rows: packedRows([{ prefix: 0, children: children.map((n) => prefix + n) }]),
      };
      const a = await backward(context, grouped, shape);
      const b = await backward(context, separate, shape);
      const gather = (values: Float32Array) => {
        const sum = new Float64Array(count * 128);
        values.forEach((x, i) => (sum[origin[Math.floor(i / 128)] * 128 + (i % 128)] += x));
        return sum;
      };
      // Two orders of the same f32 sums over at most 51 keys.
      expectClose(spell(a.o, 128), b.o, { abs: 1e-5 }, "o");
      expectClose(a.dq, gather(b.dq), { abs: 1e-5 }, "dq");
      expectClose(a.dkv, gather(b.dkv), { abs: 1e-5 }, "dkv");
    },
    skip(variant),
  );

  gpuTest(
    `attention gradients, ${variant}: the same bits twice`,
    async (context) => {
      const row = attentionCases[8];
      const host = attentionInputs(row);
      const first = await backward(context, host, { ...row, variant });
      const second = await backward(context, host, { ...row, variant });
      expectEqual(second.dq, first.dq, "dq");
      expectEqual(second.dkv, first.dkv, "dkv");
    },
    skip(variant),
  );
}
