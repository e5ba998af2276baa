// Tar archives as folders: those of the tar program and of this lab, long names, and what is no archive.
import { execFileSync } from "node:child_process";
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { packTar } from "modern-tar";
import { describe, expect, it } from "vitest";
import { memoryFolder, memorySource, type ModelFolder } from "./files";
import { readDamaged } from "./testing/damaged";
import { tarFolder, unpacked } from "./tar";

const FILES = { "config.json": "{}", [`${"long/".repeat(30)}name.txt`]: "x".repeat(700), empty: "" };

async function contentOf(folder: ModelFolder): Promise<Record<string, string>> {
  const found: Record<string, string> = {};
  for (const name of await folder.list()) {
    const source = (await folder.open(name))!;
    found[name] = new TextDecoder().decode(await source.read(0, source.size));
  }
  return found;
}

const packed = (files: Record<string, string>): Promise<Uint8Array> =>
  packTar(
    Object.entries(files).map(([name, body]) => ({
      header: { name, size: body.length },
      body: new TextEncoder().encode(body),
    })),
  );

/** What the system's tar makes of these files in a folder. */
function byProgram(format: string): Uint8Array {
  const place = mkdtempSync(join(tmpdir(), "tar-"));
  try {
    for (const [name, body] of Object.entries(FILES)) {
      mkdirSync(join(place, "model", name, ".."), { recursive: true });
      writeFileSync(join(place, "model", name), body);
    }
    execFileSync("tar", [`--format=${format}`, "-cf", "out.tar", "./model"], { cwd: place });
    return new Uint8Array(readFileSync(join(place, "out.tar")));
  } finally {
    rmSync(place, { recursive: true });
  }
}

describe("an archive as a folder", () => {
  it("has the files that were packed here", async () => {
    const folder = await tarFolder(memorySource("first try-merged.tar", await packed(FILES)));
    expect(folder.name).toBe("first try-merged");
    expect(await contentOf(folder)).toEqual(FILES);
    expect(await folder.open("nothing")).toBeNull();
  });

  it.each(["gnu", "ustar", "pax"])(
    "has those that tar packed (%s), without the folder they share",
    async (format) => {
      const bytes = byProgram(format);
      expect(await contentOf(await tarFolder(memorySource("a.tar", bytes)))).toEqual(FILES);
    },
  );

  it("reads no more of a file than is asked for", async () => {
    const bytes = await packed({ "model.safetensors": "y".repeat(100_000), "b.json": "{}" });
    const reads: number[] = [];
    const inner = memorySource("a.tar", bytes);
    const folder = await tarFolder({ ...inner, read: (at, n) => (reads.push(n), inner.read(at, n)) });
    const source = (await folder.open("model.safetensors"))!;
    expect(await source.read(99_998, 2)).toEqual(new TextEncoder().encode("yy"));
    await expect(source.read(99_999, 2)).rejects.toThrow("ends at byte 100000");
    expect(reads.reduce((a, b) => a + b, 0)).toBeLessThan(4 * 512 + 10);
  });

  it("stands for the folder that it was chosen as", async () => {
    const tar = await packed({ "a/adapter_config.json": "{}", "a/adapter_model.safetensors": "x" });
    const chosen = await unpacked(memoryFolder("files", new Map([["a.tar", tar]])));
    expect(await chosen.list()).toEqual(["adapter_config.json", "adapter_model.safetensors"]);
    const plain = memoryFolder("files", new Map([["config.json", tar]]));
    expect(await unpacked(plain)).toBe(plain);
  });
});

describe("what is no archive", () => {
  it.each(["a.tar.gz", "a.tgz", "a.zip"])("%s is named as compressed", async (name) => {
    const folder = memoryFolder("files", new Map([[name, new Uint8Array(2000)]]));
    await expect(unpacked(folder)).rejects.toThrow(`${name} is a compressed archive`);
  });

  it("is refused: other bytes, a cut, nothing inside", async () => {
    const good = await packed({ a: "x".repeat(600) });
    const open = (bytes: Uint8Array) => tarFolder(memorySource("a.tar", bytes));
    await expect(open(new TextEncoder().encode("{}".repeat(600)))).rejects.toThrow(
      "a.tar is no tar archive.",
    );
    await expect(open(good.subarray(0, 1000))).rejects.toThrow(
      "is cut short: a file in it ends at byte 1112",
    );
    await expect(open(new Uint8Array(1024))).rejects.toThrow("without a file in it");
  });

  it("never crashes or reads beyond the file, whatever its bytes", async () => {
    const good = await packed(FILES);
    const refused = await readDamaged(
      good,
      { name: "a.tar", headerEnd: good.length, changes: 6, runs: 300 },
      async (source) => void (await contentOf(await tarFolder(source))),
      (reads, bytes) => expect(Math.max(0, ...reads)).toBeLessThanOrEqual(bytes.length),
    );
    expect(refused).toBeGreaterThan(100);
  });
});
