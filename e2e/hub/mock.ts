// A mock of the Hugging Face hub on the loopback interface, made from this repository's tiny model. Each of its
// repositories misbehaves in one way that the real hub, a proxy or a network can.
import { createHash } from "node:crypto";
import { readFileSync, readdirSync } from "node:fs";
import { join } from "node:path";
import type { IncomingMessage, ServerResponse } from "node:http";
import { byteRange, listen, type Route } from "../../scripts/serve";
import { parquetFile } from "../../src/data/testing/parquetFile";
import { ROOT } from "../../scripts/build";

/** The commit of `main`, and an older one. */
export const HEAD = createHash("sha1").update("head").digest("hex");
export const OLD = createHash("sha1").update("old").digest("hex");

/** A repository of the mock: its files, and how it misbehaves. */
interface Repository {
  files: Map<string, Buffer>;
  revisions: Record<string, string>;
  /** Files at a commit that has others. */
  at?: Record<string, Map<string, Buffer>>;
  /** Answers for the weights end after these many bytes, one after another. */
  cuts?: number[];
  gated?: string;
  secret?: boolean;
  ranges?: boolean;
  /** Sizes listed instead of the real ones. */
  listed?: Record<string, number>;
  /** Content whose checksum is listed instead. */
  sums?: Record<string, string>;
  delayMs?: number;
}

export interface HubState {
  /** Paths asked for, files as `lab/tiny model.safetensors`. */
  asked: string[];
  /** The byte each answer with weights began at. */
  starts: number[];
  /** true: every connection is refused, as with the network gone. */
  offline: boolean;
}

function tinyFiles(): Map<string, Buffer> {
  const folder = join(ROOT, "public", "models", "tiny");
  return new Map(readdirSync(folder).map((name) => [name, readFileSync(join(folder, name))]));
}

/** The same weights in two files with an index. */
function sharded(files: Map<string, Buffer>): Map<string, Buffer> {
  const whole = files.get("model.safetensors")!;
  const headerBytes = Number(whole.readBigUInt64LE(0));
  const header = JSON.parse(whole.subarray(8, 8 + headerBytes).toString("utf8")) as Record<
    string,
    { data_offsets: [number, number] }
  >;
  const names = Object.keys(header).filter((name) => name !== "__metadata__");
  const shards = [names.filter((_, i) => i % 2 === 0), names.filter((_, i) => i % 2 === 1)];
  const out = new Map([...files].filter(([name]) => name !== "model.safetensors"));
  const map: Record<string, string> = {};
  shards.forEach((tensors, s) => {
    const file = `model-0000${s + 1}-of-00002.safetensors`;
    let end = 0;
    const parts: Buffer[] = [];
    const own: typeof header = {};
    for (const name of tensors) {
      const [from, to] = header[name].data_offsets;
      own[name] = { ...header[name], data_offsets: [end, (end += to - from)] };
      parts.push(whole.subarray(8 + headerBytes + from, 8 + headerBytes + to));
      map[name] = file;
    }
    const text = Buffer.from(JSON.stringify(own));
    const length = Buffer.alloc(8);
    length.writeBigUInt64LE(BigInt(text.length));
    out.set(file, Buffer.concat([length, text, ...parts]));
  });
  out.set("model.safetensors.index.json", Buffer.from(JSON.stringify({ metadata: {}, weight_map: map })));
  return out;
}

function repositories(): Record<string, Repository> {
  const tiny = tinyFiles();
  const config = JSON.parse(tiny.get("config.json")!.toString("utf8")) as object;
  const other = new Map(tiny).set(
    "config.json",
    Buffer.from(JSON.stringify({ ...config, architectures: ["MambaForCausalLM"], model_type: "mamba" })),
  );
  const repo = (files: Map<string, Buffer>, more: Partial<Repository> = {}): Repository => ({
    files,
    revisions: { main: HEAD, "v1.0": OLD },
    ...more,
  });
  return {
    "lab/tiny": repo(tiny),
    "lab/sharded": repo(sharded(tiny)),
    // The first answer for the weights ends in the middle, and so does the second.
    "lab/drops": repo(tiny, { cuts: [500_000, 700_000] }),
    "lab/gated": repo(tiny, { gated: "auto" }),
    "lab/secret": repo(tiny, { secret: true }),
    "lab/no-ranges": repo(tiny, { ranges: false, cuts: [300_000] }),
    "lab/other-size": repo(tiny, {
      listed: { "model.safetensors": tiny.get("model.safetensors")!.length - 64 },
    }),
    // The weights that come are not those that are listed.
    "lab/changed": repo(tiny, { sums: { "model.safetensors": "another file" } }),
    "lab/mamba": repo(other),
    "datasets/lab/sums": repo(sums()),
    // Another format at main; the hub's conversion is on a branch of its own.
    "datasets/lab/lines": repo(new Map([["rows.jsonl", Buffer.from("{}")]]), {
      revisions: { main: HEAD, "refs/convert/parquet": OLD },
      at: { [OLD]: sums("default/train/") },
    }),
    // Slow enough that a user could reload the page in the middle.
    "lab/slow": repo(tiny, { delayMs: 40 }),
  };
}

/** Sums in two Parquet files to study and one to test. */
function sums(folder?: string): Map<string, Buffer> {
  const file = (from: number, rows: number) =>
    Buffer.from(
      parquetFile(
        Array.from({ length: rows }, (_, i) => ({
          question: `${from + i}+1?`,
          answer: String(from + i + 1),
        })),
      ),
    );
  if (folder !== undefined) return new Map([[`${folder}0000.parquet`, file(0, 8)]]);
  return new Map([
    ["README.md", Buffer.from("# Sums")],
    ["data/train-00000-of-00002.parquet", file(0, 30)],
    ["data/train-00001-of-00002.parquet", file(30, 30)],
    ["data/test-00000-of-00001.parquet", file(100, 10)],
    ["hard/train-00000-of-00001.parquet", file(1000, 5)],
  ]);
}

const lfs = (size: number, content: string | Buffer) => ({
  oid: createHash("sha256").update(content).digest("hex"),
  size,
  pointerSize: 134,
});

const json = (response: ServerResponse, status: number, value: unknown) =>
  response.writeHead(status, { "Content-Type": "application/json" }).end(JSON.stringify(value));

/** A route with the hub's paths under `prefix`, with what was asked for, and switches. */
export function hubRoute(prefix = "/hub"): Route & { state: HubState } {
  const repos = repositories();
  const state: HubState = { asked: [], starts: [], offline: false };
  const handle: Route["handle"] = async (request, response, rest) => {
    if (state.offline) {
      request.socket.destroy();
      return true;
    }
    response.removeHeader("Content-Security-Policy");
    const path = decodeURIComponent(rest).replace(/^\//, "");
    const [, api, name, kind, tail = ""] =
      /^(api\/models\/|api\/(?=datasets\/)|cdn\/)?((?:datasets\/)?[\w.-]+\/[\w.-]+)\/(revision|tree|resolve)\/(.+)$/.exec(
        path,
      ) ?? [];
    const repo = repos[name] as Repository | undefined;
    state.asked.push(path.replace(/^cdn\//, "").replace(/^(\S+)\/resolve\/\w+\//, "$1 "));
    if (!repo || repo.secret) return (json(response, 401, { error: "Invalid username or password." }), true);
    const slash = tail.indexOf("/");
    const revision = kind === "resolve" ? tail.slice(0, slash) : tail;
    const commit = repo.revisions[revision] ?? (Object.values(repo.revisions).includes(revision) && revision);
    if (!commit) return (json(response, 404, { error: `Invalid rev id: ${revision}` }), true);
    const files = repo.at?.[commit] ?? repo.files;
    const size = (file: string) => repo.listed?.[file] ?? files.get(file)!.length;
    if (kind === "revision") {
      const about = {
        _id: "1",
        id: name,
        private: false,
        downloads: 1,
        likes: 0,
        gated: repo.gated ?? false,
      };
      return (json(response, 200, { ...about, sha: commit, lastModified: "2026-01-01T00:00:00.000Z" }), true);
    }
    if (kind === "tree") {
      const entries = [...files.keys()].map((file) => ({
        type: "file",
        path: file,
        size: size(file),
        oid: "1",
        // Large files are listed with their checksum.
        ...(file.endsWith(".safetensors")
          ? { lfs: lfs(size(file), repo.sums?.[file] ?? files.get(file)!) }
          : {}),
      }));
      return (json(response, 200, entries), true);
    }
    if (repo.gated) return (json(response, 403, { error: "Access to this model is restricted." }), true);
    const file = tail.slice(slash + 1);
    const bytes = files.get(file);
    if (!bytes) return (json(response, 404, { error: "Entry not found" }), true);
    if (file.endsWith(".safetensors") && api !== "cdn/") {
      // Large files lie elsewhere, as on the hub.
      response.writeHead(302, { Location: `${prefix}/cdn/${name}/resolve/${commit}/${file}` }).end();
      return true;
    }
    return send(request, response, repo, file, bytes, state);
  };
  return { prefix, handle, state };
}

async function send(
  request: IncomingMessage,
  response: ServerResponse,
  repo: Repository,
  file: string,
  bytes: Buffer,
  state: HubState,
): Promise<boolean> {
  const range = repo.ranges === false ? null : byteRange(request.headers.range, bytes.length);
  if (range === "unsatisfiable") return (response.writeHead(416).end(), true);
  const { start, end } = range ?? { start: 0, end: bytes.length - 1 };
  const part = bytes.subarray(start, end + 1);
  if (file.endsWith(".safetensors")) state.starts.push(start);
  response.writeHead(range ? 206 : 200, {
    "Content-Type": "application/octet-stream",
    "Content-Length": String(part.length),
    ...(range ? { "Content-Range": `bytes ${start}-${end}/${bytes.length}` } : {}),
  });
  // Reading a header takes little: only what is long enough to be a download is cut.
  const cut =
    part.length > 1_000_000 || (repo.cuts?.length === 1 && part.length > 200_000)
      ? repo.cuts?.shift()
      : undefined;
  const wanted = cut === undefined ? part : part.subarray(0, cut);
  const step = repo.delayMs ? 65_536 : wanted.length || 1;
  for (let at = 0; at < wanted.length && !response.destroyed; at += step) {
    response.write(wanted.subarray(at, at + step));
    if (repo.delayMs && file.endsWith(".safetensors"))
      await new Promise((go) => setTimeout(go, repo.delayMs));
  }
  if (cut === undefined) response.end();
  else setTimeout(() => response.destroy(), 20);
  return true;
}

/** The mock on a server of its own, for tests outside a browser. */
export async function startHub(): Promise<{ address: string; state: HubState; close: () => Promise<void> }> {
  const route = hubRoute();
  const server = await listen([route]);
  return { address: `${server.url}hub`, state: route.state, close: server.close };
}
