// Malformed inputs: each must be refused in one clear sentence that says what its expectation asks for, soon, and
// without anything stored.
import { readDataset } from "../data/dataset";
import { openGguf } from "../data/gguf";
import { loadModelConfig } from "../data/modelConfig";
import { checkValues, openModel } from "../data/modelFolder";
import { readAdapter } from "../data/peft";
import { urlFolder, urlSource } from "../data/urlSource";
import { LabError } from "../lib/errors";
import type { Row } from "./runCase";
import { parseBad, type BadSpec } from "./spec";

export interface BadJob {
  label: string;
  /** Folder of `expect.json`, a web address ending in a slash. */
  base: string;
}

/** ms after which a refusal counts as a hang. */
const PATIENCE_MS = 30_000;

/** Loads as far as the lab does before it stores or uploads anything. */
async function feed({ kind, path, model }: BadSpec["feed"], base: string): Promise<void> {
  const at = (relative: string) => urlFolder(new URL(`${relative}/`, base).href, relative);
  const file = async () => {
    const source = await urlSource(new URL(path, base).href, path);
    if (!source) throw new Error(`${path} is missing`);
    return source;
  };
  if (kind === "model") await checkValues(await openModel(at(path)));
  else if (kind === "adapter") {
    if (!model) throw new Error("feed.model is missing");
    await readAdapter(at(path), await loadModelConfig(at(model)));
  } else if (kind === "dataset") await readDataset(await file());
  else await checkValues(await openGguf(await file()));
}

/** Everything this origin keeps: databases with their stores' sizes, and files. */
async function stored(): Promise<string> {
  const found: string[] = [];
  for (const { name, version } of await indexedDB.databases()) found.push(`${name} ${version}`);
  const root = await navigator.storage.getDirectory().catch(() => null);
  if (root) for await (const name of root.keys()) found.push(name);
  return found.sort().join("\n");
}

async function attempt(work: Promise<void>): Promise<unknown> {
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

/** One row: refused as asked for, or why not. */
export async function runBad(job: BadJob, onRow: (row: Row) => void): Promise<void> {
  const start = performance.now();
  let message: string;
  let check = "rejected";
  try {
    const response = await fetch(new URL("expect.json", job.base));
    const spec = parseBad(await response.json(), "expect.json");
    check = `rejected (${spec.feed.kind})`;
    const before = await stored();
    message = judgeRefusal(await attempt(feed(spec.feed, job.base)), spec.must_mention);
    if (message === "" && (await stored()) !== before) message = "something was stored before the refusal";
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

/** The good model (and adapter) that malformed ones were made from: must load, or the refusals prove nothing. */
export async function runBase(job: BadJob & { adapter: boolean }, onRow: (row: Row) => void): Promise<void> {
  const start = performance.now();
  const model = urlFolder(new URL("model/", job.base).href, "model");
  const thrown = await attempt(
    (async () => {
      await checkValues(await openModel(model));
      if (job.adapter)
        await readAdapter(
          urlFolder(new URL("adapter/", job.base).href, "adapter"),
          await loadModelConfig(model),
        );
    })(),
  );
  const message =
    thrown === null ? "" : `refused: ${thrown instanceof Error ? thrown.message : String(thrown)}`;
  onRow({
    case: job.label,
    check: "loads",
    kind: "bad",
    share: message ? Infinity : 0,
    message,
    elapsedMs: performance.now() - start,
  });
}
