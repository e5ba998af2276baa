// What Gemma 3's published files say, old and new keys, Hugging Face and GGUF; and what of them is refused.
import { readFileSync } from "node:fs";
import { describe, expect, it } from "vitest";
import { memorySource } from "../../data/files";
import { openGguf } from "../../data/gguf";
import { loadModelConfig, parseModelConfig } from "../../data/modelConfig";
import { checkTensors } from "../../data/modelTensors";
import { readAdapter } from "../../data/peft";
import { openSafetensors, readFloats } from "../../data/safetensors";
import { converted } from "../../data/testing/convertedGguf";
import { nodeFolder } from "../../data/testing/nodeFolder";
import { loadTokenizer } from "../../data/tokenizer";
import { neededTensors, parameterCount } from "../tensors";

const CASE = "e2e/golden/cases/gemma3-sliding-bf16";
const json = JSON.parse(readFileSync(`${CASE}/model/config.json`, "utf8")) as Record<string, unknown>;
/** The keys and numbers of google/gemma-3-270m-it. */
const gemma270m = {
  ...json,
  head_dim: 256,
  hidden_size: 640,
  intermediate_size: 2048,
  layer_types: Array.from({ length: 18 }, (_, i) => (i % 6 === 5 ? "full_attention" : "sliding_attention")),
  num_attention_heads: 4,
  num_hidden_layers: 18,
  num_key_value_heads: 1,
  query_pre_attn_scalar: 256,
  sliding_window: 512,
  sliding_window_pattern: undefined,
  vocab_size: 262_144,
};

describe("Gemma 3", () => {
  it("has every tensor of the golden model, and no other", async () => {
    const folder = nodeFolder(`${CASE}/model`);
    const config = await loadModelConfig(folder);
    const { tensors } = await openSafetensors(folder);
    checkTensors(config, tensors);
    expect(new Set(tensors.keys())).toEqual(new Set(neededTensors(config).map(({ name }) => name)));
    expect(config).toMatchObject({
      ...{ architecture: "gemma3", tiedHead: true, normShift: 1, qkNorm: true, qkvBias: false },
      ...{ ropeTheta: 1e6, embedScale: Math.sqrt(72), attentionScale: 1 / Math.sqrt(20) },
      sliding: { size: 6, layers: [true, false, true], ropeTheta: 1e4 },
    });
    const adapter = await readAdapter(nodeFolder(`${CASE}/adapter`), config);
    expect(adapter.state.size).toBe(2 * 3 * 7);
  });

  it("counts the published 270M and 1B", () => {
    expect(parameterCount(parseModelConfig(gemma270m))).toBe(268_098_176);
    const gemma1b = {
      ...{ ...gemma270m, hidden_size: 1152, intermediate_size: 6912, num_hidden_layers: 26 },
      ...{ layer_types: undefined, sliding_window_pattern: 6 },
    };
    expect(parameterCount(parseModelConfig(gemma1b))).toBe(999_885_952);
    expect(parseModelConfig(gemma1b).sliding?.layers.filter((slides) => !slides)).toHaveLength(4);
  });

  it("reads the keys of transformers 5 to the same config", () => {
    const renewed = {
      ...{ ...gemma270m, rope_theta: undefined, rope_local_base_freq: undefined },
      rope_parameters: {
        full_attention: { rope_type: "default", rope_theta: 1e6 },
        sliding_attention: { rope_type: "default", rope_theta: 1e4 },
      },
    };
    expect(parseModelConfig(renewed)).toEqual(parseModelConfig(gemma270m));
  });

  it.each([
    ["another activation", { hidden_activation: "gelu" }, /hidden_activation is "gelu"/],
    ["capped logits", { final_logit_softcapping: 30 }, /final_logit_softcapping is 30/],
    ["sight of later rows", { use_bidirectional_attention: true }, /use_bidirectional_attention/],
    ["scaled positions", { rope_scaling: { factor: 8, rope_type: "linear" } }, /rope_scaling/],
    ["layers of another kind", { layer_types: Array(18).fill("chunked") }, /layer_types/],
    ["too few layer types", { layer_types: ["full_attention"] }, /layer_types/],
    ["a window of nothing", { sliding_window: 0 }, /sliding_window is 0/],
    ["scaled windows", { rope_parameters: { full_attention: { rope_type: "linear" } } }, /rope_parameters/],
    [
      "images",
      { architectures: ["Gemma3ForConditionalGeneration"] },
      /Gemma3ForConditionalGeneration is not/,
    ],
  ])("refuses %s", (_, edit, message) => {
    expect(() => parseModelConfig({ ...gemma270m, ...edit })).toThrow(message);
  });

  it("as GGUF has the same shape, and norms that are 1 + w already", async () => {
    const { config, values, bytes } = await converted("gemma3-sliding-bf16");
    const model = await openGguf(memorySource("model.gguf", bytes));
    expect(model.config.sliding).toEqual(config.sliding);
    expect(model.config).toMatchObject({ normShift: 0, tiedHead: true, embedScale: config.embedScale });
    for (const [tensor, wanted] of values)
      expect(await readFloats(model.tensors.get(tensor)!), tensor).toEqual(wanted);
  });

  it("begins a chat once, and folds a system text into the first turn", async () => {
    const tokenizer = await loadTokenizer(nodeFolder(`${CASE}/model`));
    const ids = tokenizer.chatIds([
      { role: "system", content: "Be brief." },
      { role: "user", content: "Hello" },
    ]);
    const begin = tokenizer.encode("<bos>");
    expect(begin).toHaveLength(1);
    expect(ids.filter((id) => id === begin[0])).toEqual(begin);
    expect(tokenizer.decode(ids, true)).toBe(
      "<bos><start_of_turn>user\nBe brief.\n\nHello<end_of_turn>\n<start_of_turn>model\n",
    );
  });
});
