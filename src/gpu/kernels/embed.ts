// Looks up token embeddings in a frozen table of any stored type, with one dispatch per shard of the table.
import { row, thread } from "../../../shaders/common/index";
import { embed } from "../../../shaders/embed/index";
import { LabError } from "../../lib/errors";
import { defineKernel, fold } from "../kernel";
import type { Recorder } from "../recorder";
import { ROW_WORDS } from "../rows";
import { expectShape, type Tensor } from "../tensor";
import { weightRowBytes, weightShader, type WeightShard, type WeightType } from "../weights";

const WG = 64;
const build = (dtype: WeightType) =>
  defineKernel([thread, row, weightShader(dtype), embed], { overrides: { WG } });

/** One kernel a stored type. */
export const embedKernels: Readonly<Record<WeightType, ReturnType<typeof build>>> = {
  f32: build("f32"),
  bf16: build("bf16"),
  f16: build("f16"),
  int8: build("int8"),
  int4: build("int4"),
};

/**
 * x[t] = scale · table[rows[t].token] where that token lies in the shard; other rows of x keep their values, so a table in
 * several shards takes one call each.
 *
 * `rows` u32[T, 8] (rows.ts), `table` [R, S], `x` f32[T, C] with C a multiple of 4 and at most S.
 * @throws ShapeError, LabError "internal" if the shard's buffer is too small for its rows.
 */
export function encodeEmbed(
  rec: Recorder,
  tensors: { rows: Tensor; table: WeightShard; x: Tensor },
  scale = 1,
): void {
  const { rows, table, x } = tensors;
  const [count, columns] = expectShape(x, ["T", "C"]);
  expectShape(rows, [count, ROW_WORDS]);
  const stored = table.rows * weightRowBytes(table.cols, table.dtype);
  if (columns % 4 || table.cols % 4 || columns > table.cols || table.tensor.bytes < stored) {
    throw new LabError(
      "internal",
      `${table.tensor.label}: ${table.tensor.bytes} bytes as ${table.dtype} [${table.rows}, ${table.cols}] for rows of ${columns}`,
    );
  }
  const vectors = (count * columns) / 4;
  rec.dispatch(
    embedKernels[table.dtype],
    {
      rows,
      weights: table.tensor,
      x,
      dims: {
        count: vectors,
        columns4: columns / 4,
        stride4: table.cols / 4,
        firstRow: table.firstRow,
        shardRows: table.rows,
        scale,
      },
    },
    fold(Math.ceil(vectors / WG)),
    count * columns,
  );
}
