// PEFT adapters: the golden ones round-trip, and what does not fit the model is refused.
import type { AdapterState } from "../families/config";
import { describe, expect, it } from "vitest";
import { memoryFolder, readJson } from "./files";
import { loadModelConfig } from "./modelConfig";
import { readAdapter, writeAdapter } from "./peft";
import { nodeFolder } from "./testing/nodeFolder";

const cases = [
  ...["qwen3-tied-bf16", "qwen2-bias-f16", "llama32-untied-f32", "smollm2-tied-bf16"],
  "gemma3-sliding-bf16",
];
const load = async (name: string) => {
  const base = await loadModelConfig(nodeFolder(`e2e/golden/cases/${name}/model`));
  return { base, adapter: await readAdapter(nodeFolder(`e2e/golden/cases/${name}/adapter`), base) };
};
const plain = (state: AdapterState) =>
  [...state].map(([name, { shape, values }]) => [name, [...shape], [...values]]);

describe.each(cases)("golden adapter %s", (name) => {
  it("is read as its config says and written back the same", async () => {
    const { base, adapter } = await load(name);
    const json = (await readJson(nodeFolder(`e2e/golden/cases/${name}/adapter`), "adapter_config.json"))!;
    expect(adapter.config.rank).toBe(json.r);
    expect(adapter.config.alpha).toBe(json.lora_alpha);
    expect(adapter.config.useRslora).toBe(json.use_rslora);
    expect(adapter.config.targets.toSorted()).toEqual((json.target_modules as string[]).toSorted());
    expect(adapter.config.layers).toEqual(json.layers_to_transform);
    const layers = adapter.config.layers?.length ?? base.layers;
    expect(adapter.state.size).toBe(2 * layers * adapter.config.targets.length);
    expect([...adapter.state.values()].some(({ values }) => values.some((v) => v !== 0))).toBe(true);

    const files = writeAdapter(adapter.config, adapter.state, "some/model");
    const again = await readAdapter(
      memoryFolder("a", new Map(files.map((file) => [file.name, file.bytes]))),
      base,
    );
    expect(again.config).toEqual(adapter.config);
    expect(again.baseModel).toBe("some/model");
    expect(plain(again.state)).toEqual(plain(adapter.state));
  });
});

describe("what does not fit", () => {
  /** The files of a golden adapter with some settings changed and some tensors renamed. */
  async function changed(
    settings: Record<string, unknown>,
    rename: (name: string) => string | null = (name) => name,
  ) {
    const { base, adapter } = await load("smollm2-tied-bf16");
    const state = new Map(
      [...adapter.state].flatMap(([name, value]) => {
        const renamed = rename(name);
        return renamed === null ? [] : [[renamed, value] as const];
      }),
    );
    const [config, weights] = writeAdapter(adapter.config, state, "");
    const json = { ...(JSON.parse(new TextDecoder().decode(config!.bytes)) as object), ...settings };
    const files = [
      [config!.name, new TextEncoder().encode(JSON.stringify(json))],
      [weights!.name, weights!.bytes],
    ] as const;
    return readAdapter(memoryFolder("a", new Map(files)), base);
  }

  it("takes all-linear, a pattern and the names of an unmerged adapter", async () => {
    expect((await changed({ target_modules: "all-linear" })).config.targets).toEqual(["q_proj", "v_proj"]);
    expect((await changed({ target_modules: ".*(q|v)_proj" })).config.targets).toEqual(["q_proj", "v_proj"]);
    const older = await changed({}, (name) => name.replace(".weight", ".default.weight"));
    expect([...older.state.keys()][0]).toBe("base_model.model.model.layers.0.self_attn.q_proj.lora_A.weight");
  });

  it.each([
    ["another kind", { peft_type: "IA3" }, /peft_type is "IA3"/],
    ["DoRA", { use_dora: true }, /use_dora/],
    ["ranks by module", { rank_pattern: { q_proj: 2 } }, /rank_pattern/],
    ["bias", { bias: "all" }, /bias is "all"/],
    ["no rank", { r: "4" }, /r is "4"/],
    ["no alpha", { lora_alpha: null }, /lora_alpha is null/],
    ["another rank", { r: 7 }, /has rank 4 \(shape \[4, 72\]\), but adapter_config\.json says r = 7/],
    [
      "target without weights",
      { target_modules: ["q_proj", "v_proj", "o_proj"] },
      /target_modules names "o_proj"/,
    ],
    ["layer without weights", { layers_to_transform: [0, 9] }, /layers_to_transform names layer 9/],
  ])("refuses: %s", async (_, settings, message) => {
    await expect(changed(settings)).rejects.toThrow(message);
    await expect(changed(settings)).rejects.toMatchObject({ code: "adapter" });
  });

  it("refuses tensors of other modules, of further layers and gaps", async () => {
    await expect(changed({}, (n) => n.replace("self_attn.q_proj", "self_attn.qkv_proj"))).rejects.toThrow(
      /no linear this lab adapts/,
    );
    await expect(changed({}, (n) => n.replace("self_attn.q_proj", "mlp.q_proj"))).rejects.toThrow(
      /no linear this lab adapts/,
    );
    await expect(changed({}, (n) => n.replace("layers.2", "layers.5"))).rejects.toThrow(
      /layer 5 .* 3 layers/,
    );
    await expect(
      changed({}, (n) => (n.includes("layers.1.self_attn.q_proj.lora_B") ? null : n)),
    ).rejects.toThrow(/lacks the tensor .*layers\.1/);
    await expect(changed({}, () => null)).rejects.toThrow(/holds no LoRA weights/);
    await expect(
      readAdapter(memoryFolder("a", new Map()), (await load("qwen3-tied-bf16")).base),
    ).rejects.toThrow(/no adapter_config\.json/);
  });
});
