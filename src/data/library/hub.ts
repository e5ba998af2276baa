// Inspects a model on the Hugging Face hub before any weight is downloaded: the commit behind a branch or tag, the
// files and their sizes, the architecture, and the header of each weight file.
// `@huggingface/hub` lists files and resolves revisions. download.ts fetches the bytes itself, because the package returns
// Blobs and cannot continue a download that was cut off (no report on the package found; the same wish for transformers.js
// is https://github.com/huggingface/transformers.js/issues/1220).
import { LabError } from "../../lib/errors";
import type { DecoderConfig } from "../../families/config";
import { checkRange, memorySource, readWhole, type ByteSource, type ModelFolder } from "../files";
import { openGguf } from "../gguf";
import { loadModelConfig } from "../modelConfig";
import { openModel } from "../modelFolder";
import type { TensorEntry } from "../safetensors";
import { loadTokenizer } from "../tokenizer";
import { SIDE_FILES } from "./models";

export const HUB_ADDRESS = "https://huggingface.co";

export interface HubOptions {
  /** Where the hub's paths lie; another address is a mirror. */
  address?: string;
  fetch?: typeof fetch;
  signal?: AbortSignal;
  /** Further attempts after one that brought nothing. Default 4. */
  retries?: number;
  /** ms before the first further attempt; doubles each time. Default 500. */
  backoffMs?: number;
}

/** `org/name`, or `org/name/file.gguf`. */
export interface HubSource {
  name: string;
  file: string | null;
}

export function hubSource(source: string): HubSource | null {
  const match = /^([\w.-]+\/[\w.-]+)(?:\/([\w./ -]+\.gguf))?$/i.exec(source);
  return match ? { name: match[1], file: match[2] ?? null } : null;
}

export interface HubFile {
  name: string;
  bytes: number;
  /** Where the hub lists one, as it does for every large file. */
  sha256: string | null;
}

export interface HubModelInfo {
  name: string;
  file: string | null;
  /** The commit. */
  revision: string;
  /** What was asked for. */
  asked: string;
  /** To be downloaded, small ones first. */
  files: HubFile[];
  config: DecoderConfig;
  /** Empty where the server gives no parts of files: then headers are checked after the download. */
  tensors: ReadonlyMap<string, TensorEntry>;
}

/** Address of a file at a commit. */
export function resolveUrl(
  info: { name: string; revision: string },
  file: string,
  options: HubOptions,
): string {
  const path = file.split("/").map(encodeURIComponent).join("/");
  return `${options.address ?? HUB_ADDRESS}/${info.name}/resolve/${encodeURIComponent(info.revision)}/${path}`;
}

/**
 * What a hub id would bring, checked as far as can be without fetching weights.
 * @throws LabError "network" (no such model, revision, no access), "model" (cannot be used).
 */
export async function inspectHubModel(
  source: HubSource,
  asked: string,
  options: HubOptions = {},
): Promise<HubModelInfo> {
  const { name } = source;
  const { modelInfo, listFiles } = await import("@huggingface/hub");
  const hubUrl = options.address ?? HUB_ADDRESS;
  const send = patientFetch(name, options);
  const sizes = new Map<string, number>();
  const sums = new Map<string, string>();
  let revision: string | undefined;
  try {
    const info = await modelInfo({ name, revision: asked, hubUrl, fetch: send, additionalFields: ["sha"] });
    if (info.gated) throw gated(name);
    revision = info.sha;
    if (!revision)
      throw new LabError(
        "network",
        `The hub names no commit for ${name} at ${asked}.`,
        "Check the name and the branch or tag.",
      );
    for await (const entry of listFiles({ repo: name, revision, recursive: true, hubUrl, fetch: send })) {
      if (entry.type !== "file") continue;
      sizes.set(entry.path, entry.size);
      if (entry.lfs && /^[0-9a-f]{64}$/.test(entry.lfs.oid)) sums.set(entry.path, entry.lfs.oid);
    }
  } catch (thrown) {
    throw hubFault(thrown, name, asked, options);
  }
  const listed = (names: readonly string[]): HubFile[] =>
    names.map((file) => ({ name: file, bytes: sizes.get(file) ?? 0, sha256: sums.get(file) ?? null }));
  const at = { name, revision };
  const folder = hubFolder(at, sizes, options);
  const gguf = ggufOf(source, sizes);
  const common = { ...at, file: gguf, asked };
  if (gguf) {
    const { config, tensors } = await openGguf((await folder.open(gguf))!);
    return { ...common, files: listed([gguf]), config, tensors };
  }
  // The architecture first: a model that cannot be used is refused after one small file.
  const config = await loadModelConfig(folder);
  const weights = await weightFiles(folder, sizes, name);
  const files = listed([...SIDE_FILES.filter((file) => sizes.has(file)), ...weights]);
  try {
    const model = await openModel(folder);
    return { ...common, files, config: model.config, tensors: model.tensors };
  } catch (thrown) {
    if (!(thrown instanceof LabError) || thrown.facts.ranges !== false) throw thrown;
    await loadTokenizer(folder);
    return { ...common, files, config, tensors: new Map() };
  }
}

/** The GGUF file that is meant: the one named, or the only one of a repository without safetensors. */
function ggufOf({ name, file }: HubSource, sizes: ReadonlyMap<string, number>): string | null {
  if (file) {
    if (sizes.has(file)) return file;
    throw new LabError("model", `${name} has no file ${file}.`, "Check the name on the model's page.", {
      file,
    });
  }
  if (sizes.has("model.safetensors") || sizes.has("model.safetensors.index.json")) return null;
  const found = [...sizes.keys()].filter((path) => /\.gguf$/i.test(path));
  if (found.length < 2) return found[0] ?? null;
  throw new LabError(
    "model",
    `${name} holds ${found.length} GGUF files (${found.slice(0, 3).join(", ")}…), and one is needed.`,
    `Name one of them: ${name}/${found[0]}.`,
  );
}

/** The single weight file, or the shards that the index names. */
async function weightFiles(
  folder: ModelFolder,
  sizes: ReadonlyMap<string, number>,
  name: string,
): Promise<string[]> {
  if (sizes.has("model.safetensors")) return ["model.safetensors"];
  const index = await folder.open("model.safetensors.index.json");
  const text = index ? new TextDecoder().decode(await readWhole(index, 64 * 2 ** 20)) : "";
  const shards = new Set(text.match(/[^"/\\]+\.safetensors(?=")/g) ?? []);
  if (shards.size === 0) {
    throw new LabError(
      "model",
      `${name} has no weights in safetensors or GGUF format.`,
      "Take a version of the model that has them.",
    );
  }
  const missing = [...shards].find((shard) => !sizes.has(shard));
  if (missing === undefined) return [...shards].sort();
  throw new LabError(
    "model",
    `${name} names the weight file ${missing}, which the hub does not have.`,
    "Take another version of the model.",
  );
}

/** The repository as a folder: small files whole, weights by parts. */
export function hubFolder(
  at: { name: string; revision: string },
  sizes: ReadonlyMap<string, number>,
  options: HubOptions,
): ModelFolder {
  const send = patientFetch(at.name, options);
  const small = new Map<string, Promise<ByteSource>>();
  const whole = async (path: string, size: number): Promise<ByteSource> => {
    const response = await send(resolveUrl(at, path, options));
    if (!response.ok) throw hubFault({ statusCode: response.status }, at.name, at.revision, options, path);
    const bytes = new Uint8Array(await response.arrayBuffer());
    if (bytes.byteLength !== size) throw otherSize(path, size, bytes.byteLength);
    return memorySource(path, bytes);
  };
  return {
    name: at.name,
    list: async () => [...sizes.keys()],
    open: async (path) => {
      const size = sizes.get(path);
      if (size === undefined) return null;
      if (/\.(safetensors|gguf|parquet)$/i.test(path)) return partSource(at, path, size, send, options);
      const known = small.get(path) ?? whole(path, size);
      small.set(path, known);
      return known;
    },
  };
}

function partSource(
  at: { name: string; revision: string },
  path: string,
  size: number,
  send: typeof fetch,
  options: HubOptions,
): ByteSource {
  const source: ByteSource = {
    name: path,
    size,
    read: async (offset, length) => {
      checkRange(source, offset, length);
      if (length === 0) return new Uint8Array();
      const range = `bytes=${offset}-${offset + length - 1}`;
      const response = await send(resolveUrl(at, path, options), { headers: { Range: range } });
      if (response.status === 200) {
        await response.body?.cancel();
        throw new LabError("network", `The server does not send parts of ${path}.`, "", { ranges: false });
      }
      if (response.status !== 206)
        throw hubFault({ statusCode: response.status }, at.name, at.revision, options, path);
      const bytes = new Uint8Array(await response.arrayBuffer());
      if (bytes.byteLength !== length) throw otherSize(path, length, bytes.byteLength);
      return bytes;
    },
  };
  return source;
}

/** Asks again after a dropped connection or a busy server. */
export function patientFetch(name: string, options: HubOptions): typeof fetch {
  const { retries = 4, backoffMs = 500, signal } = options;
  const send = options.fetch ?? fetch;
  return async (input, init) => {
    for (let attempt = 0; ; attempt++) {
      try {
        const response = await send(input, { ...init, ...(signal ? { signal } : {}) });
        if ((response.status < 500 && response.status !== 429) || attempt >= retries) return response;
      } catch (thrown) {
        if (signal?.aborted) throw new LabError("stopped", `Loading ${name} was stopped.`);
        if (attempt >= retries) throw thrown;
      }
      await new Promise((resolve) => setTimeout(resolve, backoffMs * 2 ** attempt));
    }
  };
}

export function otherSize(file: string, expected: number, found: number): LabError {
  return new LabError(
    "network",
    `${file} should have ${expected} bytes, but the server sends ${found}.`,
    "The files may be changing on the hub: look the model up again, then get it again.",
    { file, expected, found },
  );
}

const gated = (name: string): LabError =>
  new LabError(
    "network",
    `${name} is gated: the hub gives its files only to people who accepted its terms and are signed in.`,
    "This page cannot sign in. Download the folder yourself and drop it here.",
    { model: name, gated: true },
  );

/** What the hub answered, as a sentence. */
export function hubFault(
  thrown: unknown,
  name: string,
  revision: string,
  options: HubOptions,
  file: string | null = null,
): LabError {
  if (thrown instanceof LabError) return thrown;
  const status =
    typeof thrown === "object" && thrown !== null && "statusCode" in thrown
      ? Number(thrown.statusCode)
      : null;
  const facts = { model: name, revision, ...(status === null ? {} : { status }), ...(file ? { file } : {}) };
  const what = file ? `${file} of ${name}` : name;
  if (status === 401) {
    return new LabError(
      "network",
      `The hub does not show ${what} without signing in: there is nothing of that name, or it is private or gated.`,
      "Check the name. What is private or gated: download it yourself and drop it here.",
      facts,
    );
  }
  if (status === 403) return gated(name);
  if (status === 404) {
    return new LabError(
      "network",
      `The hub has no ${what} at the revision ${revision}.`,
      "Check the name and the branch, tag or commit.",
      facts,
    );
  }
  const where = new URL(options.address ?? HUB_ADDRESS, globalThis.location?.href).host;
  const reason =
    status !== null ? `it answers ${status}` : thrown instanceof Error ? thrown.message : String(thrown);
  return new LabError(
    "network",
    `${what} could not be fetched from ${where}: ${reason}.`,
    "Check the connection, then try again: what is already downloaded is kept.",
    { ...facts, reason },
  );
}
