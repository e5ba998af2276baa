// Embedding lookup in every stored type, whole and in shards.
import { embedReference } from "../reference/embed";
import { rowRecords } from "../rows";
import { expectClose, expectEqual, expectTrue, gpuTest, seeded, type GpuTestContext } from "../testing/suite";
import { packWeights } from "../testing/weights";
import type { WeightShard, WeightType } from "../weights";
import { encodeEmbed } from "./embed";

/** Rows that carry a token and something else in every other field, so that a wrong offset shows. */
function tokenRows(tokens: readonly number[]): Uint32Array {
  const other = tokens.map((_, i) => 1000 + i);
  return rowRecords({
    token: tokens,
    position: other,
    kv: other,
    ownStart: other,
    ownEnd: other,
    prefixStart: other,
    prefixEnd: other,
    visibleEnd: other,
  });
}

function makeShard(
  input: GpuTestContext["input"],
  dtype: WeightType,
  firstRow: number,
  rows: number,
  cols: number,
): WeightShard & { stored: Float32Array } {
  const { words, stored } = packWeights(seeded(10 + firstRow, rows * cols), cols, dtype);
  return { tensor: input(words, [words.length], `table ${dtype}`), dtype, firstRow, rows, cols, stored };
}

const every = (length: number, step: number, size: number) =>
  Array.from({ length }, (_, i) => (i * step) % size);

gpuTest.each([
  { why: "known value, one token", dtype: "f32", vocab: 1, width: 4, tokens: [0] },
  { why: "control", dtype: "f32", vocab: 16, width: 64, tokens: every(16, 5, 16) },
  { why: "ragged tail", dtype: "f32", vocab: 11, width: 36, tokens: every(29, 3, 11) },
  { why: "control", dtype: "bf16", vocab: 16, width: 64, tokens: every(16, 5, 16) },
  { why: "ragged tail", dtype: "bf16", vocab: 11, width: 36, tokens: every(29, 3, 11) },
  { why: "control", dtype: "f16", vocab: 16, width: 64, tokens: every(16, 5, 16) },
  { why: "ragged tail", dtype: "f16", vocab: 11, width: 36, tokens: every(29, 3, 11) },
  { why: "control", dtype: "int8", vocab: 16, width: 64, tokens: every(16, 5, 16) },
  { why: "ragged tail", dtype: "int8", vocab: 11, width: 32, tokens: every(29, 3, 11) },
  { why: "stored wider than used", dtype: "int8", vocab: 9, width: 40, stride: 64, tokens: every(13, 2, 9) },
  { why: "control", dtype: "int4", vocab: 16, width: 64, tokens: every(16, 5, 16) },
  { why: "ragged tail", dtype: "int4", vocab: 11, width: 32, tokens: every(29, 3, 11) },
] as { why: string; dtype: WeightType; vocab: number; width: number; stride?: number; tokens: number[] }[])(
  "embed $dtype: $why",
  async ({ gpu, input, output, dtype, vocab, width, stride = width, tokens }) => {
    const table = makeShard(input, dtype, 0, vocab, stride);
    const rows = input(tokenRows(tokens), [tokens.length, 8]);
    const x = output([tokens.length, width]);
    await gpu.run((rec) => encodeEmbed(rec, { rows, table, x }));
    const want = new Float64Array(tokens.length * width);
    embedReference(tokens, table.stored, want, { columns: width, stride, firstRow: 0, shardRows: vocab });
    const got = await gpu.readF32(x);
    // Floats decode exactly; int8 and int4 take one product and one sum, a few units in the last place.
    if (dtype === "int8" || dtype === "int4") expectClose(got, want, { abs: 0, rel: 4e-7 });
    else expectEqual(got, want);
  },
);

gpuTest.each([
  { why: "three shards, one a single row", shards: [7, 1, 8], cols: 32, dtype: "bf16" },
  { why: "two quantised shards", shards: [5, 11], cols: 32, dtype: "int8" },
] as { why: string; shards: number[]; cols: number; dtype: WeightType }[])(
  "embed in shards: $why",
  async ({ gpu, input, output, shards, cols, dtype }) => {
    const tokens = [15, 0, 6, 7, 8, 14, 7, 3];
    let firstRow = 0;
    const tables = shards.map((rows) => {
      const shard = makeShard(input, dtype, firstRow, rows, cols);
      firstRow += rows;
      return shard;
    });
    const rows = input(tokenRows(tokens), [tokens.length, 8]);
    const x = output([tokens.length, cols]);
    await gpu.run((rec) => tables.forEach((table) => encodeEmbed(rec, { rows, table, x })));
    const want = new Float64Array(tokens.length * cols);
    for (const t of tables) {
      embedReference(tokens, t.stored, want, {
        columns: cols,
        stride: cols,
        firstRow: t.firstRow,
        shardRows: t.rows,
      });
    }
    // As above: at most one rounding of a product.
    expectClose(await gpu.readF32(x), want, { abs: 0, rel: 4e-7 });
  },
);

gpuTest("embed: scaled, as models that multiply their embeddings do", async ({ gpu, input, output }) => {
  const tokens = [2, 0, 1, 2];
  const table = makeShard(input, "bf16", 0, 3, 8);
  const rows = input(tokenRows(tokens), [tokens.length, 8]);
  const x = output([tokens.length, 8]);
  const scale = Math.sqrt(640);
  await gpu.run((rec) => encodeEmbed(rec, { rows, table, x }, scale));
  const want = new Float64Array(tokens.length * 8);
  embedReference(tokens, table.stored, want, { columns: 8, stride: 8, firstRow: 0, shardRows: 3, scale });
  // The scale in f32, then one product.
  expectClose(await gpu.readF32(x), want, { abs: 0, rel: 2e-7 });
});

gpuTest("embed: masked, tokens outside the shard leave their rows alone", async ({ gpu, input }) => {
  const tokens = [3, 4, 7, 8, 0, 0xffffffff];
  const table = makeShard(input, "f32", 4, 4, 8);
  const rows = input(tokenRows(tokens), [tokens.length, 8]);
  const before = seeded(3, tokens.length * 8);
  const x = input(before, [tokens.length, 8]);
  await gpu.run((rec) => encodeEmbed(rec, { rows, table, x }));
  const want = Float64Array.from(before);
  embedReference(tokens, table.stored, want, { columns: 8, stride: 8, firstRow: 4, shardRows: 4 });
  expectEqual(await gpu.readF32(x), want);
  expectTrue(
    want[0] === before[0] && want[8] === table.stored[0],
    "the case itself covers both kinds of row",
  );
});
