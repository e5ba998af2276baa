// PEFT adapters: the golden ones round-trip, and what does not fit the model is refused.
import type { AdapterState } from "../families/config";
import { describe, expect, it } from "vitest";
import { memoryFolder, readJson } from "./files";
import { loadModelConfig } from "./modelConfig";
import { readAdapter, writeAdapter, type LoadedAdapter } from "./peft";
import patterns from "./peft/patterns.fixture.json";
import { byPattern } from "./peft/settings";
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

describe("pattern tables", () => {
  it.each(patterns.cases.map((one) => [JSON.stringify(one.patterns), one] as const))(
    "are read as PEFT does: %s",
    (_, { patterns: table, values }) => {
      const read = patterns.paths.map((path) => byPattern(plainTable(table), path, patterns.general, "t"));
      expect(read).toEqual(values);
    },
  );
});

/** JSON's own type has every key of every case as optional. */
const plainTable = (table: object) => table as Record<string, number>;

describe("ranks, alphas and layers by module", () => {
  const Q0 = "base_model.model.model.layers.0.self_attn.q_proj";
  const V1 = "base_model.model.model.layers.1.self_attn.v_proj";

  /** scale · B·A as the engine has it. */
  function product({ config, state }: Pick<LoadedAdapter, "config" | "state">, module: string): number[] {
    const [a, b] = ["A", "B"].map((factor) => state.get(`${module}.lora_${factor}.weight`)!);
    const scale = config.alpha / (config.useRslora ? Math.sqrt(config.rank) : config.rank);
    const [out, rank] = b.shape;
    const input = a.shape[1];
    return Array.from({ length: out * input }, (_, i) => {
      let sum = 0;
      for (let r = 0; r < rank; r++)
        sum += b.values[Math.floor(i / input) * rank + r] * a.values[r * input + (i % input)];
      return scale * sum;
    });
  }

  it.each([false, true])("keep each module's own product (rsLoRA %s)", async (useRslora) => {
    const { base, adapter } = await load("smollm2-tied-bf16");
    const { rank, alpha } = adapter.config;
    // The first module gets half the rank and three times the alpha; another is not there at all.
    const state: AdapterState = new Map(adapter.state);
    for (const factor of ["A", "B"] as const) {
      const { shape, values } = adapter.state.get(`${Q0}.lora_${factor}.weight`)!;
      const half: [number, number] = factor === "A" ? [rank / 2, shape[1]] : [shape[0], rank / 2];
      const kept = values.filter((_, i) => factor === "A" || i % rank < rank / 2).slice(0, half[0] * half[1]);
      state.set(`${Q0}.lora_${factor}.weight`, { shape: half, values: kept });
      state.delete(`${V1}.lora_${factor}.weight`);
    }
    const [config, weights] = writeAdapter({ ...adapter.config, useRslora }, state, "");
    const json = {
      ...(JSON.parse(new TextDecoder().decode(config.bytes)) as object),
      rank_pattern: { "layers.0.self_attn.q_proj": rank / 2 },
      alpha_pattern: { [Q0.replace("base_model.model.", "")]: 3 * alpha },
    };
    const read = await readAdapter(
      memoryFolder(
        "a",
        new Map([
          [config.name, new TextEncoder().encode(JSON.stringify(json))],
          [weights.name, weights.bytes],
        ]),
      ),
      base,
    );
    expect(read.config).toMatchObject({ rank, alpha, useRslora, targets: adapter.config.targets });
    const own = product(
      { config: { ...adapter.config, rank: rank / 2, alpha: 3 * alpha, useRslora }, state },
      Q0,
    );
    const now = product(read, Q0);
    expect(own.some((v) => v !== 0)).toBe(true);
    now.forEach((v, i) => expect(v).toBeCloseTo(own[i], 6));
    expect(product(read, V1).every((v) => v === 0)).toBe(true);
    const same = Q0.replace("q_proj", "v_proj");
    expect(read.state.get(`${same}.lora_B.weight`)!.values).toEqual(
      adapter.state.get(`${same}.lora_B.weight`)!.values,
    );
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
    ["another rank by module", { rank_pattern: { q_proj: 2 } }, /rank 4 .* says rank 2/],
    ["a rank by module that is none", { rank_pattern: { q_proj: "2" } }, /rank_pattern\["q_proj"\] is "2"/],
    [
      "a pattern that cannot be read",
      { alpha_pattern: { "(q|": 2 } },
      /alpha_pattern has the pattern "\(q\|"/,
    ],
    ["a pattern without end", { alpha_pattern: { "(a*)*b": 2 } }, /alpha_pattern has the pattern/],
    ["PiSSA", { init_lora_weights: "pissa" }, /init_lora_weights is "pissa".*changed base weights/],
    ["PiSSA by iterations", { init_lora_weights: "pissa_niter_16" }, /init_lora_weights is "pissa_niter_16"/],
    ["OLoRA", { init_lora_weights: "olora" }, /init_lora_weights is "olora"/],
    ["CorDA", { init_lora_weights: "corda" }, /init_lora_weights is "corda"/],
    ["LoftQ", { init_lora_weights: "loftq" }, /init_lora_weights is "loftq"/],
    ["a start nobody knows", { init_lora_weights: "newest" }, /init_lora_weights is "newest"/],
    ["a switch nobody knows", { use_newlora: true }, /use_newlora is true/],
    ["a table nobody knows", { new_config: { a: 1 } }, /new_config is \{"a":1\}/],
    ["further modules", { modules_to_save: ["lm_head"] }, /modules_to_save/],
    ["rsLoRA said otherwise", { use_rslora: "yes" }, /use_rslora is "yes"/],
    ["bias", { bias: "all" }, /bias is "all"/],
    ["no rank", { r: "4" }, /r is "4"/],
    ["no alpha", { lora_alpha: null }, /lora_alpha is null/],
    ["another rank", { r: 7 }, /has rank 4 \(shape \[4, 72\]\), but adapter_config\.json says rank 7/],
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
