// The built-in model and the built-in pools that come with the page. Pools take the same path into the database as
// a user's file.
import { LabError } from "../lib/errors";
import { findDataset, type LabDb } from "./db";
import { memorySource, type ByteSource } from "./files";
import { importFiles, loadStored, parseDataset, type StoredDataset } from "./importDataset";
import { openModel, type OpenModel } from "./modelFolder";
import { urlFolder, urlSource, type UrlOptions } from "./urlSource";

export const MODELS = ["tiny"] as const;
export const POOLS = ["needle", "comm", "med", "law", "mastered", "noisy", "stubborn", "rl"] as const;
export type PoolName = (typeof POOLS)[number];

/** Raise it when a pool's files change: stored copies of an older revision are replaced. */
const REVISION = 1;

/** `builtin:needle` → `needle`; null for anything that is not built in. */
export function builtinName(source: string): string | null {
  return source.startsWith("builtin:") ? source.slice("builtin:".length) : null;
}

/**
 * The built-in model.
 * @param base address of the page's root, where `models/` lies.
 * @throws LabError "model" for an unknown name, "network".
 */
export async function openBuiltinModel(
  name: string,
  base: string,
  options: UrlOptions = {},
): Promise<OpenModel> {
  if (!MODELS.some((known) => known === name)) {
    throw new LabError(
      "model",
      `There is no built-in model called ${name}.`,
      `Built in: ${MODELS.join(", ")}.`,
    );
  }
  return openModel(urlFolder(new URL(`models/${name}/`, base).href, `builtin:${name}`, options));
}

/**
 * A built-in pool with its own test part; put into the database on first use.
 * @param db null where the browser has no storage: then the files are read each time.
 * @throws LabError "data" for an unknown name, "network", "storage".
 */
export async function loadPool(
  db: LabDb | null,
  name: string,
  base: string,
  options: UrlOptions = {},
): Promise<StoredDataset> {
  const designed = await import("./designed/pools");
  const made = designed.isDesigned(name) ? designed.designedFiles(name) : null;
  if (!made && !POOLS.some((known) => known === name)) {
    const all = [...POOLS, ...designed.DESIGNED].join(", ");
    throw new LabError("data", `There is no built-in pool called ${name}.`, `Built in: ${all}.`);
  }
  const datasetId = `builtin:${name}`;
  const stored = db ? await findDataset(db, datasetId) : null;
  if (db && stored?.revision === REVISION) return loadStored(db, datasetId);
  const fileOf = (part: "train" | "test") =>
    made
      ? memorySource(`${name} ${part}.jsonl`, new TextEncoder().encode(made[part]))
      : poolFile(name, part, base, options);
  const files = { train: await fileOf("train"), test: await fileOf("test") };
  const about = { datasetId, name, origin: "builtin" as const, revision: REVISION };
  if (db) return importFiles(db, about, files);
  const parts = await parseDataset(files);
  const bytes = files.train.size + files.test.size;
  const record = { ...about, bytes, createdAt: 0, train: parts.train.length, test: parts.test.length };
  return { record, ...parts };
}

async function poolFile(
  name: string,
  split: "train" | "test",
  base: string,
  options: UrlOptions,
): Promise<ByteSource> {
  const file = `${name}_${split}.jsonl`;
  const source = await urlSource(new URL(`pools/${file}`, base).href, file, options);
  if (source) return source;
  throw new LabError(
    "network",
    `The pool file ${file} is not on the server.`,
    "Build the page again: its public folder is incomplete.",
  );
}
