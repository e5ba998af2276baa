// Byte sources: slices, ranges over HTTP, folders of files.
import { createServer, type RequestListener } from "node:http";
import type { AddressInfo } from "node:net";
import { describe, expect, it } from "vitest";
import { LabError } from "../lib/errors";
import { blobSource, fileFolder, memoryFolder, memorySource, readJson, type ByteSource } from "./files";
import { urlFolder, urlSource } from "./urlSource";

const content = Uint8Array.from({ length: 600_000 }, (_, i) => (i * 31 + (i >> 8)) & 255);

async function serve<T>(handler: RequestListener, use: (base: string) => Promise<T>): Promise<T> {
  const server = createServer(handler).listen(0, "127.0.0.1");
  await new Promise((resolve) => server.once("listening", resolve));
  try {
    return await use(`http://127.0.0.1:${(server.address() as AddressInfo).port}/`);
  } finally {
    server.closeAllConnections();
    server.close();
  }
}

/** Answers ranges as a static file server does. */
const ranged: RequestListener = (request, response) => {
  const range = /bytes=(\d+)-(\d+)/.exec(request.headers.range ?? "");
  if (request.url === "/missing.json") return void response.writeHead(404).end();
  if (request.url === "/spa.json")
    return void response.writeHead(200, { "content-type": "text/html" }).end("<html>");
  const bytes = request.url === "/empty.bin" ? new Uint8Array() : content;
  if (!range) return void response.writeHead(200).end(bytes);
  if (Number(range[1]) >= bytes.length)
    return void response.writeHead(416, { "content-range": `bytes */${bytes.length}` }).end();
  const end = Math.min(Number(range[2]), bytes.length - 1);
  const part = bytes.subarray(Number(range[1]), end + 1);
  response.writeHead(206, { "content-range": `bytes ${range[1]}-${end}/${bytes.length}` }).end(part);
};

async function expectContent(source: ByteSource | null): Promise<void> {
  expect(source?.size).toBe(content.length);
  for (const [offset, length] of [
    [0, 8],
    [300_000, 5],
    [262_140, 10],
    [599_999, 1],
    [0, 600_000],
    [600_000, 0],
  ] as const) {
    expect(
      Buffer.compare(await source!.read(offset, length), content.subarray(offset, offset + length)),
    ).toBe(0);
  }
  await expect(source!.read(599_999, 2)).rejects.toThrow(/ends at byte 600000/);
  await expect(source!.read(-1, 2)).rejects.toBeInstanceOf(LabError);
}

describe("byte sources", () => {
  it("memory and blob give the same slices", async () => {
    await expectContent(memorySource("a.bin", content));
    await expectContent(blobSource(new Blob([content]), "a.bin"));
  });

  it("reads slices over HTTP ranges", () =>
    serve(ranged, async (base) => expectContent(await urlSource(`${base}a.bin`, "a.bin"))));

  it("takes a server without ranges whole", () =>
    serve(
      (_, response) => void response.writeHead(200).end(content),
      async (base) => expectContent(await urlSource(`${base}a.bin`, "a.bin")),
    ));

  it("takes an empty file", () =>
    serve(ranged, async (base) => expect((await urlSource(`${base}empty.bin`, "empty.bin"))?.size).toBe(0)));

  it("says null for missing files and for a start page sent instead", () =>
    serve(ranged, async (base) => {
      const folder = urlFolder(base, "folder");
      expect(await folder.open("missing.json")).toBeNull();
      expect(await folder.open("spa.json")).toBeNull();
      expect((await folder.open("a.bin"))?.size).toBe(600_000);
      expect(await folder.list()).toEqual(["a.bin"]);
    }));

  it("tries again after a 503 and gives up with a network error", async () => {
    let calls = 0;
    await serve(
      (request, response) => (++calls % 3 ? void response.writeHead(503).end() : ranged(request, response)),
      async (base) => expectContent(await urlSource(`${base}a.bin`, "a.bin", { backoffMs: 1 })),
    );
    await serve(
      (_, response) => void response.writeHead(503).end(),
      async (base) => {
        const error = await urlSource(`${base}a.bin`, "a.bin", { backoffMs: 1 }).catch(
          (thrown: unknown) => thrown,
        );
        expect(error).toMatchObject({
          name: "LabError",
          code: "network",
          message: expect.stringContaining("a.bin"),
        });
      },
    );
  });

  it("notices a file that changes size while being read", async () => {
    let served = content;
    await serve(
      (request, response) => {
        const range = /bytes=(\d+)-(\d+)/.exec(request.headers.range ?? "")!;
        const end = Math.min(Number(range[2]), served.length - 1);
        response.writeHead(206, { "content-range": `bytes ${range[1]}-${end}/${served.length}` });
        response.end(served.subarray(Number(range[1]), end + 1));
      },
      async (base) => {
        const source = await urlSource(`${base}a.bin`, "a.bin");
        served = content.subarray(0, 500_000);
        await expect(source!.read(400_000, 10)).rejects.toThrow(/changed while being read/);
      },
    );
  });

  it("stops with the signal", () =>
    serve(ranged, async (base) => {
      const stop = new AbortController();
      stop.abort();
      await expect(urlSource(`${base}a.bin`, "a.bin", { signal: stop.signal })).rejects.toMatchObject({
        code: "stopped",
      });
    }));
});

describe("folders", () => {
  it("drops the directory that all chosen files share", async () => {
    const file = (name: string) => new File([name], name);
    const folder = fileFolder([
      { path: "qwen/config.json", file: file("config.json") },
      { path: "qwen/sub/model.bin", file: file("model.bin") },
    ]);
    expect(folder.name).toBe("qwen");
    expect(await folder.list()).toEqual(["config.json", "sub/model.bin"]);
    expect((await folder.open("sub/model.bin"))?.size).toBe(9);
    expect(await folder.open("other")).toBeNull();
  });

  it("refuses JSON that is broken or no object", async () => {
    const files = new Map(
      [
        ["a.json", "{"],
        ["b.json", "[1]"],
      ].map(([n, t]) => [n!, new TextEncoder().encode(t)] as const),
    );
    const folder = memoryFolder("m", files);
    await expect(readJson(folder, "a.json")).rejects.toThrow(/a\.json is not valid JSON/);
    await expect(readJson(folder, "b.json")).rejects.toThrow(/b\.json must hold a JSON object/);
    expect(await readJson(folder, "c.json")).toBeNull();
  });
});
