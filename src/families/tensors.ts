// The table of a decoder's tensors: the role of each, its names in Hugging Face and GGUF files, and its shape.
import { LINEARS, linearShape, modulePath, type DecoderConfig, type LinearName } from "./config";
import { NORMS, type NormRole } from "./family";
import { familyOf } from "./index";

export interface NeededTensor {
  /** In Hugging Face files. */
  name: string;
  /** In GGUF files. */
  gguf: string;
  shape: number[];
}

export interface BlockTensors {
  norms: Partial<Record<NormRole, NeededTensor>>;
  linears: Record<LinearName, NeededTensor>;
  biases: Partial<Record<LinearName, NeededTensor>>;
}

export interface DecoderTensors {
  embed: NeededTensor;
  blocks: BlockTensors[];
  finalNorm: NeededTensor;
  /** null = the embedding again. */
  head: NeededTensor | null;
}

/** What llama.cpp calls the linears. */
const GGUF_LINEARS: Readonly<Record<LinearName, string>> = {
  q_proj: "attn_q",
  k_proj: "attn_k",
  v_proj: "attn_v",
  o_proj: "attn_output",
  gate_proj: "ffn_gate",
  up_proj: "ffn_up",
  down_proj: "ffn_down",
};

function blockTensors(config: DecoderConfig, layer: number): BlockTensors {
  const family = familyOf(config);
  const norms: BlockTensors["norms"] = {};
  for (const role of NORMS) {
    const names = family.norms[role];
    const width = role === "q" || role === "k" ? config.headDim : config.hidden;
    if (names) {
      const [hub, gguf] = names;
      norms[role] = {
        name: `model.layers.${layer}.${hub}.weight`,
        gguf: `blk.${layer}.${gguf}.weight`,
        shape: [width],
      };
    }
  }
  const of = (linear: LinearName, what: string, shape: number[]): NeededTensor => ({
    name: `model.${modulePath(layer, linear)}.${what}`,
    gguf: `blk.${layer}.${GGUF_LINEARS[linear]}.${what}`,
    shape,
  });
  const linears = Object.fromEntries(
    LINEARS.map((linear) => [linear, of(linear, "weight", linearShape(config, linear))]),
  ) as Record<LinearName, NeededTensor>;
  const biases = Object.fromEntries(
    family.biased.map((linear) => [linear, of(linear, "bias", [linearShape(config, linear)[0]])]),
  );
  return { norms, linears, biases };
}

/** Every weight of the model by its role. */
export function decoderTensors(config: DecoderConfig): DecoderTensors {
  const { hidden, vocab, layers, tiedHead } = config;
  return {
    embed: { name: "model.embed_tokens.weight", gguf: "token_embd.weight", shape: [vocab, hidden] },
    blocks: Array.from({ length: layers }, (_, layer) => blockTensors(config, layer)),
    finalNorm: { name: "model.norm.weight", gguf: "output_norm.weight", shape: [hidden] },
    head: tiedHead ? null : { name: "lm_head.weight", gguf: "output.weight", shape: [vocab, hidden] },
  };
}

/** Every weight of the model, in the order of the forward pass. */
export function neededTensors(config: DecoderConfig): NeededTensor[] {
  const { embed, blocks, finalNorm, head } = decoderTensors(config);
  const inOrder = ({ norms, linears, biases }: BlockTensors): (NeededTensor | undefined)[] => {
    const linear = (...names: LinearName[]) => names.flatMap((name) => [linears[name], biases[name]]);
    return [
      norms.attentionIn,
      ...linear("q_proj", "k_proj", "v_proj"),
      norms.q,
      norms.k,
      ...linear("o_proj"),
      norms.attentionOut,
      norms.mlpIn,
      ...linear("gate_proj", "up_proj", "down_proj"),
      norms.mlpOut,
    ];
  };
  return [embed, ...blocks.flatMap(inOrder), finalNorm, head].filter((tensor) => !!tensor);
}

/** Weights of the model, each counted once. */
export function parameterCount(config: DecoderConfig): number {
  return neededTensors(config).reduce((total, { shape }) => total + shape.reduce((a, b) => a * b, 1), 0);
}
