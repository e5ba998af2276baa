// What the page saves, it takes back: the .tar of an adapter and the .tar of a merged model.
import { describe, expect, it } from "vitest";
import { packTar } from "modern-tar";
import { peftName, linearShape, type AdapterConfig, type AdapterState } from "../../families/config";
import { memoryFolder } from "../files";
import { importModel, openStored } from "../library/models";
import { openModel } from "../modelFolder";
import { readAdapter, writeAdapter } from "../peft";
import { readFloats } from "../safetensors";
import { unpacked } from "../tar";
import { memoryFileStore } from "../testing/memoryFileStore";
import { nodeFolder } from "../testing/nodeFolder";
import { mergedBytes } from "./merged";
import { sideFiles } from "./sideFiles";

const model = await openModel(nodeFolder("public/models/tiny"));
const config: AdapterConfig = { rank: 4, alpha: 6, targets: ["k_proj"], useRslora: false, layers: [2] };
const [out, input] = linearShape(model.config, "k_proj");
const values = (count: number, from: number) =>
  Float32Array.from({ length: count }, (_, i) => Math.sin(from + i));
const state: AdapterState = new Map([
  [`${peftName(2, "k_proj")}.lora_A.weight`, { shape: [4, input], values: values(4 * input, 1) }],
  [`${peftName(2, "k_proj")}.lora_B.weight`, { shape: [out, 4], values: values(4 * out, 9) }],
]);

/** As a person would choose it. */
async function chosen(name: string, files: readonly { name: string; bytes: Uint8Array }[]) {
  const tar = await packTar(
    files.map((file) => ({ header: { name: file.name, size: file.bytes.length }, body: file.bytes })),
  );
  return memoryFolder("files", new Map([[name, tar]]));
}

describe("what was saved", () => {
  it("as an adapter comes back as it was", async () => {
    const readme = { name: "README.md", bytes: new TextEncoder().encode("# it") };
    const folder = await chosen("it-adapter.tar", [...writeAdapter(config, state, "me/tiny"), readme]);
    const back = await readAdapter(await unpacked(folder, "adapter"), model.config);
    expect(back).toMatchObject({ config, baseModel: "me/tiny" });
    expect(back.state).toEqual(state);
  });

  it("as a merged model goes into the library, tokenizer, template and all", async () => {
    const { files } = await sideFiles(model);
    const pieces: Uint8Array[] = [];
    for await (const piece of mergedBytes(model, config, state)) pieces.push(piece);
    const weights = { name: "model.safetensors", bytes: new Uint8Array(Buffer.concat(pieces)) };
    const store = memoryFileStore();
    const { modelId } = await importModel(store, await chosen("it-merged.tar", [...files, weights]));
    expect(modelId).toBe("it-merged");
    const back = await openStored(store, modelId);
    expect(back.config).toEqual(model.config);
    expect(back.tokenizer?.chatIds("What is 12+7?")).toEqual(model.tokenizer?.chatIds("What is 12+7?"));
    const name = "model.layers.2.self_attn.k_proj.weight";
    const [before, after] = [
      await readFloats(model.tensors.get(name)!),
      await readFloats(back.tensors.get(name)!),
    ];
    expect(after.some((value, i) => value !== before[i])).toBe(true);
    expect(await readFloats(back.tensors.get("model.norm.weight")!)).toEqual(
      await readFloats(model.tensors.get("model.norm.weight")!),
    );
  });
});
