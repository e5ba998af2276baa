// From the names in a config to a model folder and a pool of rows.
import type { ResolvedConfig } from "../config/schema";
import { builtinName, loadPool, openBuiltinModel } from "../data/builtin";
import type { DatasetOptions } from "../data/dataset";
import type { LabDb } from "../data/db";
import { openGguf } from "../data/gguf";
import { loadStored, parseDataset } from "../data/importDataset";
import { openModel, type OpenModel } from "../data/modelFolder";
import { urlFolder, urlSource } from "../data/urlSource";
import { LabError } from "../lib/errors";
import type { Row } from "../train/samples";

/** The page's root, where `models/` and `pools/` lie. */
export function rootAddress(): string {
  return import.meta.env.DEV
    ? new URL("/", self.location.href).href
    : new URL("../", self.location.href).href;
}

const STORED = "stored:";
const HUB = /^[\w.-]+\/[\w.-]+$/;

/** @throws LabError "model", "network" */
export async function openModelSource({ model }: ResolvedConfig, root: string): Promise<OpenModel> {
  const { source, revision } = model;
  const builtin = builtinName(source);
  if (builtin !== null) return openBuiltinModel(builtin, root);
  if (/^https?:/.test(source)) {
    if (!/\.gguf$/i.test(new URL(source).pathname)) return openModel(urlFolder(source, lastPart(source)));
    return openGguf(await fileAt(source));
  }
  if (HUB.test(source)) {
    const at = `https://huggingface.co/${source}/resolve/${encodeURIComponent(revision ?? "main")}/`;
    return openModel(urlFolder(at, source));
  }
  throw new LabError(
    "model",
    `${source} is no model this page can open.`,
    "Use builtin:tiny, the address of a folder or .gguf file, or a hub id such as Qwen/Qwen3-0.6B.",
    { source },
  );
}

export interface Pool {
  name: string;
  train: Row[];
  test: Row[];
}

/** @throws LabError "data", "network", "storage" */
export async function loadData(config: ResolvedConfig, db: LabDb | null, root: string): Promise<Pool> {
  const { data, seed } = config;
  const train = await rowsOf(data.train, config, db, root);
  if (data.test === data.train && train.test.length > 0) return train;
  if (data.test === null && !/^https?:/.test(data.train)) return train;
  if (data.test !== null) {
    const test = await rowsOf(data.test, config, db, root);
    // A file named as the test set is one whole; a pool's own test part is used where it has one.
    return { ...train, test: test.test.length > 0 ? test.test : test.train };
  }
  const parts = await parseDataset({
    train: await fileAt(data.train),
    options: columns(config),
    testShare: data.testShare,
    seed,
  });
  return { name: train.name, ...parts };
}

/** Rows behind one name; a file has no test part of its own. */
async function rowsOf(source: string, config: ResolvedConfig, db: LabDb | null, root: string): Promise<Pool> {
  const builtin = builtinName(source);
  if (builtin !== null) return { name: builtin, ...partsOf(await loadPool(db, builtin, root)) };
  if (source.startsWith(STORED)) {
    if (!db) throw new LabError("data", `${source} cannot be read: this browser gives the lab no storage.`);
    const stored = await loadStored(db, source.slice(STORED.length));
    return { name: stored.record.name, ...partsOf(stored) };
  }
  if (/^https?:/.test(source)) {
    const { train } = await parseDataset({
      train: await fileAt(source),
      options: columns(config),
      testShare: 0,
    });
    return { name: lastPart(source), train, test: [] };
  }
  throw new LabError(
    "data",
    `${source} is no dataset this page can open.`,
    "Use builtin:NAME, the address of a JSONL, JSON or CSV file, or drop a file on the page.",
    { source },
  );
}

const partsOf = ({ train, test }: { train: Row[]; test: Row[] }) => ({ train, test });

function columns({ data: { fields } }: ResolvedConfig): DatasetOptions {
  return {
    fields: {
      ...(fields.prompt === null ? {} : { prompt: fields.prompt }),
      ...(fields.answer === null ? {} : { answer: fields.answer }),
      ...(fields.difficulty === null ? {} : { difficulty: fields.difficulty }),
    },
  };
}

async function fileAt(address: string) {
  const found = await urlSource(address, lastPart(address));
  if (found) return found;
  throw new LabError("network", `There is no file at ${address}.`, "Check the address.", { address });
}

function lastPart(address: string): string {
  const parts = new URL(address).pathname.split("/").filter((part) => part !== "");
  return decodeURIComponent(parts[parts.length - 1] ?? address);
}
