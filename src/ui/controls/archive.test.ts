// An archive is what the tar program reads: names of any length, every file whole, the same bytes each time.
import { unpackTar } from "modern-tar";
import { describe, expect, it } from "vitest";
import { archive, type NamedBlob } from "./archive";

/** The archive's bytes. */
const packed = async (files: readonly NamedBlob[]): Promise<Uint8Array> =>
  new Uint8Array(await (await archive(files)).arrayBuffer());

describe("archive", () => {
  it("is a tar archive with each file whole", async () => {
    const text = (at: number, length: number, from: Uint8Array): string =>
      new TextDecoder().decode(from.subarray(at, at + length));
    const made = await packed([{ name: "a.json", blob: new Blob(["{}"]) }]);
    expect(made.length % 512).toBe(0);
    expect(made.subarray(-1024).every((byte) => byte === 0)).toBe(true);
    expect(text(0, 6, made)).toBe("a.json");
    expect(text(257, 5, made)).toBe("ustar");
    expect(parseInt(text(124, 11, made), 8)).toBe(2);
    expect(text(512, 2, made)).toBe("{}");
    const sum = made
      .subarray(0, 512)
      .reduce((total, byte, i) => total + (i >= 148 && i < 156 ? 32 : byte), 0);
    expect(parseInt(text(148, 6, made), 8)).toBe(sum);
  });

  it("keeps long names and empty files, and gives the same bytes each time", async () => {
    const long = `${"folder/".repeat(20)}model.safetensors`;
    const files = [
      { name: long, blob: new Blob(["x".repeat(513)]) },
      { name: "empty", blob: new Blob([]) },
    ];
    const made = await packed(files);
    expect(await packed(files)).toEqual(made);
    const found = await unpackTar(made);
    expect(found.map(({ header, data }) => [header.name, data?.length ?? 0])).toEqual([
      [long, 513],
      ["empty", 0],
    ]);
  });
});
