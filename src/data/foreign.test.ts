// Model folders of other kinds: each is refused by what it is, with the next step.
import { describe, expect, it } from "vitest";
import { LabError } from "../lib/errors";
import { adapterGguf } from "./exports/adapterGguf";
import { memoryFolder } from "./files";
import { openChosen } from "./gguf";
import { loadModelConfig } from "./modelConfig";
import { writeAdapter } from "./peft";
import { openSafetensors, writeSafetensors, type TensorData } from "./safetensors";
import { nodeFolder } from "./testing/nodeFolder";

const TINY = nodeFolder("public/models/tiny");
type Content = Map<string, Uint8Array>;
const encoded = (value: unknown): Uint8Array => new TextEncoder().encode(JSON.stringify(value));

/** The built-in model's files, changed. */
async function tiny(change: (content: Content) => void | Promise<void>): Promise<Content> {
  const content: Content = new Map();
  for (const name of await TINY.list()) {
    const source = (await TINY.open(name))!;
    content.set(name, await source.read(0, source.size));
  }
  await change(content);
  return content;
}

async function refusal(content: Content, name = "mine"): Promise<LabError> {
  const thrown: unknown = await openChosen(memoryFolder(name, content)).then(
    () => null,
    (error: unknown) => error,
  );
  expect(thrown).toBeInstanceOf(LabError);
  return thrown as LabError;
}

/** The weights with other names. */
async function renamed(content: Content, rename: (name: string) => string): Promise<void> {
  const { tensors } = await openSafetensors(TINY);
  const named = new Map<string, TensorData>();
  for (const { name, shape, source, offset, bytes } of tensors.values()) {
    const values = new Uint16Array((await source.read(offset, bytes)).slice().buffer);
    named.set(rename(name), { dtype: "BF16", shape, values });
  }
  content.set("model.safetensors", writeSafetensors(named));
}

describe("a folder that is no model for this lab", () => {
  it.each([
    ["a base", "me/base-1B", /^mine is an adapter for me\/base-1B, not a model\.$/],
    ["none", null, /^mine is an adapter, not a model\.$/],
  ])("as an adapter that names %s", async (_, base, wanted) => {
    const config = { rank: 1, alpha: 1, targets: ["q_proj" as const], useRslora: false, layers: null };
    const files = writeAdapter(config, new Map(), base);
    const { message, hint } = await refusal(new Map(files.map(({ name, bytes }) => [name, bytes])));
    expect(message).toMatch(wanted);
    expect(hint).toContain("“Import an adapter” under Ask, --adapter in the command");
  });

  it.each(["quantization", "quantization_config"])("as MLX's, by %s", async (key) => {
    const content = await tiny((files) => {
      const json = JSON.parse(new TextDecoder().decode(files.get("config.json"))) as object;
      files.set("config.json", encoded({ ...json, [key]: { group_size: 64, bits: 4 } }));
    });
    const { message, hint } = await refusal(content);
    expect(message).toMatch(/^mine is an MLX 4-bit model/);
    expect(hint).toContain("GGUF");
  });

  it("as a pickle", async () => {
    const content = await tiny((files) => {
      files.delete("model.safetensors");
      files.set("pytorch_model.bin", encoded("x"));
    });
    const { message, hint } = await refusal(content);
    expect(message).toMatch(/^The weights of mine are in pytorch_model\.bin: PyTorch's pickle format/);
    expect(hint).toContain("safe_serialization=True");
  });

  it.each([
    ["_orig_mod.", "as torch.compile leaves them", "model._orig_mod.save_pretrained"],
    ["module.", "as DataParallel leaves them", "model.module.save_pretrained"],
    ["base_model.model.", "as PEFT has them before merging", "merge_and_unload"],
  ])("as tensors behind %s", async (prefix, what, step) => {
    const { message, hint } = await refusal(await tiny((files) => renamed(files, (name) => prefix + name)));
    expect(message).toContain(`tensors are named ${prefix}…, ${what}`);
    expect(hint).toContain(step);
  });

  it("as layers without a head, or packed ones", async () => {
    const bare = await refusal(await tiny((files) => renamed(files, (name) => name.replace(/^model\./, ""))));
    expect(bare.message).toContain("without “model.” before them");
    const packed = await tiny((files) =>
      renamed(files, (name) => name.replace(/proj\.weight$/, "proj.qweight")),
    );
    expect((await refusal(packed)).message).toContain("GPTQ or AWQ");
  });

  it("as llama.cpp's adapter", async () => {
    const base = await loadModelConfig(TINY);
    const config = { rank: 1, alpha: 1, targets: ["q_proj" as const], useRslora: false, layers: null };
    const bytes = adapterGguf("it", config, new Map(), base);
    const { message } = await refusal(new Map([["it.gguf", bytes]]));
    expect(message).toBe("it.gguf is an adapter for llama.cpp, not a model.");
  });
});
