// A small static server for the loopback interface: files with types, ranges and strict headers, nothing else.
// `npm start`, the lab, the conformance runner and the tests all serve through it.
import { createReadStream } from "node:fs";
import { stat } from "node:fs/promises";
import { createServer, type IncomingMessage, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import { basename, extname, join, normalize, sep } from "node:path";
import { pipeline } from "node:stream/promises";
import { reasonOf } from "./json";

/** Answers a request; `rest` is the path behind the route's prefix. False: not mine, ask the next route. */
export type Handle = (
  request: IncomingMessage,
  response: ServerResponse,
  rest: string,
) => Promise<boolean> | boolean;

export interface Route {
  prefix: string;
  handle: Handle;
}

export interface Site {
  /** Ends with a slash. */
  url: string;
  port: number;
  close: () => Promise<void>;
}

const TYPES: Record<string, string> = {
  ".html": "text/html; charset=utf-8",
  ".js": "text/javascript; charset=utf-8",
  ".mjs": "text/javascript; charset=utf-8",
  ".css": "text/css; charset=utf-8",
  ".json": "application/json; charset=utf-8",
  ".jsonl": "application/x-ndjson; charset=utf-8",
  ".csv": "text/csv; charset=utf-8",
  ".txt": "text/plain; charset=utf-8",
  ".md": "text/plain; charset=utf-8",
  ".svg": "image/svg+xml",
  ".png": "image/png",
  ".ico": "image/x-icon",
  ".wasm": "application/wasm",
  ".webmanifest": "application/manifest+json",
  ".woff2": "font/woff2",
};

/** Only this origin's code runs; the only foreign hosts a page may talk to are the model hub's. */
const POLICY = [
  "default-src 'none'",
  "script-src 'self'",
  "style-src 'self'",
  "img-src 'self' data: blob:",
  "font-src 'self'",
  "connect-src 'self' https://huggingface.co https://*.huggingface.co https://*.hf.co",
  "worker-src 'self'",
  "manifest-src 'self'",
  "frame-src 'self'",
  "base-uri 'none'",
  "form-action 'none'",
  "frame-ancestors 'none'",
].join("; ");

/** The reward worker runs an interpreter compiled to WebAssembly, and may do nothing else: no network at all. */
const REWARD_POLICY = "default-src 'none'; script-src 'self' 'wasm-unsafe-eval'";

/** Sent with every answer. The last three isolate the page, so that precise timers and shared memory are allowed. */
export const HEADERS = {
  "Content-Security-Policy": POLICY,
  "X-Content-Type-Options": "nosniff",
  "Referrer-Policy": "no-referrer",
  "Cross-Origin-Opener-Policy": "same-origin",
  "Cross-Origin-Embedder-Policy": "require-corp",
  "Cross-Origin-Resource-Policy": "same-origin",
};

/** One byte range of a file, from the request's `Range`; both ends included, null = the whole file. */
export function byteRange(
  header: string | undefined,
  size: number,
): { start: number; end: number } | null | "unsatisfiable" {
  const match = /^bytes=(\d*)-(\d*)$/.exec(header ?? "");
  if (!match || (match[1] === "" && match[2] === "")) return null;
  const [, from, to] = match;
  const start = from === "" ? Math.max(0, size - Number(to)) : Number(from);
  const end = from === "" || to === "" ? size - 1 : Math.min(Number(to), size - 1);
  return start > end || start >= size ? "unsatisfiable" : { start, end };
}

/** The file a request path names under `root`, or null where it would leave it. */
export function fileUnder(root: string, path: string): string | null {
  let decoded: string;
  try {
    decoded = decodeURIComponent(path);
  } catch {
    return null;
  }
  if (decoded.includes("\0")) return null;
  const file = normalize(join(root, decoded));
  return file === normalize(root) || file.startsWith(normalize(root + sep)) ? file : null;
}

/**
 * A handler that answers GET and HEAD from a folder. Names with a content hash are kept for a year, the rest is
 * asked for again each time. False where there is no such file.
 */
export function folder(root: string): Handle {
  return async (request, response, path) => {
    if (request.method !== "GET" && request.method !== "HEAD") return false;
    let file = fileUnder(root, path);
    if (!file) return false;
    let info = await stat(file).catch(() => null);
    if (info?.isDirectory()) {
      file = join(file, "index.html");
      info = await stat(file).catch(() => null);
    }
    if (!info?.isFile()) return false;
    const range = byteRange(request.headers.range, info.size);
    const headers: Record<string, string> = {
      "Content-Type": TYPES[extname(file)] ?? "application/octet-stream",
      "Accept-Ranges": "bytes",
      "Cache-Control":
        /-[\w-]{8,}\.\w+$/.test(file) && file.includes(`${sep}assets${sep}`)
          ? "public, max-age=31536000, immutable"
          : "no-cache",
      ETag: `"${info.size.toString(36)}-${Math.round(info.mtimeMs).toString(36)}"`,
    };
    if (/^rewardWorker-[\w-]+\.js$/.test(basename(file))) headers["Content-Security-Policy"] = REWARD_POLICY;
    if (range === "unsatisfiable") {
      response.writeHead(416, { ...headers, "Content-Range": `bytes */${info.size}` }).end();
      return true;
    }
    if (!range && request.headers["if-none-match"] === headers.ETag) {
      response.writeHead(304, headers).end();
      return true;
    }
    const { start, end } = range ?? { start: 0, end: info.size - 1 };
    headers["Content-Length"] = String(end - start + 1);
    if (range) headers["Content-Range"] = `bytes ${start}-${end}/${info.size}`;
    response.writeHead(range ? 206 : 200, headers);
    if (request.method === "HEAD" || info.size === 0) response.end();
    // The reader may go away in the middle of a file; that is its right.
    else await pipeline(createReadStream(file, { start, end }), response).catch(() => response.destroy());
    return true;
  };
}

/** The whole body of a request. */
export async function body(request: IncomingMessage): Promise<Buffer> {
  const chunks: Buffer[] = [];
  for await (const chunk of request) chunks.push(chunk);
  return Buffer.concat(chunks);
}

/** Starts a server on 127.0.0.1. Routes are tried in order. */
export async function listen(
  routes: Route[],
  { port = 0, headers = HEADERS }: { port?: number; headers?: Record<string, string> } = {},
): Promise<Site> {
  const server = createServer(async (request, response) => {
    for (const [name, value] of Object.entries(headers)) response.setHeader(name, value);
    const path = (request.url ?? "/").split("?")[0];
    try {
      for (const { prefix, handle } of routes) {
        if (path.startsWith(prefix) && (await handle(request, response, path.slice(prefix.length)))) return;
      }
      response.writeHead(404, { "Content-Type": "text/plain" }).end("not found");
    } catch (thrown) {
      if (!response.headersSent) response.writeHead(500, { "Content-Type": "text/plain" });
      response.end(reasonOf(thrown));
    }
  });
  await new Promise<void>((resolve, reject) =>
    server.once("error", reject).listen(port, "127.0.0.1", resolve),
  );
  const { port: bound } = server.address() as AddressInfo;
  return {
    url: `http://127.0.0.1:${bound}/`,
    port: bound,
    close: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        server.closeAllConnections();
      }),
  };
}
