// The model library: models downloaded from the hub or imported from disk. Each is a folder with one small file
// that describes it (its record). The record is written last, so a model without one is incomplete and is not used.
import { LabError } from "../../lib/errors";
import { requireSpace } from "../db";
import { isRecord, readJson, type ByteSource, type ModelFolder } from "../files";
import { openChosen } from "../gguf";
import { checkValues, type OpenModel } from "../modelFolder";
import { unpacked } from "../tar";
import { storedFolder, storageFault, type FileStore } from "./fileStore";

export const MANIFEST = "proximal-model.json";

export interface ModelRecord {
  /** Name of its folder; `library:ID` names it in a config. */
  modelId: string;
  /** Hub id, or the name of what was dropped. */
  name: string;
  origin: "hub" | "file";
  /** Commit on the hub; null for files from disk. */
  revision: string | null;
  /** Branches, tags and commits under which it was asked for. */
  asked: string[];
  files: { name: string; bytes: number }[];
  /** false while files are still to come: the download can go on. */
  whole: boolean;
  /** Time stamps, ms since 1970. */
  createdAt: number;
  usedAt: number;
  /** `filesHash`, once it was computed; what brings other files writes a new record. */
  hash?: string;
}

export interface StoredModel extends ModelRecord {
  /** Bytes that are there. */
  storedBytes: number;
  /** Bytes when whole. */
  totalBytes: number;
}

const LIBRARY = "library:";

/** `library:my-model` → `my-model`; null for any other source. */
export function libraryId(source: string): string | null {
  return source.startsWith(LIBRARY) ? source.slice(LIBRARY.length) : null;
}

export function bytesOf(files: readonly { bytes: number }[]): number {
  return files.reduce((sum, file) => sum + file.bytes, 0);
}

export async function readRecord(store: FileStore, modelId: string): Promise<ModelRecord | null> {
  const json = await readJson(storedFolder(store, modelId, modelId), MANIFEST).catch(() => null);
  if (!json || typeof json.name !== "string" || !Array.isArray(json.files)) return null;
  const files = (json.files as unknown[]).flatMap((file) =>
    isRecord(file) && typeof file.name === "string" && typeof file.bytes === "number"
      ? [{ name: file.name, bytes: file.bytes }]
      : [],
  );
  const time = (value: unknown): number => (typeof value === "number" ? value : 0);
  return {
    modelId,
    name: json.name,
    origin: json.origin === "hub" ? "hub" : "file",
    revision: typeof json.revision === "string" ? json.revision : null,
    asked: Array.isArray(json.asked) ? json.asked.filter((name) => typeof name === "string") : [],
    files,
    whole: json.whole === true,
    createdAt: time(json.createdAt),
    usedAt: time(json.usedAt),
    ...(typeof json.hash === "string" ? { hash: json.hash } : {}),
  };
}

export async function writeRecord(store: FileStore, record: ModelRecord): Promise<void> {
  const text = `${JSON.stringify(record, null, 1)}\n`;
  await store.put(record.modelId, MANIFEST, new TextEncoder().encode(text));
}

/** Last used first. */
export async function listModels(store: FileStore): Promise<StoredModel[]> {
  const found: StoredModel[] = [];
  for (const folder of await store.folders()) {
    const record = await readRecord(store, folder);
    if (!record) continue;
    const sizes = await store.sizes(folder);
    const storedBytes = record.files.reduce((sum, file) => sum + (sizes.get(file.name) ?? 0), 0);
    found.push({ ...record, storedBytes, totalBytes: bytesOf(record.files) });
  }
  return found.sort((a, b) => b.usedAt - a.usedAt);
}

/** Opens a model of the library, and notes that it was used. @throws LabError "model", "storage" */
export async function openStored(store: FileStore, modelId: string, now = Date.now()): Promise<OpenModel> {
  const record = await readRecord(store, modelId);
  if (!record || !record.whole) {
    throw new LabError(
      "model",
      record
        ? `The download of ${record.name} is not finished.`
        : `The model ${modelId} is not in this browser's library.`,
      record ? "Resume it under “Models”." : "Drop its files on the page again, or choose another model.",
      { modelId },
    );
  }
  const sizes = await store.sizes(modelId);
  const wrong = record.files.find((file) => sizes.get(file.name) !== file.bytes);
  if (wrong) {
    throw new LabError(
      "model",
      `${wrong.name} of ${record.name} has ${sizes.get(wrong.name) ?? 0} bytes in the library, not ${wrong.bytes}.`,
      "Delete the model under “Models” and get it again.",
      { modelId, file: wrong.name },
    );
  }
  const model = await openChosen(withoutManifest(storedFolder(store, modelId, record.name)));
  // A model that cannot be marked as used is still usable.
  await writeRecord(store, { ...record, usedAt: now }).catch(() => undefined);
  const stored = { modelId, hash: record.hash ?? null };
  return { ...model, name: record.name, revision: record.revision, stored };
}

/** Keeps the hash with the model, so that large files are hashed once. */
export async function noteHash(store: FileStore, modelId: string, hash: string): Promise<void> {
  const record = await readRecord(store, modelId);
  if (record?.whole) await writeRecord(store, { ...record, hash });
}

function withoutManifest(folder: ModelFolder): ModelFolder {
  return { ...folder, list: async () => (await folder.list()).filter((name) => name !== MANIFEST) };
}

/** Files beside the weights that loading may read. */
export const SIDE_FILES: readonly string[] = [
  "config.json",
  "generation_config.json",
  "tokenizer.json",
  "tokenizer_config.json",
  "special_tokens_map.json",
  "chat_template.jinja",
  "chat_template.json",
  "model.safetensors.index.json",
];

/** The files of an opened folder that belong to the model: its weights, and what loading reads beside them. */
async function filesOf(folder: ModelFolder, model: OpenModel): Promise<ByteSource[]> {
  const weights = new Set([...model.tensors.values()].map(({ source }) => source.name));
  const found: ByteSource[] = [];
  for (const name of await folder.list()) {
    // A tensor of a GGUF file reads through a source of its own that carries the file's name.
    if (!weights.has(name) && !SIDE_FILES.includes(name)) continue;
    const source = await folder.open(name);
    if (source) found.push(source);
  }
  return found;
}

const COPY_BYTES = 4 * 2 ** 20;

/**
 * Files from disk become a model of the library. Everything is parsed and every weight checked first; then the files
 * are stored, the description last. On any failure nothing stays.
 * @param given a folder with Hugging Face's files, with one GGUF file, or with one tar archive of either.
 * @throws LabError "model" with the first thing that is wrong, "storage".
 */
export async function importModel(
  store: FileStore,
  given: ModelFolder,
  options: { onProgress?: (done: number, total: number) => void; now?: number } = {},
): Promise<ModelRecord> {
  const folder = await unpacked(given);
  const model = await openChosen(folder);
  await checkValues(model);
  const sources = await filesOf(folder, model);
  const files = sources.map(({ name, size }) => ({ name, bytes: size }));
  const total = bytesOf(files);
  return exclusively(async () => {
    await sweep(store);
    await requireSpace(`store the model ${model.name}`, total);
    const modelId = await freeId(store, model.name);
    const now = options.now ?? Date.now();
    const record: ModelRecord = {
      ...{ modelId, name: model.name, origin: "file", revision: null, asked: [] },
      ...{ files, whole: true, createdAt: now, usedAt: now },
    };
    let done = 0;
    try {
      for (const source of sources) {
        await copy(store, modelId, source, (bytes) => options.onProgress?.((done += bytes), total));
      }
      await writeRecord(store, record);
      return record;
    } catch (thrown) {
      await store.remove(modelId).catch(() => undefined);
      throw storageFault(model.name, thrown);
    }
  });
}

async function copy(
  store: FileStore,
  modelId: string,
  source: ByteSource,
  onBytes: (bytes: number) => void,
): Promise<void> {
  const writer = await store.append(modelId, source.name);
  try {
    for (let offset = 0; offset < source.size; offset += COPY_BYTES) {
      const bytes = await source.read(offset, Math.min(COPY_BYTES, source.size - offset));
      writer.write(bytes);
      onBytes(bytes.byteLength);
    }
  } finally {
    writer.close();
  }
}

/** A name that can be a folder, not taken yet. */
async function freeId(store: FileStore, name: string): Promise<string> {
  const stem = folderName(name.replace(/\.gguf$/i, "")) || "model";
  const taken = new Set(await store.folders());
  for (let n = 1; ; n++) {
    const id = n === 1 ? stem : `${stem}-${n}`;
    if (!taken.has(id)) return id;
  }
}

export function folderName(name: string): string {
  return name
    .replace(/[^\w.-]+/g, "-")
    .replace(/^[-.]+|[-.]+$/g, "")
    .slice(0, 100);
}

/** Removes folders without a record: imports that ended in the middle. */
async function sweep(store: FileStore): Promise<void> {
  for (const folder of await store.folders()) {
    if (!(await readRecord(store, folder))) await store.remove(folder).catch(() => undefined);
  }
}

/** One import at a time across all tabs, so that none removes the half-written folder of another. */
async function exclusively<T>(work: () => Promise<T>): Promise<T> {
  const locks = globalThis.navigator?.locks;
  return locks ? locks.request("proximal-model-import", work) : work();
}
