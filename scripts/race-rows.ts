// The rows of a race: a file without a test part is parted once, so that all seeds answer the same questions; and what
// the files say of each row (skill, truth), for what race.json tells beyond accuracy.
import { existsSync, statSync, writeFileSync } from "node:fs";
import { join, relative, resolve } from "node:path";
import type * as datasetModule from "../src/data/dataset";
import type { SampleRow } from "../src/data/dataset";
import type * as splitModule from "../src/data/split";
import type * as poolsModule from "../src/data/designed/pools";
import { memorySource, type ByteSource } from "../src/data/files";
import { nodeFile } from "../src/data/testing/nodeFolder";
import type * as runsModule from "../src/race/runs";
import type { RowFacts } from "../src/race/runs";
import type { ResolvedConfig } from "../src/config/tree";
import { ROOT } from "./build";
import { loadSource } from "./source";

export interface RaceData {
  /** What of the config's `data` the race sets itself; paths are absolute. */
  data: Partial<ResolvedConfig["data"]> & { train: string; test: string | null };
  /** What is known of the rows; null where they lie on the network. */
  facts: { train: RowFacts[]; test: RowFacts[] } | null;
}

/** A local file behind a name in a config; null for built-in pools and addresses. */
export function localFile(source: string, folder: string): string | null {
  if (source.startsWith("builtin:") || /^https?:/.test(source)) return null;
  const path = resolve(folder, source);
  return existsSync(path) ? path : null;
}

async function readRows(source: ByteSource, data: ResolvedConfig["data"]): Promise<SampleRow[]> {
  const { readDataset } = await loadSource<typeof datasetModule>("src/data/dataset.ts");
  const { fields, turns, unusable, duplicates } = data;
  const given = Object.entries(fields).filter(([, column]) => column !== null);
  const columns = Object.fromEntries(given) as Record<string, string>;
  return readDataset(source, { fields: columns, turns, unusable, duplicates });
}

/** The file behind one name in a config; null where it lies on the network. */
async function fileOf(source: string, part: "train" | "test", folder: string): Promise<ByteSource | null> {
  if (source.startsWith("builtin:")) {
    const name = source.slice("builtin:".length);
    const { designedFiles, isDesigned } = await loadSource<typeof poolsModule>("src/data/designed/pools.ts");
    if (isDesigned(name)) return memorySource(name, new TextEncoder().encode(designedFiles(name)[part]));
    const file = join(ROOT, "public", "pools", `${name}_${part}.jsonl`);
    return existsSync(file) ? nodeFile(file) : null;
  }
  const file = localFile(source, folder);
  return file && statSync(file).isFile() ? nodeFile(file) : null;
}

async function rowsOf(
  source: string,
  part: "train" | "test",
  folder: string,
  data: ResolvedConfig["data"],
): Promise<SampleRow[] | null> {
  const file = await fileOf(source, part, folder);
  return file && readRows(file, data);
}

/** How the parts of a file are read again: each row is one answer already, under the names that files usually have. */
const AS_WRITTEN = {
  turns: "last",
  unusable: "refuse",
  duplicates: "keep",
  fields: { prompt: null, answer: null, difficulty: null },
} as const;

/** Rows as JSONL; conversations as conversations. */
function lines(rows: readonly SampleRow[]): string {
  const talks = rows.some(({ messages }) => messages);
  return rows
    .map(({ sampleId, prompt, messages, answer, difficulty, extra }) => {
      const { skill, truth, tier } = extra;
      const before = messages ?? [{ role: "user", content: prompt }];
      const asked = talks
        ? { messages: [...before, { role: "assistant", content: answer }] }
        : { ...extra, prompt, answer };
      return `${JSON.stringify({ id: sampleId, ...asked, difficulty, skill, truth, tier })}\n`;
    })
    .join("");
}

/**
 * @param folder of CONFIG.json: its paths are relative to it
 * @param out the race's folder, where the two parts of a file without a test set go
 * @throws LabError "data" naming file and line
 */
export async function raceRows(config: ResolvedConfig, folder: string, out: string): Promise<RaceData> {
  const { factsOf } = await loadSource<typeof runsModule>("src/race/runs.ts");
  const { data } = config;
  const facts = (rows: readonly SampleRow[]) => rows.map(({ extra }) => factsOf(extra));
  const train = await rowsOf(data.train, "train", folder, data);
  const own = localFile(data.train, folder);
  if (data.test === null && train && own) {
    const { splitSamples } = await loadSource<typeof splitModule>("src/data/split.ts");
    const parts = splitSamples(train, { testShare: data.testShare, seed: config.seed });
    const files = { train: join(out, "train.jsonl"), test: join(out, "test.jsonl") };
    for (const part of ["train", "test"] as const) writeFileSync(files[part], lines(parts[part]));
    return {
      data: { ...files, ...AS_WRITTEN },
      facts: { train: facts(parts.train), test: facts(parts.test) },
    };
  }
  const test = data.test === null ? null : await rowsOf(data.test, "test", folder, data);
  return {
    data: {
      train: own ?? data.train,
      test: data.test === null ? null : (localFile(data.test, folder) ?? data.test),
    },
    facts: train && test ? { train: facts(train), test: facts(test) } : null,
  };
}

/** A path as a config in `folder` has it; names that are no paths stay. */
export const fromFolder = <T extends string | null>(source: T, folder: string): T | string =>
  source !== null && source.startsWith("/") ? relative(folder, source) : source;
