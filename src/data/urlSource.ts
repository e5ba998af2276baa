// Files at a web address, read in slices with HTTP range requests. If the server does not support ranges, the file
// is fetched whole.
import { LabError } from "../lib/errors";
import { blobSource, checkRange, memorySource, type ByteSource, type ModelFolder } from "./files";

export interface UrlOptions {
  fetch?: typeof fetch;
  signal?: AbortSignal;
  /** Further attempts after a failed one (dropped connection, 5xx, 429). Default 2. */
  retries?: number;
  /** ms before the first further attempt; doubles each time. Default 300. */
  backoffMs?: number;
}

/** The first request asks for this much: small files arrive whole, large ones with their header. Bytes. */
const FIRST_SLICE = 256 * 1024;

/**
 * A file behind a web address, or null when the server says there is none (404, 403 of a bucket, or the page
 * that single-page servers send instead).
 * @throws LabError "network" when it cannot be fetched, "stopped" when the signal fires.
 */
export async function urlSource(
  url: string,
  name: string,
  options: UrlOptions = {},
): Promise<ByteSource | null> {
  const response = await request(url, name, `bytes=0-${FIRST_SLICE - 1}`, options);
  if (response.status === 404 || response.status === 410) return null;
  // Development servers answer every unknown path with their start page.
  const html = response.headers.get("content-type")?.startsWith("text/html") ?? false;
  if (html && !/\.html?$/.test(name)) return null;
  const total = totalBytes(response);
  if (response.status === 416)
    return total === 0 ? memorySource(name, new Uint8Array()) : fail(url, name, "416");
  if (response.status === 206 && total !== null) {
    const head = await body(response, url, name, options);
    if (head.byteLength === total) return memorySource(name, head);
    return rangeSource(url, name, total, head, options);
  }
  if (response.status === 206) return wholeSource(url, name, options);
  if (response.ok)
    return blobSource(await response.blob().catch((thrown: unknown) => fail(url, name, thrown)), name);
  return fail(url, name, `${response.status} ${response.statusText}`.trim());
}

/** A folder behind a web address. Each file is opened once and kept. */
export function urlFolder(base: string, name: string, options: UrlOptions = {}): ModelFolder {
  const root = base.endsWith("/") ? base : `${base}/`;
  const opened = new Map<string, Promise<ByteSource | null>>();
  return {
    name,
    list: async () => {
      const found: string[] = [];
      for (const [path, source] of opened) if (await source.catch(() => null)) found.push(path);
      return found;
    },
    open: (path) => {
      let source = opened.get(path);
      if (!source) {
        const url = root + path.split("/").map(encodeURIComponent).join("/");
        source = urlSource(url, path, options);
        opened.set(path, source);
        // A failed fetch may succeed when asked again.
        source.catch(() => opened.delete(path));
      }
      return source;
    },
  };
}

function rangeSource(
  url: string,
  name: string,
  size: number,
  head: Uint8Array,
  options: UrlOptions,
): ByteSource {
  const source: ByteSource = {
    name,
    size,
    read: async (offset, length) => {
      checkRange(source, offset, length);
      if (offset + length <= head.byteLength) return head.subarray(offset, offset + length);
      if (length === 0) return new Uint8Array();
      const response = await request(url, name, `bytes=${offset}-${offset + length - 1}`, options);
      if (response.status !== 206)
        return fail(url, name, `expected a partial answer, got ${response.status}`);
      const total = totalBytes(response);
      if (total !== null && total !== size) {
        return fail(url, name, `it changed while being read: ${size} bytes before, ${total} now`);
      }
      const bytes = await body(response, url, name, options);
      if (bytes.byteLength === length) return bytes;
      return fail(url, name, `${length} bytes were asked for, ${bytes.byteLength} came`);
    },
  };
  return source;
}

async function wholeSource(url: string, name: string, options: UrlOptions): Promise<ByteSource> {
  const response = await request(url, name, null, options);
  if (!response.ok) return fail(url, name, `${response.status} ${response.statusText}`.trim());
  return blobSource(await response.blob().catch((thrown: unknown) => fail(url, name, thrown)), name);
}

/** Size of the whole file by Content-Range (`bytes 0-99/1234`), or null when it is not said. */
function totalBytes(response: Response): number | null {
  const total = /\/(\d+)\s*$/.exec(response.headers.get("content-range") ?? "")?.[1];
  const size = total === undefined ? NaN : Number(total);
  return Number.isSafeInteger(size) ? size : null;
}

async function request(
  url: string,
  name: string,
  range: string | null,
  options: UrlOptions,
): Promise<Response> {
  const { retries = 2, backoffMs = 300, signal } = options;
  const send = options.fetch ?? fetch;
  for (let attempt = 0; ; attempt++) {
    let trouble: unknown;
    try {
      const response = await send(url, {
        ...(range ? { headers: { Range: range } } : {}),
        ...(signal ? { signal } : {}),
      });
      if (response.status < 500 && response.status !== 429) return response;
      trouble = `${response.status} ${response.statusText}`.trim();
    } catch (thrown) {
      if (signal?.aborted) throw new LabError("stopped", `Loading ${name} was stopped.`);
      trouble = thrown;
    }
    if (attempt >= retries) return fail(url, name, trouble);
    await new Promise((resolve) => setTimeout(resolve, backoffMs * 2 ** attempt));
  }
}

async function body(response: Response, url: string, name: string, options: UrlOptions): Promise<Uint8Array> {
  try {
    return new Uint8Array(await response.arrayBuffer());
  } catch (thrown) {
    if (options.signal?.aborted) throw new LabError("stopped", `Loading ${name} was stopped.`);
    return fail(url, name, thrown);
  }
}

function fail(url: string, name: string, trouble: unknown): never {
  const reason = trouble instanceof Error ? trouble.message : String(trouble);
  throw new LabError(
    "network",
    `${name} could not be fetched: ${reason}.`,
    "Check the connection and the address, then try again.",
    { file: name, url, reason },
  );
}
