// Damaged model files, thousands of each kind: opening and reading one to its end gives a model or a LabError, soon, and
// never asks for more memory than the file's own size and 64 MiB. A hang is caught by the tests' time limit.
import { readFileSync, readdirSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it, type TestContext } from "vitest";
import { LabError } from "../lib/errors";
import { memoryFolder, memorySource } from "./files";
import { openGguf } from "./gguf";
import { readGgufHeader } from "./gguf/header";
import { loadModelConfig } from "./modelConfig";
import { checkValues, openModel } from "./modelFolder";
import { readAdapter } from "./peft";
import { readFloats, readSafetensors } from "./safetensors";
import { watchAllocations } from "./testing/allocations";
import { converted } from "./testing/convertedGguf";
import { draws, mutateBytes, mutateJson, type Draw } from "./testing/mutate";
import { nodeFolder } from "./testing/nodeFolder";

const ALLOWED_BYTES = 64 * 2 ** 20;
const COUNT = 2400;
const HANG_MS = 240_000;
const CASES = "e2e/golden/cases";

type Files = Map<string, Uint8Array>;
interface Subject {
  files: Files;
  open: () => Promise<unknown>;
}

const mebibytes = (bytes: number): string => `${(bytes / 2 ** 20).toFixed(2)} MiB`;

/** A folder of the repository, in memory. */
function filesOf(path: string): Files {
  return new Map(readdirSync(path).map((name) => [name, new Uint8Array(readFileSync(join(path, name)))]));
}

/** Opens `count` damaged files; tells what came of them in the test's note. */
async function fuzz(
  { task }: TestContext,
  count: number,
  damage: (draw: Draw, index: number) => Subject | Promise<Subject>,
): Promise<void> {
  const codes = new Map<string, number>();
  let [opened, most, mostHeap] = [0, 0, 0];
  for (let index = 0; index < count; index++) {
    const { files, open } = await damage(draws(1000 + index), index);
    const size = [...files.values()].reduce((sum, bytes) => sum + bytes.length, 0);
    const heap = process.memoryUsage();
    const { result, totalBytes } = await watchAllocations(() =>
      open().then(
        () => null,
        (thrown: unknown) => thrown,
      ),
    );
    const after = process.memoryUsage();
    const grown = after.heapUsed - heap.heapUsed + after.arrayBuffers - heap.arrayBuffers;
    if (result === null) opened++;
    else {
      if (!(result instanceof LabError))
        throw new Error(`file ${index}: ${String(result)}`, { cause: result });
      expect(result.code, `file ${index}: ${result.message}`).not.toBe("internal");
      expect(result.message.length, `file ${index}`).toBeLessThan(1000);
      codes.set(result.code, (codes.get(result.code) ?? 0) + 1);
    }
    expect(totalBytes, `bytes that file ${index} asked for`).toBeLessThanOrEqual(size + ALLOWED_BYTES);
    expect(grown, `growth of the heap by file ${index}`).toBeLessThanOrEqual(size + ALLOWED_BYTES);
    most = Math.max(most, totalBytes - size);
    mostHeap = Math.max(mostHeap, grown - size);
  }
  const refused = count - opened;
  // Damage that is never noticed, or always, would test nothing behind the first check.
  expect(refused).toBeGreaterThan(count / 5);
  expect(opened).toBeGreaterThan(0);
  const beyond = `at most ${mebibytes(most)} of arrays and ${mebibytes(mostHeap)} of heap beyond a file's own size`;
  task.meta.note = `${count} damaged files: ${refused} refused, ${opened} opened; ${beyond} (${mebibytes(ALLOWED_BYTES)} allowed)`;
}

describe("damaged files", () => {
  it(
    "safetensors, alone and as a model folder",
    async (context) => {
      const folders = ["qwen3-tied-bf16", "llama32-untied-f32", "smollm2-tied-bf16", "qwen2-bias-f16"].map(
        (name) => filesOf(`${CASES}/${name}/model`),
      );
      const weights = folders.map((files) =>
        [...files.keys()].filter((name) => name.endsWith(".safetensors")),
      );
      await fuzz(context, COUNT, (draw, index) => {
        const at = index % folders.length;
        const name = draw.pick(weights[at]!);
        const good = folders[at]!.get(name)!;
        const headerEnd = 8 + Number(new DataView(good.buffer, good.byteOffset).getBigUint64(0, true));
        // Half of them keep their JSON readable, so that the checks behind the parser are met.
        const bad = draw.below(2) ? mutateBytes(good, headerEnd, draw) : withHeader(good, headerEnd, draw);
        const files = new Map([...folders[at]!, [name, bad]]);
        const open = async () => {
          const { tensors } = await readSafetensors(memorySource(name, bad));
          for (const entry of tensors.values()) await readFloats(entry);
          await checkValues(await openModel(memoryFolder("model", files), { tokenizer: false }));
        };
        return { files: new Map([[name, bad]]), open };
      });
    },
    HANG_MS,
  );

  it(
    "GGUF, with its tokenizer",
    async (context) => {
      const good = await Promise.all(
        ["llama32-untied-f32", "qwen3-tied-bf16", "qwen2-bias-f16"].map(async (name) => {
          const { bytes } = await converted(name);
          const { tensors } = await readGgufHeader(memorySource("m.gguf", bytes));
          return { bytes, headerEnd: Math.min(...[...tensors.values()].map(({ offset }) => offset)) };
        }),
      );
      await fuzz(context, COUNT, (draw, index) => {
        const { bytes, headerEnd } = good[index % good.length]!;
        // The front holds the counts and settings; the long list of tokens would draw most of the damage.
        const bad = mutateBytes(bytes, draw.below(2) ? Math.min(700, headerEnd) : headerEnd, draw);
        const open = async () => {
          const model = await openGguf(memorySource("m.gguf", bad));
          await checkValues(model);
          model.tokenizer?.encode("a sample of 12 words");
        };
        return { files: new Map([["m.gguf", bad]]), open };
      });
    },
    HANG_MS,
  );

  it(
    "JSON: config, tokenizer and index files of a model, and adapter_config.json",
    async (context) => {
      const model = filesOf(`${CASES}/qwen3-tied-bf16/model`);
      const sharded = filesOf(`${CASES}/qwen2-bias-f16/model`);
      const llama = filesOf(`${CASES}/llama32-untied-f32/model`);
      const adapter = filesOf(`${CASES}/qwen3-tied-bf16/adapter`);
      const base = await loadModelConfig(nodeFolder(`${CASES}/qwen3-tied-bf16/model`));
      const targets: { files: Files; name: string; kind: "model" | "bare" | "adapter" }[] = [
        { files: model, name: "config.json", kind: "model" },
        { files: llama, name: "config.json", kind: "bare" },
        { files: model, name: "generation_config.json", kind: "model" },
        { files: model, name: "tokenizer_config.json", kind: "model" },
        { files: model, name: "tokenizer.json", kind: "model" },
        { files: sharded, name: "model.safetensors.index.json", kind: "bare" },
        { files: adapter, name: "adapter_config.json", kind: "adapter" },
      ];
      await fuzz(context, COUNT, (draw, index) => {
        const { files, name, kind } = targets[index % targets.length]!;
        const text = mutateJson(new TextDecoder().decode(files.get(name)), draw);
        const bad = new TextEncoder().encode(text);
        const folder = memoryFolder("files", new Map([...files, [name, bad]]));
        const open = async () => {
          if (kind === "adapter") return readAdapter(folder, base);
          const opened = await openModel(folder, { tokenizer: kind === "model" });
          if (opened.tokenizer?.hasChatTemplate) opened.tokenizer.sftIds("How many?", "12 of them.");
          return opened;
        };
        return { files: new Map([...files, [name, bad]]), open };
      });
    },
    HANG_MS,
  );
});

/** The JSON header damaged as text, its length made to fit. */
function withHeader(good: Uint8Array, headerEnd: number, draw: Draw): Uint8Array {
  const text = mutateJson(new TextDecoder().decode(good.subarray(8, headerEnd)), draw);
  const header = new TextEncoder().encode(text);
  const out = new Uint8Array(8 + header.length + good.length - headerEnd);
  new DataView(out.buffer).setBigUint64(0, BigInt(header.length), true);
  out.set(header, 8);
  out.set(good.subarray(headerEnd), 8 + header.length);
  return out;
}
