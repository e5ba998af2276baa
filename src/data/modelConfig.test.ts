// config.json: the published keys, old and new; everything outside the engine's family is refused by name.
import fc from "fast-check";
import { readFileSync } from "node:fs";
import { describe, expect, it } from "vitest";
import { LabError } from "../lib/errors";
import { loadModelConfig, parseModelConfig } from "./modelConfig";
import { neededTensors, parameterCount } from "../families/tensors";
import { checkTensors } from "./modelTensors";
import { openSafetensors } from "./safetensors";
import { nodeFolder } from "./testing/nodeFolder";

const json = (path: string) => JSON.parse(readFileSync(path, "utf8")) as Record<string, unknown>;
const qwen3 = json("e2e/golden/cases/qwen3-tied-bf16/model/config.json");
const qwen2 = json("e2e/golden/cases/qwen2-bias-f16/model/config.json");
const llama = json("e2e/golden/cases/llama32-untied-f32/model/config.json");

const cases = ["qwen3-tied-bf16", "qwen2-bias-f16", "llama32-untied-f32", "smollm2-tied-bf16"];

describe("config.json", () => {
  it.each(cases)("takes the golden model %s and finds its tensors", async (name) => {
    const folder = nodeFolder(`e2e/golden/cases/${name}/model`);
    const config = await loadModelConfig(folder);
    const { tensors } = await openSafetensors(folder);
    checkTensors(config, tensors);
    const said = json(`e2e/golden/cases/${name}/case.json`).model as { parameters: number; tied: boolean };
    expect(parameterCount(config)).toBe(said.parameters);
    expect(config.tiedHead).toBe(said.tied);
    expect(new Set(tensors.keys())).toEqual(new Set(neededTensors(config).map((tensor) => tensor.name)));
  });

  it("knows the traps of the published files", () => {
    expect(parseModelConfig(qwen3)).toMatchObject({
      architecture: "qwen3",
      headDim: 24,
      qkNorm: true,
      qkvBias: false,
    });
    // sliding_window is a number, but use_sliding_window is false; head_dim is absent.
    expect(parseModelConfig(qwen2)).toMatchObject({
      architecture: "qwen2",
      headDim: 10,
      qkNorm: false,
      qkvBias: true,
    });
    expect(parseModelConfig(llama).ropeScaling).toEqual({
      type: "llama3",
      factor: 8,
      lowFreqFactor: 1,
      highFreqFactor: 4,
      originalMaxPosition: 64,
    });
    expect(parseModelConfig(llama).eosTokenIds).toEqual([2, 3, 4]);
    expect(parseModelConfig(llama, { eos_token_id: [2, 3, 4, 8] }).eosTokenIds).toEqual([2, 3, 4, 8]);
    expect(parseModelConfig(llama, { do_sample: false }).eosTokenIds).toEqual([2, 3, 4]);
    expect(parseModelConfig({ ...qwen3, tie_word_embeddings: undefined }).tiedHead).toBe(false);
  });

  it("reads the keys of transformers 5 to the same config", () => {
    const { rope_theta, rope_scaling, torch_dtype, ...rest } = llama;
    const renewed = {
      ...rest,
      dtype: torch_dtype,
      layer_types: ["full_attention", "full_attention"],
      rope_parameters: { rope_theta, ...(rope_scaling as object) },
    };
    expect(parseModelConfig(renewed)).toEqual(parseModelConfig(llama));
    const plain = {
      ...rest,
      rope_theta: undefined,
      rope_parameters: { rope_theta: 10_000, rope_type: "default" },
    };
    expect(parseModelConfig(plain)).toMatchObject({ ropeTheta: 10_000, ropeScaling: null });
  });

  it.each([
    [
      "architecture",
      { ...qwen3, architectures: ["MambaForCausalLM"], model_type: "mamba" },
      /MambaForCausalLM is not supported/,
    ],
    ["no architecture", { ...qwen3, architectures: [], model_type: "gemma3" }, /gemma3 is not supported/],
    [
      "architecture of the prototype",
      { ...qwen3, architectures: ["constructor"] },
      /constructor is not supported/,
    ],
    ["window by flag", { ...qwen2, use_sliding_window: true }, /sliding_window is 8/],
    ["window by layer", { ...qwen3, layer_types: ["full_attention", "sliding_attention"] }, /layer_types/],
    ["partial rotary", { ...qwen3, partial_rotary_factor: 0.5 }, /partial_rotary_factor is 0.5/],
    [
      "partial rotary, nested",
      { ...qwen3, rope_parameters: { rope_theta: 1e4, partial_rotary_factor: 0.5 } },
      /partial/,
    ],
    ["yarn", { ...qwen3, rope_scaling: { rope_type: "yarn", factor: 4 } }, /rope_type is "yarn"/],
    ["linear, old key", { ...qwen3, rope_scaling: { type: "linear", factor: 4 } }, /rope_type is "linear"/],
    [
      "rope by layer type",
      { ...qwen3, rope_parameters: { full_attention: { rope_theta: 1e4 } } },
      /by layer/,
    ],
    ["llama3 without factor", { ...llama, rope_scaling: { rope_type: "llama3" } }, /factor is missing/],
    ["bias on o", { ...llama, attention_bias: true }, /attention_bias/],
    ["gelu", { ...qwen3, hidden_act: "gelu" }, /hidden_act is "gelu"/],
    ["GPTQ", { ...qwen3, quantization_config: { quant_method: "gptq" } }, /quantization_config is "gptq"/],
    ["absurd layers", { ...qwen3, num_hidden_layers: 1e9 }, /num_hidden_layers is 1000000000/],
    ["zero heads", { ...qwen3, num_attention_heads: 0 }, /num_attention_heads is 0/],
    ["text for a number", { ...qwen3, hidden_size: "64" }, /hidden_size is "64"/],
    ["heads not divided", { ...qwen3, num_key_value_heads: 3 }, /does not divide/],
    ["odd head", { ...qwen3, head_dim: 7 }, /head_dim is 7/],
    ["eos text", { ...qwen3, eos_token_id: "</s>" }, /eos_token_id/],
  ])("refuses: %s", (_, config, message) => {
    expect(() => parseModelConfig(config)).toThrow(message);
    expect(() => parseModelConfig(config)).toThrow(LabError);
  });

  it("takes a window that no layer uses", () => {
    expect(parseModelConfig({ ...qwen2, use_sliding_window: true, max_window_layers: 28 }).layers).toBe(3);
  });

  it("throws nothing but LabErrors for 2,000 mutated files", () => {
    const keys = Object.keys(llama);
    fc.assert(
      fc.property(
        fc.array(fc.tuple(fc.constantFrom(...keys), fc.jsonValue()), { minLength: 1, maxLength: 3 }),
        (edits) => {
          const config = { ...llama, ...Object.fromEntries(edits) };
          try {
            expect(Number.isSafeInteger(parseModelConfig(config).headDim)).toBe(true);
          } catch (thrown) {
            expect(thrown).toBeInstanceOf(LabError);
          }
        },
      ),
      { numRuns: 2000, seed: 1 },
    );
  });
});
