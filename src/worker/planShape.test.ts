// The plan of a run from config.json alone: bytes against the published shapes, computed here by hand, and the promises
// of what fits.
import { describe, expect, it } from "vitest";
import { resolveConfig } from "../config/resolve";
import { planShape, type ShapePlan } from "./planShape";

const GIB = 2 ** 30;
const MIB = 2 ** 20;

const qwen3 = (hidden: number, intermediate: number) => ({
  ...{
    architectures: ["Qwen3ForCausalLM"],
    model_type: "qwen3",
    torch_dtype: "bfloat16",
    hidden_act: "silu",
  },
  ...{ vocab_size: 151_936, hidden_size: hidden, intermediate_size: intermediate, num_hidden_layers: 28 },
  ...{ num_attention_heads: 16, num_key_value_heads: 8, head_dim: 128, tie_word_embeddings: true },
  ...{ rms_norm_eps: 1e-6, rope_theta: 1e6, max_position_embeddings: 40_960, eos_token_id: 151_645 },
});
const SMOLLM2 = {
  ...{
    architectures: ["LlamaForCausalLM"],
    model_type: "llama",
    torch_dtype: "bfloat16",
    hidden_act: "silu",
  },
  ...{ vocab_size: 49_152, hidden_size: 576, intermediate_size: 1536, num_hidden_layers: 30 },
  ...{ num_attention_heads: 9, num_key_value_heads: 3, tie_word_embeddings: true, rms_norm_eps: 1e-5 },
  ...{ rope_theta: 1e5, max_position_embeddings: 8192, eos_token_id: 2 },
};

const planned = (
  hub: Record<string, unknown>,
  settings: object,
  limitBytes: number,
  rateFlops = 1e12,
): ShapePlan => planShape(resolveConfig(settings), hub, { limitBytes, sampleTokens: 64, rateFlops });

describe("a plan from config.json alone", () => {
  it("has Qwen3-1.7B, int4, rank 16, 512 tokens a step, within 2.5 GiB", () => {
    const plan = planned(qwen3(2048, 6144), { weights: "int4", adapter: { rank: 16, alpha: 32 } }, 2.5 * GIB);
    expect(plan.stepRows).toBe(512);
    expect(plan.recompute).toBe(true);
    expect(plan.bytes.total).toBeLessThanOrEqual(2.5 * GIB);
    // 24 bytes for 32 values, and f32 norms.
    const linears = 28 * (2 * 2048 * 2048 + 2 * 2048 * 1024 + 3 * 2048 * 6144);
    const weights = ((linears + 151_936 * 2048) / 32) * 24 + 4 * (28 * (2 * 2048 + 2 * 128) + 2048 + 128);
    expect(plan.bytes.weights).toBe(weights);
    const factors = 28 * 16 * (2 * (2048 + 2048) + 2 * (2048 + 1024) + 3 * (2048 + 6144));
    expect(plan.bytes.adapter).toBe(8 * factors);
    expect(plan.bytes.moments).toBe(8 * factors);
  });

  it("has Qwen3-0.6B, int4, rank 16, within 1.0 GiB", () => {
    const { bytes } = planned(qwen3(1024, 3072), { weights: "int4", adapter: { rank: 16, alpha: 32 } }, GIB);
    expect(bytes.total).toBeLessThanOrEqual(GIB);
  });

  it("is the sum of its parts, and keeps what the limit allows", () => {
    const [small, large] = [planned(SMOLLM2, {}, 512 * MIB), planned(SMOLLM2, {}, 4 * GIB)];
    for (const { bytes } of [small, large]) {
      const { total, ...parts } = bytes;
      expect(total).toBe(Object.values(parts).reduce((a, b) => a + b, 0));
    }
    expect([small.recompute, large.recompute]).toEqual([true, false]);
    expect(small.bytes.cache).toBeLessThanOrEqual(32 * MIB);
    expect(small.bytes.activations).toBeLessThan(large.bytes.activations);
  });

  it("takes half the minutes at twice the rate, and a step at least the adapter's multiply-adds", () => {
    const settings = { budget: { steps: 30 } };
    const [one, two] = [planned(SMOLLM2, settings, 4 * GIB), planned(SMOLLM2, settings, 4 * GIB, 2e12)];
    expect(two.minutes.step).toBeCloseTo(one.minutes.step / 2, 12);
    expect(one.minutes.training).toBeCloseTo(30 * one.minutes.step, 12);
    const linears = 30 * (2 * 576 * 576 + 2 * 576 * 192 + 3 * 576 * 1536);
    const seconds = (2 * (512 * 2 * linears + 3 * 256 * 49_152 * 576)) / 1e12;
    expect(60 * one.minutes.step).toBeGreaterThan(seconds);
    expect(60 * one.minutes.step).toBeLessThan(1.2 * seconds);
  });
});
