// Gives each malformed input to the code that would store it, and checks three things: it is refused within a time
// limit, the error says what the case expects, and everything stored before is unchanged to the byte.
import { findDataset, openLabDb, saveAdapter, type LabDb } from "../data/db";
import { memoryFolder, memorySource, type ByteSource, type ModelFolder } from "../data/files";
import { importFiles } from "../data/importDataset";
import { importModel, SIDE_FILES } from "../data/library/models";
import { openFileStore } from "../data/library/fileStore";
import { loadModelConfig } from "../data/modelConfig";
import { readAdapter } from "../data/peft";
import { urlFolder, urlSource } from "../data/urlSource";
import { LabError } from "../lib/errors";
import type { Row } from "./runCase";
import { parseBad, type BadSpec } from "./spec";
import { storageChange, storageSnapshot } from "./storage";

export interface BadJob {
  label: string;
  /** Folder of `expect.json`, a web address ending in a slash. */
  base: string;
}

/** ms after which a refusal counts as a hang. */
const PATIENCE_MS = 30_000;
/** Good and bad files come under one name, so that a bad one would replace what is there. */
const NAME = "conformance";

const importDataset = (db: LabDb, train: ByteSource) =>
  importFiles(db, { datasetId: NAME, name: NAME, origin: "file", revision: 1 }, { train });

async function importAdapter(db: LabDb, folder: string, model: string): Promise<void> {
  const base = await loadModelConfig(urlFolder(model, "model"));
  const { config, state, baseModel } = await readAdapter(urlFolder(folder, "adapter"), base);
  await saveAdapter(db, { adapterId: NAME, name: NAME, runId: null, model: baseModel, config }, state);
}

/** File names in an index of shards, however damaged it is. */
const shardNames = (index: Uint8Array): string[] =>
  [...new TextDecoder().decode(index).matchAll(/"([^"/\\]+\.safetensors)"/g)].map((match) => match[1]);

/** A model folder as it would be dropped. A web address cannot be listed, so every name it may hold is asked for. */
async function droppedModel(address: string): Promise<ModelFolder> {
  const files = new Map<string, Uint8Array>();
  const take = async (name: string) => {
    const source = await urlSource(new URL(name, address).href, name);
    if (source) files.set(name, await source.read(0, source.size));
  };
  for (const name of [...SIDE_FILES, "model.safetensors"]) await take(name);
  const index = files.get("model.safetensors.index.json");
  for (const name of new Set(index ? shardNames(index) : [])) await take(name);
  return memoryFolder("model", files);
}

async function importInto(folder: ModelFolder): Promise<void> {
  const store = await openFileStore();
  if (!store) throw new Error("this browser has no file storage, so importing models cannot be tried");
  await importModel(store, folder);
}

/** As far as the lab goes: parsed, checked, and stored if nothing was wrong. */
async function feed(db: LabDb, { kind, path, model }: BadSpec["feed"], base: string): Promise<void> {
  const at = (relative: string) => new URL(`${relative}/`, base).href;
  const file = async () => {
    const source = await urlSource(new URL(path, base).href, path);
    if (!source) throw new Error(`${path} is missing`);
    return source;
  };
  if (kind === "model") await importInto(await droppedModel(at(path)));
  else if (kind === "adapter") {
    if (!model) throw new Error("feed.model is missing");
    await importAdapter(db, at(path), at(model));
  } else if (kind === "dataset") await importDataset(db, await file());
  else {
    const source = await file();
    await importInto(memoryFolder("files", new Map([[path, await source.read(0, source.size)]])));
  }
}

async function attempt(work: Promise<unknown>): Promise<unknown> {
  let timer: ReturnType<typeof setTimeout> | undefined;
  const late = new Promise<never>((_, reject) => {
    timer = setTimeout(() => reject(new Error(`no answer within ${PATIENCE_MS / 1000} s`)), PATIENCE_MS);
  });
  try {
    await Promise.race([work, late]);
    return null;
  } catch (thrown) {
    return thrown;
  } finally {
    clearTimeout(timer);
  }
}

/** What is wrong with a refusal; "" = nothing. */
export function judgeRefusal(thrown: unknown, mentions: readonly (readonly string[])[]): string {
  if (thrown === null) return "it was accepted";
  if (!(thrown instanceof LabError)) return `not one of the lab's own errors: ${String(thrown)}`;
  if (thrown.code === "internal") return `reported as a fault of the lab: ${thrown.message}`;
  const said = thrown.message.toLowerCase();
  const missing = mentions.find((group) => !group.some((word) => said.includes(word.toLowerCase())));
  return missing ? `“${thrown.message}” mentions none of: ${missing.join(", ")}` : "";
}

async function withDb<T>(work: (db: LabDb) => Promise<T>): Promise<T> {
  const db = await openLabDb();
  try {
    return await work(db);
  } finally {
    db.close();
  }
}

const GOOD_ROWS = '{"prompt": "1+1?", "completion": "2"}\n{"prompt": "2+2?", "completion": "4"}\n';

/** A dataset that must survive every refusal. */
const storeGood = (db: LabDb) =>
  importDataset(db, memorySource("good.jsonl", new TextEncoder().encode(GOOD_ROWS)));

/** One row: refused as asked for, or why not. */
export async function runBad(job: BadJob, onRow: (row: Row) => void): Promise<void> {
  const start = performance.now();
  let message: string;
  let check = "rejected";
  try {
    const response = await fetch(new URL("expect.json", job.base));
    const spec = parseBad(await response.json(), "expect.json");
    check = `rejected (${spec.feed.kind})`;
    await withDb(async (db) => (await findDataset(db, NAME)) ?? storeGood(db));
    const before = await storageSnapshot();
    const refusal = await withDb((db) => attempt(feed(db, spec.feed, job.base)));
    message = judgeRefusal(refusal, spec.must_mention) || storageChange(before, await storageSnapshot());
  } catch (thrown) {
    message = thrown instanceof Error ? thrown.message : String(thrown);
  }
  onRow({
    case: job.label,
    check,
    kind: "bad",
    share: message ? Infinity : 0,
    message,
    elapsedMs: performance.now() - start,
  });
}

/**
 * The good model (and adapter) that malformed ones were made from: must load and be stored, and the snapshot must see
 * it, or the refusals prove nothing.
 */
export async function runBase(job: BadJob & { adapter: boolean }, onRow: (row: Row) => void): Promise<void> {
  const start = performance.now();
  const model = new URL("model/", job.base).href;
  const storing = async (what: string, work: () => Promise<unknown>) => {
    const before = await storageSnapshot();
    await work();
    if (!storageChange(before, await storageSnapshot()))
      throw new Error(`${what} was stored, and the snapshot of storage saw nothing of it`);
  };
  const store = async () => {
    await storing("the model", async () => importInto(await droppedModel(model)));
    await withDb(async (db) => {
      await storing("the dataset", () => storeGood(db));
      if (!job.adapter) return;
      await storing("the adapter", () => importAdapter(db, new URL("adapter/", job.base).href, model));
    });
  };
  const thrown = await attempt(store());
  const message = thrown === null ? "" : thrown instanceof Error ? thrown.message : String(thrown);
  onRow({
    case: job.label,
    check: "loads and is stored",
    kind: "bad",
    share: message ? Infinity : 0,
    message,
    elapsedMs: performance.now() - start,
  });
}
