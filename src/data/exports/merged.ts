// A model with an adapter worked in, as one safetensors file that is made as it is read: each tensor in the type it is
// stored in, never more than a piece of one tensor in memory.
import type { AdapterConfig, AdapterState, DecoderConfig, LinearName } from "../../families/config";
import { LINEARS, linearShape, scaleOf } from "../../families/config";
import { LabError } from "../../lib/errors";
import { fromFloat32, isFloatType, toFloat32, type WrittenType } from "../floats";
import type { OpenModel } from "../modelFolder";
import { dtypeBytes, safetensorsHeader, type TensorEntry } from "../safetensors";
import { addLowRank, lowRankOf, type LowRank } from "./lowRank";

/** Bytes read at once. */
const PIECE = 2 * 2 ** 20;

export interface MergedOptions {
  metadata?: Readonly<Record<string, string>>;
  /** Added to the weights of norms: what Hugging Face's files have less than the file that was read. Default 0. */
  normShift?: number;
  onBytes?: (done: number, total: number) => void;
}

/**
 * The bytes of `model.safetensors`, piece by piece.
 * @throws LabError "adapter" where the adapter does not fit; "model" for a value that is not finite or too large.
 */
export async function* mergedBytes(
  model: Pick<OpenModel, "name" | "config" | "tensors">,
  adapter: AdapterConfig,
  state: AdapterState,
  { metadata = {}, normShift = 0, onBytes = () => {} }: MergedOptions = {},
): AsyncGenerator<Uint8Array> {
  checkFits(model, state);
  const scale = scaleOf(adapter);
  // Wide types first, so that each value lies at a multiple of its size.
  const written = [...model.tensors]
    .map(([name, entry]) => ({ name, entry, dtype: writtenType(entry), shape: entry.shape }))
    .sort((a, b) => dtypeBytes(b.dtype) - dtypeBytes(a.dtype));
  const total = written.reduce(
    (sum, { dtype, shape }) => sum + shape.reduce((a, b) => a * b, dtypeBytes(dtype)),
    0,
  );
  yield safetensorsHeader(
    written.map((one) => [one.name, one] as const),
    { format: "pt", ...metadata },
  );
  let done = 0;
  for (const { name, entry, dtype } of written) {
    const shift = normShift !== 0 && entry.shape.length === 1 && name.endsWith("norm.weight") ? normShift : 0;
    const change = { product: lowRankOf(state, name, scale), shift };
    for await (const piece of tensorPieces(entry, dtype, change)) {
      yield piece;
      onBytes((done += piece.length), total);
    }
  }
}

/** The type in the file; values that are stored in blocks become f16, which none of these formats exceeds in precision. */
function writtenType(entry: TensorEntry): string {
  return entry.stored === undefined ? entry.dtype : "F16";
}

async function* tensorPieces(
  entry: TensorEntry,
  dtype: string,
  { product, shift }: { product: LowRank | null; shift: number },
): AsyncGenerator<Uint8Array> {
  const { shape, bytes, source, offset } = entry;
  // Whole rows, since the product is made by rows.
  const rowBytes = shape.length > 1 ? bytes / shape[0] : bytes;
  const rowsAtOnce = Math.max(1, Math.floor(PIECE / Math.max(1, rowBytes)));
  const step = rowsAtOnce * rowBytes;
  for (let at = 0; at < bytes; at += step) {
    const raw = await source.read(offset + at, Math.min(step, bytes - at));
    if (!isFloatType(entry.dtype) || (!product && shift === 0 && dtype === entry.dtype)) {
      yield raw;
      continue;
    }
    const values = toFloat32(raw, entry.dtype);
    if (product) addLowRank(values, at / rowBytes, product);
    if (shift !== 0) for (let i = 0; i < values.length; i++) values[i] += shift;
    yield rounded(values, dtype as WrittenType, entry.name);
  }
}

/** Largest value of each type. */
const LARGEST: Record<WrittenType, number> = { F32: 3.4028234e38, F16: 65_504, BF16: 3.3895313e38 };

function rounded(values: Float32Array, dtype: WrittenType, name: string): Uint8Array {
  const most = LARGEST[dtype];
  for (const value of values) {
    if (Math.abs(value) <= most) continue;
    throw new LabError(
      "model",
      `The merged tensor ${name} has the value ${value}, which ${dtype} cannot hold.`,
      "The adapter has diverged: save it alone, or train it with a lower learning rate.",
      { tensor: name },
    );
  }
  return fromFloat32(values, dtype);
}

/** @throws LabError "adapter" naming the first factor that has no place in the model. */
function checkFits(model: { name: string; config: DecoderConfig }, state: AdapterState): void {
  for (const [name, { shape }] of state) {
    const match = /\.layers\.(\d+)\.\w+\.(\w+)\.lora_([AB])\.weight$/.exec(name);
    const linear = LINEARS.find((known) => known === match?.[2]) as LinearName | undefined;
    const [out, input] = linear ? linearShape(model.config, linear) : [0, 0];
    const fits =
      Number(match?.[1]) < model.config.layers &&
      shape[match?.[3] === "A" ? 1 : 0] === (match?.[3] === "A" ? input : out);
    if (fits) continue;
    throw new LabError(
      "adapter",
      `The adapter's tensor ${name} [${shape.join(", ")}] has no place in ${model.name}.`,
      "Choose the model it was trained on.",
      { tensor: name },
    );
  }
}
