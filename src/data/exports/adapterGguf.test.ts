// An adapter as GGUF: llama.cpp's names, shapes, row order and scale, read back by the lab's own reader.
import { describe, expect, it } from "vitest";
import { scaleOf } from "../../families/config";
import { familyOf } from "../../families/index";
import { memorySource } from "../files";
import { readGgufHeader } from "../gguf/header";
import { loadModelConfig } from "../modelConfig";
import { readAdapter } from "../peft";
import { interleave } from "../testing/convertedGguf";
import { nodeFolder } from "../testing/nodeFolder";
import { adapterGguf } from "./adapterGguf";

const NAMES: Record<string, string> = {
  "self_attn.q_proj": "attn_q",
  "self_attn.k_proj": "attn_k",
  "self_attn.v_proj": "attn_v",
  "self_attn.o_proj": "attn_output",
  "mlp.gate_proj": "ffn_gate",
  "mlp.up_proj": "ffn_up",
  "mlp.down_proj": "ffn_down",
};

async function load(name: string) {
  const base = await loadModelConfig(nodeFolder(`e2e/golden/cases/${name}/model`));
  return { base, ...(await readAdapter(nodeFolder(`e2e/golden/cases/${name}/adapter`), base)) };
}

async function readBack(bytes: Uint8Array) {
  const source = memorySource("a.gguf", bytes);
  const { metadata, tensors } = await readGgufHeader(source);
  const values = async (name: string) => {
    const { offset, bytes: size, shape, type } = tensors.get(name)!;
    const found = new Float32Array((await source.read(offset, size)).slice().buffer);
    return { shape, type: type.name, found };
  };
  return { metadata, tensors, values };
}

describe.each(["qwen3-tied-bf16", "llama32-untied-f32", "gemma3-sliding-bf16"])("%s's adapter", (name) => {
  it("has every factor where llama.cpp looks for it", async () => {
    const { base, config, state } = await load(name);
    const { metadata, tensors, values } = await readBack(adapterGguf("it", config, state, base));
    expect(Object.fromEntries(metadata)).toEqual({
      "general.type": "adapter",
      "general.architecture": familyOf(base).gguf.architecture,
      "general.name": "it",
      "adapter.type": "lora",
      "adapter.lora.alpha": Math.fround(scaleOf(config) * config.rank),
    });
    expect(tensors.size).toBe(state.size);
    for (const [peft, { shape, values: own }] of state) {
      const [, layer, module, factor] = /layers\.(\d+)\.(\w+\.\w+)\.lora_([AB])/.exec(peft)!;
      const there = await values(`blk.${layer}.${NAMES[module]}.weight.lora_${factor.toLowerCase()}`);
      expect([there.shape, there.type]).toEqual([shape, "F32"]);
      const heads = module.endsWith("q_proj") ? base.heads : base.kvHeads;
      const turned = name.startsWith("llama") && factor === "B" && /[qk]_proj$/.test(module);
      expect(there.found, peft).toEqual(turned ? interleave(own, heads, shape[1]) : own);
    }
  });
});

describe("the scale", () => {
  it("is llama.cpp's alpha over rank, also for rsLoRA and for none at all", async () => {
    const { base, config, state } = await load("qwen3-tied-bf16");
    const alpha = async (change: object) => {
      const back = await readBack(adapterGguf("it", { ...config, ...change }, state, base));
      const b = await back.values("blk.0.attn_q.weight.lora_b");
      return [back.metadata.get("adapter.lora.alpha"), b.found.every((value) => value === 0)];
    };
    const { rank } = config;
    expect(await alpha({ alpha: 6, useRslora: false })).toEqual([6, false]);
    expect(await alpha({ alpha: 6, useRslora: true })).toEqual([Math.fround(6 * Math.sqrt(rank)), false]);
    // 0 would mean "not given" there, and 1 be taken.
    expect(await alpha({ alpha: 0, useRslora: false })).toEqual([rank, true]);
  });

  it("is of the model's own shape, else it is refused", async () => {
    const { config, state } = await load("qwen3-tied-bf16");
    const other = await loadModelConfig(nodeFolder("public/models/tiny"));
    expect(() => adapterGguf("it", config, state, other)).toThrow("has no place in the model");
  });
});
