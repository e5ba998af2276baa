// Test helper: golden Hugging Face models written as GGUF files, tokenizer included.
import type { DecoderConfig } from "../../families/config";
import { frequencyFactor } from "../gguf/config";
import { loadModelConfig } from "../modelConfig";
import { familyOf } from "../../families/index";
import { neededTensors } from "../../families/tensors";
import { openSafetensors, readFloats } from "../safetensors";
import { f32, ggufFile, text, texts, u32, type GgufPart } from "./ggufFile";
import { nodeFolder } from "./nodeFolder";

/** Rows of a Llama q or k matrix in llama.cpp's order: [head, half, i] → [head, i, half]. */
export function interleave(values: Float32Array, heads: number, columns: number): Float32Array {
  const out = new Float32Array(values.length);
  const size = values.length / columns / heads;
  let to = 0;
  for (let head = 0; head < heads; head++) {
    for (let i = 0; i < size / 2; i++) {
      for (let half = 0; half < 2; half++) {
        const row = head * size + half * (size / 2) + i;
        out.set(values.subarray(row * columns, (row + 1) * columns), columns * to++);
      }
    }
  }
  return out;
}

/** A golden Hugging Face model, written as GGUF in f32. */
export async function converted(name: string, extra: { without?: string } = {}) {
  const folder = nodeFolder(`e2e/golden/cases/${name}/model`);
  const config = await loadModelConfig(folder);
  const { tensors } = await openSafetensors(folder);
  const parts: GgufPart[] = [];
  const values = new Map<string, Float32Array>();
  for (const needed of neededTensors(config)) {
    const found = await readFloats(tensors.get(needed.name)!);
    values.set(needed.name, found);
    const part = /self_attn\.([qk])_proj\.weight$/.exec(needed.name)?.[1];
    const heads = part === "q" ? config.heads : config.kvHeads;
    // llama.cpp's converter has added the 1 of norms by 1 + w.
    if (config.normShift && needed.shape.length === 1)
      for (let i = 0; i < found.length; i++) found[i] += config.normShift;
    const stored =
      familyOf(config).gguf.interleaved && part ? interleave(found, heads, config.hidden) : found;
    parts.push({
      name: needed.gguf,
      sizes: needed.shape.toReversed(),
      type: 0,
      bytes: new Uint8Array(stored.buffer),
    });
  }
  if (config.ropeScaling) {
    const scaling = config.ropeScaling;
    const factors = Float32Array.from({ length: config.headDim / 2 }, (_, i) =>
      frequencyFactor(scaling, config.ropeTheta ** ((-2 * i) / config.headDim)),
    );
    parts.push({
      name: "rope_freqs.weight",
      sizes: [factors.length],
      type: 0,
      bytes: new Uint8Array(factors.buffer),
    });
  }
  const kept = parts.filter((part) => part.name !== extra.without);
  return { config, values, bytes: ggufFile(metadataOf(config), kept) };
}

export function metadataOf(config: DecoderConfig) {
  const a = familyOf(config).gguf.architecture;
  const tokens = Array.from({ length: config.vocab }, (_, i) =>
    i < 256 ? String.fromCharCode(256 + i) : `t${i}`,
  );
  return [
    text("general.architecture", a),
    u32(`${a}.block_count`, config.layers),
    u32(`${a}.embedding_length`, config.hidden),
    u32(`${a}.feed_forward_length`, config.intermediate),
    u32(`${a}.attention.head_count`, config.heads),
    u32(`${a}.attention.head_count_kv`, config.kvHeads),
    u32(`${a}.attention.key_length`, config.headDim),
    u32(`${a}.context_length`, config.maxPosition),
    f32(`${a}.attention.layer_norm_rms_epsilon`, config.rmsEps),
    f32(`${a}.rope.freq_base`, config.ropeTheta),
    ...windowOf(a, config),
    text("tokenizer.ggml.model", "gpt2"),
    text("tokenizer.ggml.pre", "gpt-2"),
    texts("tokenizer.ggml.tokens", tokens),
    texts("tokenizer.ggml.merges", ["Ġ t"]),
    u32("tokenizer.ggml.eos_token_id", config.eosTokenIds[0]!),
  ];
}

function windowOf(architecture: string, { sliding }: DecoderConfig) {
  if (!sliding) return [];
  const period = 1 + sliding.layers.indexOf(false);
  return [
    u32(`${architecture}.attention.sliding_window`, sliding.size),
    u32(`${architecture}.attention.sliding_window_pattern`, period),
  ];
}
