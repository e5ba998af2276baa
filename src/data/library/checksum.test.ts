// The checksum over pieces against known digests and Node's own.
import { createHash } from "node:crypto";
import { describe, expect, it } from "vitest";
import { memorySource } from "../files";
import { sha256Of } from "./checksum";

const of = (bytes: Uint8Array) => sha256Of(memorySource("file", bytes));

describe("sha256Of", () => {
  it.each([
    ["", "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855"],
    ["abc", "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad"],
  ])("of %j is the known one", async (text, digest) => {
    expect(await of(new TextEncoder().encode(text))).toBe(digest);
  });

  it("joins pieces, the last of them ragged", async () => {
    const bytes = Uint8Array.from({ length: 9 * 2 ** 20 + 13 }, (_, i) => (i * 31) >> 3);
    expect(await of(bytes)).toBe(createHash("sha256").update(bytes).digest("hex"));
  });

  it("stops when it is told to", async () => {
    const source = memorySource("file", new Uint8Array(10));
    expect(await sha256Of(source, AbortSignal.abort())).toBeNull();
  });
});
