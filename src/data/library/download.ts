// Downloads a model from the hub into the library. Each file is appended to, so after a dropped connection, a
// closed tab or a stop the download continues where it ended. Complete files are compared with the checksums that
// the hub lists.
import { LabError } from "../../lib/errors";
import { requireSpace } from "../db";
import { sha256Of } from "./checksum";
import {
  hubFault,
  otherSize,
  resolveUrl,
  type HubFile,
  type HubModelInfo,
  type HubOptions,
  type HubSource,
} from "./hub";
import { bytesOf, folderName, listModels, readRecord, writeRecord, type ModelRecord } from "./models";
import { storageFault, type FileStore, type FileWriter } from "./fileStore";

export interface DownloadOptions extends HubOptions {
  /** Bytes there, of how many. */
  onProgress?: (done: number, total: number) => void;
  now?: number;
}

/** The library's folder of a hub model at a commit. */
export function hubModelId({
  name,
  file,
  revision,
}: {
  name: string;
  file: string | null;
  revision: string;
}): string {
  return folderName([name, ...(file ? [file] : []), revision.slice(0, 12)].join("--"));
}

/** A finished download of that model and revision, or null. */
export async function findDownloaded(
  store: FileStore,
  { name, file }: HubSource,
  revision: string,
): Promise<ModelRecord | null> {
  const found = (await listModels(store)).filter(
    (model) =>
      model.whole &&
      model.origin === "hub" &&
      model.name === name &&
      (file === null || model.files.some((one) => one.name === flat(file))) &&
      (model.revision === revision || model.asked.includes(revision)),
  );
  return found[0] ?? null;
}

/** Bytes of it that are here already. */
export async function bytesHere(store: FileStore, info: HubModelInfo): Promise<number> {
  const sizes = await store.sizes(hubModelId(info));
  return info.files.reduce((sum, { name, bytes }) => sum + Math.min(bytes, sizes.get(flat(name)) ?? 0), 0);
}

/** A GGUF file may lie in a subfolder of its repository; the library's folders have none. */
const flat = (path: string): string => path.replaceAll("/", "--");

/**
 * Brings everything that is missing. The description says `whole: false` until the last byte is there.
 * @throws LabError "storage" before the first byte when there is no room, "network", "stopped".
 */
export async function downloadModel(
  store: FileStore,
  info: HubModelInfo,
  options: DownloadOptions = {},
): Promise<ModelRecord> {
  const modelId = hubModelId(info);
  const known = await readRecord(store, modelId);
  const now = options.now ?? Date.now();
  const total = bytesOf(info.files);
  const here = await bytesHere(store, info);
  await requireSpace(`store the model ${info.name}`, total - here);
  const record: ModelRecord = {
    modelId,
    name: info.name,
    origin: "hub",
    revision: info.revision,
    asked: [...new Set([...(known?.asked ?? []), info.asked])],
    files: info.files.map(({ name, bytes }) => ({ name: flat(name), bytes })),
    whole: false,
    createdAt: known?.createdAt ?? now,
    usedAt: now,
  };
  await writeRecord(store, record);
  let done = here;
  options.onProgress?.(done, total);
  for (const file of info.files) {
    const writer = await store.append(modelId, flat(file.name));
    try {
      await fetchFile(info, file, writer, options, (change) => options.onProgress?.((done += change), total));
    } finally {
      writer.close();
    }
    await checkFile(store, modelId, info, file, options.signal);
  }
  // The branch now points to this commit, so its name is removed from the records of older downloads.
  for (const folder of await store.folders()) {
    const other = folder === modelId ? null : await readRecord(store, folder);
    if (other?.name !== info.name || !other.asked.includes(info.asked)) continue;
    await writeRecord(store, { ...other, asked: other.asked.filter((name) => name !== info.asked) });
  }
  const whole = { ...record, whole: true };
  await writeRecord(store, whole);
  return whole;
}

/** Deletes a file whose content is not the one that the hub lists. @throws LabError "network", "stopped" */
async function checkFile(
  store: FileStore,
  modelId: string,
  info: HubModelInfo,
  { name, sha256 }: HubFile,
  signal?: AbortSignal,
): Promise<void> {
  const stored = sha256 === null ? null : await store.open(modelId, flat(name));
  if (!stored) return;
  const found = await sha256Of(stored, signal);
  if (found === sha256) return;
  if (found === null) throw stopped(info);
  const writer = await store.append(modelId, flat(name));
  writer.truncate(0);
  writer.close();
  throw new LabError(
    "network",
    `${name} of ${info.name} came with other content than the hub lists: its SHA-256 begins with ${found.slice(0, 12)}, not ${sha256?.slice(0, 12)}.`,
    "The downloaded file was deleted. Download it again; if it happens again, a proxy on the way may be changing it.",
    { file: name },
  );
}

const stopped = (info: HubModelInfo): LabError =>
  new LabError("stopped", `Loading ${info.name} was stopped.`, "What is already downloaded is kept.");

/** Downloads one file completely, with as many connections as needed; gives up when several in a row bring no bytes. */
async function fetchFile(
  info: HubModelInfo,
  file: { name: string; bytes: number },
  writer: FileWriter,
  options: DownloadOptions,
  onChange: (bytes: number) => void,
): Promise<void> {
  const { retries = 4, backoffMs = 500, signal } = options;
  if (writer.size > file.bytes) restart(writer, onChange);
  for (let idle = 0; writer.size < file.bytes;) {
    const before = writer.size;
    let trouble: unknown = new Error("the connection ended early");
    try {
      await continueFile(info, file, writer, options, onChange);
    } catch (thrown) {
      if (signal?.aborted) throw stopped(info);
      if (thrown instanceof LabError) throw thrown;
      if (thrown instanceof DOMException && thrown.name === "QuotaExceededError")
        throw storageFault(file.name, thrown);
      trouble = thrown;
    }
    if (writer.size > before) idle = 0;
    else if (writer.size < file.bytes) {
      if (idle >= retries) throw hubFault(trouble, info.name, info.revision, options, file.name);
      await new Promise((resolve) => setTimeout(resolve, backoffMs * 2 ** idle++));
    }
  }
}

function restart(writer: FileWriter, onChange: (bytes: number) => void): void {
  onChange(-writer.size);
  writer.truncate(0);
}

/** One connection; the bytes it brings are appended to the file. */
async function continueFile(
  info: HubModelInfo,
  file: { name: string; bytes: number },
  writer: FileWriter,
  options: DownloadOptions,
  onChange: (bytes: number) => void,
): Promise<void> {
  const from = writer.size;
  const response = await (options.fetch ?? fetch)(resolveUrl(info, file.name, options), {
    // The first request asks for no range, because only such a response may be compressed; later ones continue at a byte.
    ...(from > 0 ? { headers: { Range: `bytes=${from}-` } } : {}),
    ...(options.signal ? { signal: options.signal } : {}),
  });
  if (response.status === 429 || response.status >= 500)
    throw new Error(`the server answers ${response.status}`);
  if (response.status !== 200 && response.status !== 206)
    throw hubFault({ statusCode: response.status }, info.name, info.revision, options, file.name);
  if (response.status === 206) {
    const [, start, total] =
      /^bytes (\d+)-\d+\/(\d+)/.exec(response.headers.get("content-range") ?? "") ?? [];
    if (total !== undefined && Number(total) !== file.bytes) {
      restart(writer, onChange);
      throw otherSize(file.name, file.bytes, Number(total));
    }
    if (start !== undefined && Number(start) !== from) throw new Error(`byte ${start} came for byte ${from}`);
  } else if (from > 0) {
    // The server does not support ranges, so this file starts again from its first byte.
    restart(writer, onChange);
  }
  const reader = response.body?.getReader();
  if (!reader) throw new Error("the answer was empty");
  for (;;) {
    const { done, value } = await reader.read();
    if (done) return finished(response, file, writer, onChange);
    if (writer.size + value.byteLength > file.bytes) {
      await reader.cancel();
      const found = writer.size + value.byteLength;
      restart(writer, onChange);
      throw otherSize(file.name, file.bytes, found);
    }
    writer.write(value);
    onChange(value.byteLength);
  }
}

/** The response ended normally but is too short: the file differs from the one that the hub listed. */
function finished(
  response: Response,
  file: { name: string; bytes: number },
  writer: FileWriter,
  onChange: (bytes: number) => void,
): void {
  const said = Number(response.headers.get("content-length") ?? NaN);
  const encoded = response.headers.get("content-encoding") !== null;
  if (response.status !== 200 || encoded || writer.size === file.bytes || said !== writer.size) return;
  restart(writer, onChange);
  throw otherSize(file.name, file.bytes, said);
}
