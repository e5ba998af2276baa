// The registry of families: each is found by its own names, and all of its tensors have names in both kinds of file.
import { describe, expect, it } from "vitest";
import { PLAIN, type DecoderConfig } from "./config";
import { FAMILIES, familyOf } from "./index";
import { decoderTensors, neededTensors } from "./tensors";

const config = (architecture: string): DecoderConfig => ({
  ...{ architecture, ...PLAIN, ropeTheta: 1e4, ropeScaling: null, tiedHead: false, rmsEps: 1e-6 },
  ...{ vocab: 32, hidden: 8, layers: 2, intermediate: 16, heads: 2, kvHeads: 1, headDim: 4 },
  ...{ qkNorm: false, qkvBias: false, maxPosition: 64, eosTokenIds: [] },
});

describe("families", () => {
  it("have names of their own", () => {
    const unique = (names: readonly string[]) => new Set(names).size === names.length;
    expect(FAMILIES.length).toBeGreaterThan(2);
    expect(unique(FAMILIES.map(({ name }) => name))).toBe(true);
    expect(unique(FAMILIES.map(({ hub }) => hub.className))).toBe(true);
    expect(unique(FAMILIES.map(({ hub }) => hub.modelType))).toBe(true);
    expect(unique(FAMILIES.map(({ gguf }) => gguf.architecture))).toBe(true);
    expect(() => familyOf({ architecture: "mamba" })).toThrow("no model family mamba");
  });

  it.each(FAMILIES.map(({ name }) => name))("%s names each tensor once, in both kinds of file", (name) => {
    const needed = neededTensors(config(name));
    expect(new Set(needed.map((tensor) => tensor.name)).size).toBe(needed.length);
    expect(new Set(needed.map(({ gguf }) => gguf)).size).toBe(needed.length);
    const { blocks, head } = decoderTensors(config(name));
    expect(blocks[1].norms.attentionIn?.gguf).toBe("blk.1.attn_norm.weight");
    expect(blocks[1].norms.mlpIn?.gguf).toBe("blk.1.ffn_norm.weight");
    expect(blocks[1].linears.k_proj).toMatchObject({ gguf: "blk.1.attn_k.weight", shape: [4, 8] });
    expect(head?.name).toBe("lm_head.weight");
  });
});
