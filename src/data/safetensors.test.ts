// Safetensors: round trips, agreement with the golden files, and damaged headers.
import { readFileSync } from "node:fs";
import { describe, expect, it } from "vitest";
import { memoryFolder, memorySource, type ByteSource } from "./files";
import { halfToFloat, toFloat32 } from "./floats";
import {
  openSafetensors,
  readFloats,
  readInts,
  readSafetensors,
  tensorSlices,
  writeSafetensors,
} from "./safetensors";
import { readDamaged } from "./testing/damaged";
import { nodeFolder } from "./testing/nodeFolder";

const golden = "e2e/golden/cases";
const tiny = new Uint8Array(readFileSync("e2e/golden/bad/_base/model/model.safetensors"));

/** A file from a header object and a data size. */
function file(header: unknown, dataBytes: number): ByteSource {
  const text = new TextEncoder().encode(JSON.stringify(header));
  const bytes = new Uint8Array(8 + text.length + dataBytes);
  new DataView(bytes.buffer).setBigUint64(0, BigInt(text.length), true);
  bytes.set(text, 8);
  return memorySource("x.safetensors", bytes);
}

describe("safetensors", () => {
  it("reads what it writes", async () => {
    const bytes = writeSafetensors(
      new Map([
        ["a", { dtype: "F32", shape: [2, 3], values: Float32Array.of(1, -2, 3.5, 0, 1e-30, 7) }],
        ["b", { dtype: "I32", shape: [2], values: Int32Array.of(-1, 1 << 30) }],
        ["empty", { dtype: "F32", shape: [0, 4], values: new Float32Array() }],
      ]),
      { format: "pt" },
    );
    const { tensors, metadata } = await readSafetensors(memorySource("x.safetensors", bytes));
    expect(metadata).toEqual({ format: "pt" });
    expect([...tensors.keys()]).toEqual(["a", "b", "empty"]);
    expect(tensors.get("a")!.shape).toEqual([2, 3]);
    expect(tensors.get("a")!.offset % 8).toBe(0);
    expect([...(await readFloats(tensors.get("a")!))]).toEqual([...Float32Array.of(1, -2, 3.5, 0, 1e-30, 7)]);
    expect([...(await readInts(tensors.get("b")!))]).toEqual([-1, 1 << 30]);
    expect((await readFloats(tensors.get("empty")!)).length).toBe(0);
  });

  it("reads a sharded model and gives slices that join to the whole", async () => {
    const { tensors } = await openSafetensors(nodeFolder(`${golden}/qwen2-bias-f16/model`));
    expect(new Set([...tensors.values()].map((entry) => entry.source.name)).size).toBe(2);
    const entry = tensors.get("model.embed_tokens.weight")!;
    expect(entry.shape).toEqual([331, 70]);
    const parts: number[] = [];
    for await (const { offset, bytes } of tensorSlices(entry, 1000)) {
      expect(offset).toBe(parts.length);
      expect(bytes.length).toBeLessThanOrEqual(1000);
      parts.push(...bytes);
    }
    expect([...toFloat32(Uint8Array.from(parts), "F16")]).toEqual([...(await readFloats(entry))]);
  });

  it("widens bf16 and f16 exactly", () => {
    expect([...toFloat32(Uint8Array.of(0x80, 0x3f, 0x20, 0xc0, 1, 0), "BF16")]).toEqual([1, -2.5, 2 ** -133]);
    expect([0x3c00, 0xc100, 0x0001, 0x7bff, 0x8000].map(halfToFloat)).toEqual([1, -2.5, 2 ** -24, 65504, -0]);
    expect([0x7c00, 0xfc00].map(halfToFloat)).toEqual([Infinity, -Infinity]);
    expect(halfToFloat(0x7e00)).toBeNaN();
    // An address that is no multiple of 4, as slices of a file have.
    expect([...toFloat32(Uint8Array.of(9, 0, 0, 128, 63).subarray(1), "F32")]).toEqual([1]);
  });

  const good = { dtype: "F32", shape: [2], data_offsets: [0, 8] };
  it.each([
    ["hole before", { a: { ...good, data_offsets: [4, 12] } }, 12, /belong to no tensor/],
    ["overlap", { a: good, b: { ...good, data_offsets: [4, 12] } }, 12, /overlapping tensors: b starts/],
    ["bytes behind", { a: good }, 12, /accounts for/],
    ["truncated", { a: good }, 4, /truncated: the tensor a ends at byte/],
    ["bytes by shape", { a: { ...good, shape: [3] } }, 8, /8 bytes, but shape \[3\] of F32 needs 12/],
    ["huge product", { a: { ...good, shape: [2 ** 40, 2 ** 40] } }, 8, /needs Infinity/],
    ["negative size", { a: { ...good, shape: [-2] } }, 8, /shape \[-2\]/],
    ["fraction", { a: { ...good, shape: [1.5] } }, 8, /shape/],
    ["no shape", { a: { dtype: "F32", data_offsets: [0, 8] } }, 8, /shape nothing/],
    ["reversed offsets", { a: { ...good, data_offsets: [8, 0] } }, 8, /data_offsets/],
    ["unsafe offsets", { a: { ...good, data_offsets: [2 ** 60, 2 ** 60 + 4096] } }, 8, /data_offsets/],
    ["unknown dtype", { a: { ...good, dtype: "F31" } }, 8, /unknown dtype F31/],
    ["dtype of the prototype", { a: { ...good, dtype: "constructor" } }, 8, /unknown dtype constructor/],
    ["entry is null", { a: null }, 8, /dtype/],
    ["metadata of numbers", { __metadata__: { a: 1 }, a: good }, 8, /__metadata__/],
    ["array header", [1], 0, /does not begin/],
  ])("refuses: %s", async (_, header, dataBytes, message) => {
    const error = await readSafetensors(file(header, dataBytes)).catch((thrown: unknown) => thrown);
    expect(error).toMatchObject({ name: "LabError", code: "model", message: expect.stringMatching(message) });
  });

  it("keeps a tensor called __proto__ apart from the object it is parsed into", async () => {
    const text = '{"__proto__":{"dtype":"F32","shape":[1],"data_offsets":[0,4]}}';
    const { tensors } = await readSafetensors(file(JSON.parse(text), 4));
    expect([...tensors.keys()]).toEqual(["__proto__"]);
  });

  it("refuses an index that names missing or foreign files", async () => {
    const folder = (index: unknown) =>
      memoryFolder(
        "m",
        new Map([["model.safetensors.index.json", new TextEncoder().encode(JSON.stringify(index))]]),
      );
    await expect(openSafetensors(folder({ weight_map: { a: "x.safetensors" } }))).rejects.toThrow(
      /x\.safetensors, which is missing/,
    );
    await expect(openSafetensors(folder({ weight_map: { a: "../x.safetensors" } }))).rejects.toThrow(
      /names no safetensors file/,
    );
    await expect(openSafetensors(folder({}))).rejects.toThrow(/weight_map/);
    await expect(openSafetensors(memoryFolder("m", new Map()))).rejects.toThrow(/weights are missing/);
  });

  it("survives 2,000 damaged files: a LabError or a reading, and no read beyond the file", async () => {
    const headerEnd = 8 + Number(new DataView(tiny.buffer).getBigUint64(0, true));
    const refused = await readDamaged(
      tiny,
      { name: "x.safetensors", headerEnd, changes: 6, runs: 2000 },
      async (source, bytes) => {
        const { tensors } = await readSafetensors(source);
        for (const entry of tensors.values())
          expect(entry.offset + entry.bytes).toBeLessThanOrEqual(bytes.length);
      },
      (reads, bytes) => expect(reads.reduce((sum, n) => sum + n, 0)).toBeLessThanOrEqual(bytes.length),
    );
    expect(refused).toBeGreaterThan(1000);
  });
});
