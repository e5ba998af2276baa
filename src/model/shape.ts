// Padded sizes on the GPU. Every width is padded with zeros to a multiple of 4, each head separately, so that
// kernels work on whole vec4s. Zero weights keep the padding at zero everywhere.
import { LINEARS, linearShape, type DecoderConfig, type LinearName } from "../families/config";

const up = (n: number, unit: number): number => Math.ceil(n / unit) * unit;

/** Linears that read the same input are one matrix, stacked by output rows. */
export const GROUPS = ["qkv", "o", "gateUp", "down"] as const;
export type GroupName = (typeof GROUPS)[number];
export const GROUP_MEMBERS: Record<GroupName, readonly LinearName[]> = {
  qkv: ["q_proj", "k_proj", "v_proj"],
  o: ["o_proj"],
  gateUp: ["gate_proj", "up_proj"],
  down: ["down_proj"],
};

export interface PaddedShape {
  /** C */
  hidden: number;
  inter: number;
  /** P: padded head width. */
  head: number;
  heads: number;
  kvHeads: number;
  /** H·P */
  q: number;
  /** K·P */
  kv: number;
  /** (H + 2K)·P */
  qkv: number;
  /** Padded to a multiple of 4. */
  vocab: number;
}

export function paddedShape(config: DecoderConfig): PaddedShape {
  const head = up(config.headDim, 4);
  return {
    hidden: up(config.hidden, 4),
    inter: up(config.intermediate, 4),
    head,
    heads: config.heads,
    kvHeads: config.kvHeads,
    q: config.heads * head,
    kv: config.kvHeads * head,
    qkv: (config.heads + 2 * config.kvHeads) * head,
    vocab: up(config.vocab, 4),
  };
}

/** Maps an index along an axis to its index along the padded axis. */
export interface AxisMap {
  real: number;
  padded: number;
  /** Real entries a block, and the stride of a block: heads pad one by one, plain axes are one block. */
  block: number;
  stride: number;
}

export const axisAt = (axis: AxisMap, i: number): number =>
  Math.floor(i / axis.block) * axis.stride + (i % axis.block);
const plain = (real: number, padded: number): AxisMap => ({ real, padded, block: real, stride: padded });
const byHead = (heads: number, width: number, padded: number): AxisMap => ({
  real: heads * width,
  padded: heads * padded,
  block: width,
  stride: padded,
});

export const hiddenAxis = (config: DecoderConfig, shape: PaddedShape): AxisMap =>
  plain(config.hidden, shape.hidden);
export const headAxis = (config: DecoderConfig, shape: PaddedShape): AxisMap =>
  plain(config.headDim, shape.head);
export const vocabAxis = (config: DecoderConfig, shape: PaddedShape): AxisMap =>
  plain(config.vocab, shape.vocab);

/** Output and input axis of one linear. */
export function linearAxes(
  config: DecoderConfig,
  shape: PaddedShape,
  name: LinearName,
): { out: AxisMap; in: AxisMap } {
  const hidden = hiddenAxis(config, shape);
  const inter = plain(config.intermediate, shape.inter);
  switch (name) {
    case "q_proj":
      return { out: byHead(config.heads, config.headDim, shape.head), in: hidden };
    case "k_proj":
    case "v_proj":
      return { out: byHead(config.kvHeads, config.headDim, shape.head), in: hidden };
    case "o_proj":
      return { out: hidden, in: byHead(config.heads, config.headDim, shape.head) };
    case "gate_proj":
    case "up_proj":
      return { out: inter, in: hidden };
    case "down_proj":
      return { out: hidden, in: inter };
  }
}

export interface GroupShape {
  /** Padded outputs of all members, stacked. */
  n: number;
  /** Padded inputs. */
  k: number;
  /** First output row of each member. */
  starts: number[];
  /** Output columns where the second and third member begin (n when there is none). */
  segments: [number, number];
}

export function groupShape(config: DecoderConfig, shape: PaddedShape, group: GroupName): GroupShape {
  const members = GROUP_MEMBERS[group];
  const axes = members.map((name) => linearAxes(config, shape, name));
  const starts: number[] = [];
  let n = 0;
  for (const { out } of axes) {
    starts.push(n);
    n += out.padded;
  }
  return { n, k: axes[0].in.padded, starts, segments: [starts[1] ?? n, starts[2] ?? n] };
}

/** Multiply-adds of one token through all linears of the model (head included once). */
export function linearCost(config: DecoderConfig): number {
  const block = LINEARS.reduce((sum, name) => sum + linearShape(config, name).reduce((a, b) => a * b, 1), 0);
  return config.layers * block + config.vocab * config.hidden;
}
