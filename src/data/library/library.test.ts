// The model library against a mock of the hub over real HTTP: what is looked at before, what is fetched, what a dropped
// connection leaves, and what is refused.
import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { HEAD, OLD, startHub } from "../../../e2e/hub/mock";
import { memoryFolder, memorySource, type ModelFolder } from "../files";
import { nodeFolder } from "../testing/nodeFolder";
import { memoryFileStore } from "../testing/memoryFileStore";
import { bytesHere, downloadModel, findDownloaded, hubModelId } from "./download";
import { hubSource, inspectHubModel } from "./hub";
import { importModel, listModels, openStored, readRecord } from "./models";

const TINY = nodeFolder("public/models/tiny");
const QUICK = { retries: 2, backoffMs: 1 };

let hub: Awaited<ReturnType<typeof startHub>>;
beforeEach(async () => {
  hub = await startHub();
});
afterEach(async () => {
  vi.unstubAllGlobals();
  await hub.close();
});
const options = () => ({ address: hub.address, ...QUICK });
const look = (name: string, revision = "main") => inspectHubModel(hubSource(name)!, revision, options());

const sizeOf = async (name: string): Promise<number> => (await TINY.open(name))!.size;

describe("looking at a hub model", () => {
  it("tells commit, files, bytes and shape, and fetches no weights", async () => {
    const found = await look("lab/tiny");
    expect(found).toMatchObject({
      revision: HEAD,
      asked: "main",
      config: { architecture: "qwen3", layers: 4 },
    });
    expect(found.files.at(-1)).toEqual({
      name: "model.safetensors",
      bytes: await sizeOf("model.safetensors"),
      sha256: expect.stringMatching(/^[0-9a-f]{64}$/) as string,
    });
    expect(found.files[0].sha256).toBeNull();
    expect(found.files.map(({ name }) => name)).toContain("tokenizer.json");
    expect(found.tensors.get("model.embed_tokens.weight")).toMatchObject({
      dtype: "BF16",
      shape: [640, 160],
    });
  });

  it("resolves a tag to its commit, and takes a commit as it is", async () => {
    expect((await look("lab/tiny", "v1.0")).revision).toBe(OLD);
    expect((await look("lab/tiny", OLD)).revision).toBe(OLD);
  });

  it("refuses an architecture by name before tokenizer and weights are asked for", async () => {
    await expect(look("lab/mamba")).rejects.toThrow("the architecture MambaForCausalLM is not supported");
    expect(hub.state.asked.filter((path) => /tokenizer\.json|safetensors/.test(path))).toEqual([]);
  });

  it.each([
    ["lab/tiny", "nope", /has no lab\/tiny at the revision nope/],
    ["lab/gated", "main", /lab\/gated is gated/],
    ["lab/secret", "main", /without signing in: there is nothing of that name, or it is private or gated/],
    ["lab/other-size", "main", /model\.safetensors/],
  ])("%s at %s is refused in one sentence", async (name, revision, sentence) => {
    await expect(look(name, revision)).rejects.toThrow(sentence);
  });

  it("says so when the network is gone", async () => {
    hub.state.offline = true;
    await expect(look("lab/tiny")).rejects.toMatchObject({
      code: "network",
      message: /could not be fetched from 127/,
    });
  });

  it("knows hub ids and GGUF files inside them from other sources", () => {
    expect(hubSource("Qwen/Qwen3-0.6B")).toEqual({ name: "Qwen/Qwen3-0.6B", file: null });
    expect(hubSource("a/b/sub/q8.gguf")).toEqual({ name: "a/b", file: "sub/q8.gguf" });
    expect([hubSource("builtin:tiny"), hubSource("a/b/c"), hubSource("https://a/b")]).toEqual([
      null,
      null,
      null,
    ]);
  });
});

describe("downloading", () => {
  it.each(["lab/tiny", "lab/sharded"])("%s comes whole and opens without the network", async (name) => {
    const store = memoryFileStore();
    const seen: number[] = [];
    const found = await look(name);
    const record = await downloadModel(store, found, {
      ...options(),
      onProgress: (done) => seen.push(done),
      now: 5,
    });
    const total = found.files.reduce((sum, { bytes }) => sum + bytes, 0);
    expect(seen.at(-1)).toBe(total);
    expect(seen).toEqual([...seen].sort((a, b) => a - b));
    hub.state.offline = true;
    const model = await openStored(store, record.modelId, 9);
    expect(model).toMatchObject({ name, revision: HEAD, config: { layers: 4 } });
    expect(model.tokenizer!.encode("19 dBm").length).toBeGreaterThan(0);
    expect(await listModels(store)).toMatchObject([
      { name, storedBytes: total, totalBytes: total, usedAt: 9 },
    ]);
    expect((await findDownloaded(store, hubSource(name)!, "main"))?.modelId).toBe(record.modelId);
    expect((await findDownloaded(store, hubSource(name)!, HEAD))?.modelId).toBe(record.modelId);
    expect(await findDownloaded(store, hubSource(name)!, "v1.0")).toBeNull();
  });

  it("goes on behind the last byte after every dropped connection", async () => {
    const store = memoryFileStore();
    const found = await look("lab/drops");
    hub.state.starts.length = 0;
    const record = await downloadModel(store, found, options());
    const weights = store.content.get(record.modelId)!.get("model.safetensors")!;
    const whole = await (await TINY.open("model.safetensors"))!.read(0, weights.length);
    expect(Buffer.compare(weights, whole)).toBe(0);
    expect(hub.state.starts).toEqual([0, 500_000, 1_200_000]);
  });

  it("deletes weights whose content is not what the hub lists, and says so", async () => {
    const store = memoryFileStore();
    const found = await look("lab/changed");
    await expect(downloadModel(store, found, options())).rejects.toMatchObject({
      code: "network",
      message: expect.stringMatching(
        /^model\.safetensors of lab\/changed came with other content than the hub lists: its SHA-256 begins with [0-9a-f]{12}, not [0-9a-f]{12}\.$/,
      ) as string,
    });
    expect(store.content.get(hubModelId(found))!.get("model.safetensors")!.length).toBe(0);
    expect(await findDownloaded(store, hubSource("lab/changed")!, "main")).toBeNull();
  });

  it("keeps what has come when it is stopped, and asks only for the rest", async () => {
    const store = memoryFileStore();
    const found = await look("lab/slow");
    const stop = new AbortController();
    const total = found.files.reduce((sum, { bytes }) => sum + bytes, 0);
    const half = {
      ...options(),
      signal: stop.signal,
      onProgress: (done: number) => done > total / 2 && stop.abort(),
    };
    await expect(downloadModel(store, found, half)).rejects.toMatchObject({ code: "stopped" });
    const here = await bytesHere(store, found);
    expect(here).toBeGreaterThan(total / 2);
    expect(await listModels(store)).toMatchObject([{ whole: false, storedBytes: here, totalBytes: total }]);
    await expect(openStored(store, hubModelId(found))).rejects.toThrow(
      "download of lab/slow is not finished",
    );
    const seen: number[] = [];
    await downloadModel(store, found, { ...options(), onProgress: (done) => seen.push(done) });
    expect(seen[0]).toBe(here);
    expect(seen.at(-1)).toBe(total);
  });

  it("begins a file anew where the server gives no parts", async () => {
    const store = memoryFileStore();
    const found = await look("lab/no-ranges");
    expect(found.tensors.size).toBe(0);
    expect(found.config.layers).toBe(4);
    const record = await downloadModel(store, found, options());
    expect((await openStored(store, record.modelId)).config.layers).toBe(4);
  });

  it("refuses a file of another size than listed, and keeps none of it", async () => {
    const store = memoryFileStore();
    const found = await look("lab/tiny");
    const lying = { ...found, files: found.files.map((file) => ({ ...file, bytes: file.bytes - 64 })) };
    await expect(downloadModel(store, lying, options())).rejects.toThrow(
      /should have \d+ bytes, but the server sends/,
    );
    expect(await bytesHere(store, lying)).toBe(0);
  });

  it("is refused with both numbers, before the first byte, where storage is too small", async () => {
    const estimate = async () => ({ quota: 1_000_000, usage: 900_000 });
    vi.stubGlobal("navigator", { storage: { estimate } });
    const store = memoryFileStore();
    const found = await look("lab/tiny");
    hub.state.asked.length = 0;
    await expect(downloadModel(store, found, options())).rejects.toMatchObject({
      code: "storage",
      message: expect.stringMatching(/2\.\d MB are needed, but only 100 kB are free/),
    });
    expect([hub.state.asked, store.content.size]).toEqual([[], 0]);
  });

  it("moves the branch's name to the newest download", async () => {
    const store = memoryFileStore();
    const old = await look("lab/tiny", "v1.0");
    await downloadModel(store, { ...old, asked: "main" }, options());
    await downloadModel(store, await look("lab/tiny"), options());
    expect((await findDownloaded(store, hubSource("lab/tiny")!, "main"))?.revision).toBe(HEAD);
    expect((await findDownloaded(store, hubSource("lab/tiny")!, OLD))?.revision).toBe(OLD);
  });
});

describe("files from disk", () => {
  it("become a model of the library, with further files left out", async () => {
    const store = memoryFileStore();
    const withMore: ModelFolder = {
      name: "my model",
      list: async () => [...(await TINY.list()), "README.md"],
      open: async (name) => (name === "README.md" ? memorySource(name, new Uint8Array(9)) : TINY.open(name)),
    };
    const record = await importModel(store, withMore, { now: 3 });
    expect(record).toMatchObject({ modelId: "my-model", name: "my model", origin: "file", whole: true });
    expect(record.files.map(({ name }) => name)).not.toContain("README.md");
    expect((await openStored(store, "my-model")).config.layers).toBe(4);
    expect((await importModel(store, withMore)).modelId).toBe("my-model-2");
  });

  it("leave nothing when a weight is not a number", async () => {
    const store = memoryFileStore();
    const weights = (
      await (await TINY.open("model.safetensors"))!.read(0, await sizeOf("model.safetensors"))
    ).slice();
    weights.fill(0xff, weights.length - 2);
    const files = new Map<string, Uint8Array>([["model.safetensors", weights]]);
    for (const name of ["config.json", "tokenizer.json", "tokenizer_config.json"]) {
      const source = (await TINY.open(name))!;
      files.set(name, await source.read(0, source.size));
    }
    await expect(importModel(store, memoryFolder("bad", files))).rejects.toThrow(/not finite/);
    expect(store.content.size).toBe(0);
  });

  it("leave nothing when storage runs full in the middle, and the next import sweeps what a crash left", async () => {
    const store = memoryFileStore();
    await store.append("crashed", "model.safetensors");
    store.roomBytes = 1_000_000;
    await expect(importModel(store, TINY)).rejects.toMatchObject({ code: "storage" });
    expect([...store.content.keys()]).toEqual([]);
    store.roomBytes = Infinity;
    const { modelId } = await importModel(store, TINY);
    store.content.get(modelId)!.set("config.json", new Uint8Array(3));
    await expect(openStored(store, modelId)).rejects.toThrow(
      /config\.json of tiny has 3 bytes in the library/,
    );
    expect(await readRecord(store, "nowhere")).toBeNull();
  });
});
