// The static server: ranges, types, headers, and nothing outside its folder.
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { byteRange, fileUnder, folder, listen, type Site } from "./serve";

describe("byte ranges", () => {
  it.each([
    ["bytes=0-3", 10, { start: 0, end: 3 }],
    ["bytes=4-", 10, { start: 4, end: 9 }],
    ["bytes=-3", 10, { start: 7, end: 9 }],
    ["bytes=8-400", 10, { start: 8, end: 9 }],
    ["bytes=-400", 10, { start: 0, end: 9 }],
    ["bytes=10-", 10, "unsatisfiable"],
    ["bytes=5-4", 10, "unsatisfiable"],
    ["bytes=-", 10, null],
    ["bytes=0-1,3-4", 10, null],
    [undefined, 10, null],
  ])("%s of %d bytes", (header, size, want) => expect(byteRange(header, size)).toEqual(want));
});

it("names no file outside the root", () => {
  expect(fileUnder("/a/b", "/c.txt")).toBe("/a/b/c.txt");
  expect(fileUnder("/a/b", "/../secret")).toBeNull();
  expect(fileUnder("/a/b", "/%2e%2e/secret")).toBeNull();
  expect(fileUnder("/a/b", "/../bc/secret")).toBeNull();
  expect(fileUnder("/a/b", "/%00")).toBeNull();
  expect(fileUnder("/a/b", "/%zz")).toBeNull();
});

describe("over the wire", () => {
  const root = mkdtempSync(join(tmpdir(), "serve-"));
  let server: Site;
  beforeAll(async () => {
    writeFileSync(join(root, "index.html"), "<p>hello</p>");
    writeFileSync(join(root, "data.jsonl"), "0123456789");
    writeFileSync(join(root, "empty.txt"), "");
    server = await listen([{ prefix: "/files/", handle: folder(root) }]);
  });
  afterAll(async () => {
    await server.close();
    rmSync(root, { recursive: true });
  });

  it("answers a folder with its index, typed and isolated", async () => {
    const response = await fetch(`${server.url}files/`);
    expect(await response.text()).toBe("<p>hello</p>");
    expect(response.headers.get("content-type")).toContain("text/html");
    expect(response.headers.get("content-security-policy")).toContain("script-src 'self'");
    expect(response.headers.get("cross-origin-embedder-policy")).toBe("require-corp");
  });
  it("answers part of a file", async () => {
    const response = await fetch(`${server.url}files/data.jsonl`, { headers: { Range: "bytes=2-4" } });
    expect(response.status).toBe(206);
    expect(response.headers.get("content-range")).toBe("bytes 2-4/10");
    expect(await response.text()).toBe("234");
  });
  it("refuses a range behind the end", async () => {
    const response = await fetch(`${server.url}files/data.jsonl`, { headers: { Range: "bytes=20-" } });
    expect(response.status).toBe(416);
  });
  it("answers an empty file and a HEAD", async () => {
    expect(await (await fetch(`${server.url}files/empty.txt`)).text()).toBe("");
    const head = await fetch(`${server.url}files/data.jsonl`, { method: "HEAD" });
    expect(head.headers.get("content-length")).toBe("10");
  });
  it("is 304 for what the browser already has", async () => {
    const etag = (await fetch(`${server.url}files/data.jsonl`)).headers.get("etag");
    const again = await fetch(`${server.url}files/data.jsonl`, { headers: { "If-None-Match": etag ?? "" } });
    expect(again.status).toBe(304);
  });
  it("is 404 for what is not there, or not a read", async () => {
    expect((await fetch(`${server.url}files/none`)).status).toBe(404);
    expect((await fetch(`${server.url}files/data.jsonl`, { method: "PUT", body: "x" })).status).toBe(404);
  });
});
