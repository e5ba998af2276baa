// The log on disk: appended, cut back on resume, without addresses of the session; file sets change all at once.
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { FileSets, RunLog, listFiles } from "./lab-files";
import { serveLocalFiles } from "./lab";
import { listen } from "./serve";

let out: string;
beforeEach(() => (out = mkdtempSync(join(tmpdir(), "lab-"))));
afterEach(() => rmSync(out, { recursive: true }));
const lines = () =>
  readFileSync(join(out, "events.jsonl"), "utf8")
    .split("\n")
    .filter(Boolean)
    .map((l) => JSON.parse(l) as unknown);

describe("the log", () => {
  it("is appended to, and refuses a gap", () => {
    const log = new RunLog(out, false);
    log.add(0, [{ n: 0 }, { n: 1 }]);
    log.add(2, [{ n: 2 }]);
    expect(lines()).toEqual([{ n: 0 }, { n: 1 }, { n: 2 }]);
    expect(() => log.add(5, [{ n: 5 }])).toThrow("3 to 4 are missing");
  });
  it("is cut back to the checkpoint on resume, a broken last line included", () => {
    writeFileSync(join(out, "events.jsonl"), '{"n":0}\n{"n":1}\n{"n":2}\n{"n"');
    const log = new RunLog(out, true);
    expect(log.events.length).toBe(3);
    log.add(1, [{ n: "again" }]);
    expect(lines()).toEqual([{ n: 0 }, { n: "again" }]);
  });
  it("names files as the user wrote them", () => {
    const log = new RunLog(out, false);
    log.rename("http://127.0.0.1:1/x/train/a.jsonl", 'my "pool".jsonl');
    log.add(0, [{ config: { train: "http://127.0.0.1:1/x/train/a.jsonl" } }]);
    expect(lines()).toEqual([{ config: { train: 'my "pool".jsonl' } }]);
    expect(log.events[0]).toMatchObject({ config: { train: 'my "pool".jsonl' } });
  });
});

describe("file sets", () => {
  const post = (url: string, query: string, bytes: BodyInit = "") =>
    fetch(`${url}__file?${query}`, { method: "POST", body: bytes });
  it("replace the old set only when whole, and stay inside their folder", async () => {
    mkdirSync(join(out, "adapter"));
    writeFileSync(join(out, "adapter", "old"), "old");
    const server = await listen([new FileSets(out).route("/__file")]);
    try {
      await post(server.url, "set=adapter&name=a%2Fb.bin&at=0", new Uint8Array([1]));
      await post(server.url, "set=adapter&name=a%2Fb.bin&at=1", new Uint8Array([2]));
      expect(listFiles(join(out, "adapter"))).toEqual(["old"]);
      expect((await post(server.url, "set=adapter&end=2")).status).toBe(500);
      expect((await post(server.url, "set=adapter&end=1")).status).toBe(200);
      expect(listFiles(join(out, "adapter"))).toEqual(["a/b.bin"]);
      expect([...readFileSync(join(out, "adapter", "a", "b.bin"))]).toEqual([1, 2]);
      expect((await post(server.url, "set=adapter&name=..%2F..%2Fx")).status).toBe(500);
      expect((await post(server.url, "set=..&name=x")).status).toBe(500);
    } finally {
      await server.close();
    }
  });
});

it("serves local files only, and leaves names of the lab and the hub alone", () => {
  writeFileSync(join(out, "pool.jsonl"), "{}");
  mkdirSync(join(out, "model"));
  const config = {
    model: { source: "model" },
    data: { train: "pool.jsonl", test: "builtin:needle" },
    seed: 2,
  };
  const served = serveLocalFiles(config, out, "t");
  expect(served.config).toEqual({
    model: { source: { at: "/t/model/model/" } },
    data: { train: { at: "/t/train/pool.jsonl" }, test: "builtin:needle" },
    seed: 2,
  });
  expect([...served.original]).toEqual([
    ["/t/model/model/", "model"],
    ["/t/train/pool.jsonl", "pool.jsonl"],
  ]);
  const twice = serveLocalFiles({ data: { train: "pool.jsonl", test: "./pool.jsonl" } }, out, "t").config;
  expect(twice.data?.test).toEqual(twice.data?.train);
  expect(serveLocalFiles({ model: { source: "Qwen/Qwen3-0.6B" } }, out, "t").routes).toEqual([]);
});
