// Resolves the names of datasets in a config to rows; models.ts does the same for models.
import type { ResolvedConfig } from "../config/schema";
import { builtinName, loadPool } from "../data/builtin";
import { formatNames, type DatasetOptions } from "../data/dataset";
import { readSetting, type LabDb } from "../data/db";
import { HUB_ADDRESS } from "../data/library/hub";
import { loadStored, parseDataset } from "../data/importDataset";
import { splitSamples } from "../data/split";
import { urlSource } from "../data/urlSource";
import { LabError } from "../lib/errors";
import type { Row } from "../train/samples";

/** The page's root, where `models/` and `pools/` lie. */
export function rootAddress(): string {
  return import.meta.env.DEV
    ? new URL("/", self.location.href).href
    : new URL("../", self.location.href).href;
}

/** Setting of the database: another address with the hub's paths, for a mirror this page's server offers. */
const ADDRESS_SETTING = "hubAddress";

export async function hubAddress(db: LabDb | null, page: string): Promise<string> {
  const setting = db ? await readSetting(db, ADDRESS_SETTING).catch(() => null) : null;
  return typeof setting === "string" ? new URL(setting, page).href.replace(/\/$/, "") : HUB_ADDRESS;
}

const STORED = "stored:";

export interface Pool {
  name: string;
  train: Row[];
  /** Of the file or pool that the test rows are from. */
  testName: string;
  test: Row[];
  /** What a user should know of the rows, a sentence each. */
  notes?: readonly string[];
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
    const rows = test.test.length > 0 ? test.test : test.train;
    const notes = [...(train.notes ?? []), ...(test.notes ?? [])];
    return { ...train, testName: test.testName, test: rows, notes: [...new Set(notes)] };
  }
  return { ...train, ...splitSamples(train.train, { testShare: data.testShare, seed }) };
}

/** Rows behind one name; a file has no test part of its own. */
async function rowsOf(source: string, config: ResolvedConfig, db: LabDb | null, root: string): Promise<Pool> {
  const builtin = builtinName(source);
  if (builtin !== null)
    return { name: builtin, testName: builtin, ...partsOf(await loadPool(db, builtin, root)) };
  if (source.startsWith(STORED)) {
    if (!db) throw new LabError("data", `${source} cannot be read: this browser offers the page no storage.`);
    const stored = await loadStored(db, source.slice(STORED.length));
    const { name } = stored.record;
    const testName = stored.testName === undefined ? name : `${name}, ${stored.testName}`;
    return { name, testName, ...partsOf(stored) };
  }
  if (/^https?:/.test(source)) {
    const { train, notes } = await parseDataset({
      train: await fileAt(source),
      options: columns(config),
      testShare: 0,
    });
    const name = lastPart(source);
    return { name, testName: name, train, test: [], notes };
  }
  throw new LabError(
    "data",
    `${source} is no dataset this page can open.`,
    `Use builtin:NAME, the address of a ${formatNames()} file, or drop a file on the page.`,
    { source },
  );
}

const partsOf = ({ train, test }: { train: Row[]; test: Row[] }) => ({ train, test });

function columns({ data: { fields, turns, unusable, duplicates } }: ResolvedConfig): DatasetOptions {
  return {
    turns,
    unusable,
    duplicates,
    fields: {
      ...(fields.prompt === null ? {} : { prompt: fields.prompt }),
      ...(fields.answer === null ? {} : { answer: fields.answer }),
      ...(fields.difficulty === null ? {} : { difficulty: fields.difficulty }),
    },
  };
}

export async function fileAt(address: string) {
  const found = await urlSource(address, lastPart(address));
  if (found) return found;
  throw new LabError("network", `There is no file at ${address}.`, "Check the address.", { address });
}

export function lastPart(address: string): string {
  const parts = new URL(address).pathname.split("/").filter((part) => part !== "");
  return decodeURIComponent(parts[parts.length - 1] ?? address);
}
