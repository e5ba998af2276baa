// An adapter as the GGUF file that llama.cpp and wllama load beside a model: names, row order and scale are llama.cpp's.
import { LINEARS, linearShape, modulePath, scaleOf } from "../../families/config";
import type { AdapterConfig, AdapterState, DecoderConfig, LinearName } from "../../families/config";
import { familyOf } from "../../families/index";
import { decoderTensors } from "../../families/tensors";
import { LabError } from "../../lib/errors";
import { ggufRow } from "../gguf/tensors";
import { writeGguf, type WrittenTensor } from "../gguf/write";

/**
 * @param base shape of the model that it belongs to: llama.cpp loads it with a model of the same architecture only
 * @throws LabError "adapter" where a factor has no place in that shape
 */
export function adapterGguf(
  name: string,
  adapter: AdapterConfig,
  state: AdapterState,
  base: DecoderConfig,
): Uint8Array {
  const blocks = decoderTensors(base).blocks;
  const tensors: WrittenTensor[] = [];
  const left = new Set(state.keys());
  // llama.cpp takes a scale of 0 for none given: a product of nothing is then what B says.
  const scale = scaleOf(adapter);
  const silent = scale === 0;
  for (const [layer, block] of blocks.entries())
    for (const linear of LINEARS) {
      const module = `base_model.model.model.${modulePath(layer, linear)}`;
      const [a, b] = [state.get(`${module}.lora_A.weight`), state.get(`${module}.lora_B.weight`)];
      if (!a || !b || !fits(base, linear, a.shape, b.shape)) continue;
      const { name: weight, gguf } = block.linears[linear];
      const rows = silent ? new Float32Array(b.values.length) : inFileOrder(weight, base, b);
      tensors.push({ name: `${gguf}.lora_a`, shape: a.shape, values: a.values });
      tensors.push({ name: `${gguf}.lora_b`, shape: b.shape, values: rows });
      left.delete(`${module}.lora_A.weight`);
      left.delete(`${module}.lora_B.weight`);
    }
  for (const factor of left)
    throw new LabError(
      "adapter",
      `The adapter's tensor ${factor} has no place in the model.`,
      "Choose the model it was trained on.",
      { tensor: factor },
    );
  const metadata = {
    "general.type": "adapter",
    "general.architecture": familyOf(base).gguf.architecture,
    "general.name": name,
    "adapter.type": "lora",
    // By llama.cpp divided by the rank, also for rsLoRA.
    "adapter.lora.alpha": { f32: silent ? adapter.rank : scale * adapter.rank },
  };
  return writeGguf(metadata, tensors);
}

const fits = (
  base: DecoderConfig,
  linear: LinearName,
  a: readonly number[],
  b: readonly number[],
): boolean => {
  const [out, input] = linearShape(base, linear);
  return a[1] === input && b[0] === out && a[0] === b[1];
};

/** Rows of B where the file has those of W: Llama's heads are interleaved there. */
function inFileOrder(
  weight: string,
  base: DecoderConfig,
  { shape, values }: { shape: readonly [number, number]; values: Float32Array },
): Float32Array {
  const order = ggufRow(weight, base);
  if (!order) return values;
  const [rows, rank] = shape;
  const out = new Float32Array(values.length);
  for (let row = 0; row < rows; row++)
    out.set(values.subarray(row * rank, (row + 1) * rank), order(row) * rank);
  return out;
}
