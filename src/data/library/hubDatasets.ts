// Datasets on the Hugging Face hub: which subsets and splits a repository has at a pinned commit, and the first rows of one,
// read from its Parquet files by parts, so that a set of many gigabytes costs what its first rows take. Where a repository
// keeps another format, the hub's own conversion to Parquet is read.
import { LabError } from "../../lib/errors";
import { DATASET_LIMITS } from "../dataset/file";
import { rawRows } from "../dataset/read";
import type { RawRow } from "../dataset/file";
import type { HubDataset, HubPart } from "./hubDatasetName";
import { HUB_ADDRESS, hubFault, hubFolder, patientFetch, type HubOptions } from "./hub";

/** The branch where the hub keeps its conversions. */
const CONVERTED = "refs/convert/parquet";

/** Names of splits as people write them in paths. */
const SPLIT = /(?:^|[^a-z])(train|training|test|testing|validation|valid|val|dev|eval)(?:$|[^a-z])/i;

/** Subsets and splits by the hub's conventions: data/train-00000-of-00002.parquet, SUBSET/train-….parquet, SUBSET/train/0000.parquet. */
export function hubParts(files: readonly { path: string; bytes: number }[]): HubPart[] {
  const parts = new Map<string, HubPart>();
  for (const file of [...files].sort((a, b) => (a.path < b.path ? -1 : 1))) {
    if (!/\.parquet$/i.test(file.path)) continue;
    const folders = file.path.split("/");
    const stem = folders.pop()!.replace(/\.parquet$/i, "");
    const inFolder = /^\d+$/.test(stem) ? folders.pop() : undefined;
    const split = inFolder ?? SPLIT.exec(stem)?.[1] ?? stem.replace(/-\d+-of-\d+$/, "");
    const [folder = "data"] = folders;
    const subset = folder === "data" ? "default" : folder;
    const part = parts.get(`${subset}/${split}`) ?? { subset, split, files: [] };
    part.files.push(file);
    parts.set(`${subset}/${split}`, part);
  }
  return [...parts.values()];
}

/**
 * What a dataset's repository holds at a revision.
 * @throws LabError "network" (no such dataset or revision, no access), "data" (nothing in Parquet)
 */
export async function inspectHubDataset(
  name: string,
  asked: string,
  options: HubOptions = {},
): Promise<HubDataset> {
  const found = await partsAt(name, asked, options);
  if (found.parts.length > 0) return found;
  const converted = await partsAt(name, CONVERTED, options).catch((thrown: unknown) => {
    if (thrown instanceof LabError && thrown.facts.status === 404) return null;
    throw thrown;
  });
  if (converted && converted.parts.length > 0) return converted;
  throw new LabError(
    "data",
    `${name} has no Parquet files at ${asked}, and the hub has made none of it.`,
    "Download one of its files and drop it here.",
    { dataset: name },
  );
}

async function partsAt(name: string, asked: string, options: HubOptions): Promise<HubDataset> {
  const { datasetInfo, listFiles } = await import("@huggingface/hub");
  const hubUrl = options.address ?? HUB_ADDRESS;
  const send = patientFetch(name, options);
  try {
    const info = await datasetInfo({ name, revision: asked, hubUrl, fetch: send, additionalFields: ["sha"] });
    const revision = info.sha;
    const files: { path: string; bytes: number }[] = [];
    const repo = { type: "dataset", name } as const;
    for await (const entry of listFiles({ repo, revision, recursive: true, hubUrl, fetch: send }))
      if (entry.type === "file") files.push({ path: entry.path, bytes: entry.size });
    return { name, revision, asked, parts: hubParts(files) };
  } catch (thrown) {
    throw hubFault(thrown, name, asked, options);
  }
}

export interface FirstRows {
  /** As people call it: what it is, and where it was read. */
  name: string;
  /** One JSON object a line. */
  text: string;
  rows: number;
}

/**
 * The first `count` rows of a split, as JSON lines.
 * @throws LabError "network" where a file cannot be read by parts, "data" where it is no Parquet file this lab reads
 */
export async function firstRows(
  { name, revision }: Pick<HubDataset, "name" | "revision">,
  { subset, split, files }: HubPart,
  count: number,
  options: HubOptions = {},
): Promise<FirstRows> {
  const sizes = new Map(files.map(({ path, bytes }) => [path, bytes]));
  const folder = hubFolder({ name: `datasets/${name}`, revision }, sizes, options);
  // Only what the first rows take is read, however large the whole is.
  const limits = { ...DATASET_LIMITS, fileBytes: Infinity, rows: Infinity };
  const rows: RawRow[] = [];
  for (const { path } of files) {
    if (rows.length >= count) break;
    const source = (await folder.open(path))!;
    rows.push(...(await rawRows(source, limits, count - rows.length)).rows);
  }
  const part = [subset, split].filter((word) => word !== "default").join(" ");
  return {
    name: `${name} ${part} ${rows.length} @${revision.slice(0, 7)}.jsonl`,
    text: rows.map(({ values }) => JSON.stringify(values)).join("\n"),
    rows: rows.length,
  };
}
