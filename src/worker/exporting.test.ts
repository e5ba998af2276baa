// A checkpoint carried from one archive to another, and what is refused on the way.
import { describe, expect, it } from "vitest";
import { resolveConfig } from "../config/schema";
import { memorySource } from "../data/files";
import { readSafetensors } from "../data/safetensors";
import { fakeRun, FAKE_IDENTITY } from "../train/testing/fakeRun";
import { decodeCheckpoint } from "../train/checkpoint";
import { memoryArchive } from "./archive";
import type { ExportedFile } from "./exportFiles";
import { exportCheckpoint, importCheckpoint, neededCheckpoint, type GivenFile } from "./exporting";
import { exportAdapter } from "./exportWeights";

const SMALL = { curriculum: { rounds: 2, perRound: 8 }, budget: { steps: 4 } } as const;

/** What arrives elsewhere of what was exported. */
const given = (files: readonly ExportedFile[]): Promise<GivenFile[]> =>
  Promise.all(files.map(async ({ name, blob }) => ({ name, bytes: await blob.arrayBuffer() })));

async function stored() {
  const run = fakeRun(SMALL);
  await run.outcome;
  const archive = memoryArchive();
  const about = { runId: "r1", name: "test", config: { seed: 1 }, seed: 1 };
  await archive.create(about);
  await archive.append("r1", 0, run.events);
  await archive.save("r1", run.checkpoints[1]);
  return { archive, about, run };
}

describe("a checkpoint's files", () => {
  it("put the run into another archive, with its log cut to it", async () => {
    const { archive, about, run } = await stored();
    const files = await given(await exportCheckpoint(archive, about));
    expect(files.map(({ name }) => name)).toEqual(["run.json", "events.jsonl", "checkpoint.bin"]);
    const other = memoryArchive();
    await importCheckpoint(other, "copy", files);
    const point = await neededCheckpoint(other, "copy");
    expect(point.bytes).toEqual(run.checkpoints[1].bytes);
    expect(await other.events("copy")).toEqual(run.events.slice(0, run.checkpoints[1].eventCount));
    const next = fakeRun(SMALL, { from: { checkpoint: point.bytes, events: await other.events("copy") } });
    await next.outcome;
    expect(next.engine.weights).toEqual(run.engine.weights);
  });

  it("say what the run was made of, and so does its adapter", async () => {
    const { archive, run } = await stored();
    const point = await neededCheckpoint(archive, "r1");
    expect(decodeCheckpoint(point.bytes).identity).toEqual(FAKE_IDENTITY);
    expect(run.events[0]).toMatchObject({ type: "run.started", identity: FAKE_IDENTITY });
    const files = await given(
      await exportAdapter({ name: "first try", config: resolveConfig({}) }, point, null),
    );
    const weights = files.find(({ name }) => name === "adapter_model.safetensors")!;
    const { metadata } = await readSafetensors(memorySource(weights.name, weights.bytes), "adapter");
    expect(metadata.format).toBe("pt");
    expect(JSON.parse(metadata.proximal)).toEqual(FAKE_IDENTITY);
  });

  it("are refused when one is missing or of another checkpoint", async () => {
    const { archive, about } = await stored();
    const files = await given(await exportCheckpoint(archive, about));
    const other = memoryArchive();
    await expect(importCheckpoint(other, "x", files.slice(0, 2))).rejects.toThrow("no checkpoint.bin");
    const shorter = files.map((file) =>
      file.name === "events.jsonl"
        ? { ...file, bytes: new TextEncoder().encode("").buffer as ArrayBuffer }
        : file,
    );
    await expect(importCheckpoint(other, "x", shorter)).rejects.toThrow("but events.jsonl has 0");
    expect(await other.find("x")).toBeNull();
  });

  it("are missing for a run that has not saved", async () => {
    await expect(neededCheckpoint(memoryArchive(), "r9")).rejects.toThrow("has no checkpoint here");
  });
});

describe("an adapter's files", () => {
  const about = async (source: string) => {
    const { archive } = await stored();
    const config = resolveConfig({ model: { source } });
    const point = await neededCheckpoint(archive, "r1");
    const files = await given(await exportAdapter({ name: "first try", config }, point, null));
    const textOf = (name: string) =>
      new TextDecoder().decode(files.find((file) => file.name === name)!.bytes);
    const json = JSON.parse(textOf("adapter_config.json")) as Record<string, unknown>;
    return { json, readme: textOf("README.md") };
  };

  it("name a base that PEFT can load, or none and a word", async () => {
    expect((await about("Qwen/Qwen3-0.6B")).json.base_model_name_or_path).toBe("Qwen/Qwen3-0.6B");
    const { json, readme } = await about("library:plain");
    expect(json.base_model_name_or_path).toBeNull();
    expect(readme).toContain("names no base model");
    expect(readme).toContain(FAKE_IDENTITY.weights.hash);
  });
});
