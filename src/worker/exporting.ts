// Exports a stored run as files: a PEFT adapter with a probe to check it by, a merged model, or a checkpoint that
// another browser or the command can resume.
import type { ResolvedConfig } from "../config/schema";
import type { OpenModel } from "../data/modelFolder";
import { exportBase } from "../data/exports/base";
import { adapterReadme, README } from "../data/exports/readme";
import { writeAdapter } from "../data/peft";
import { readFloats, readInts, writeSafetensors, type TensorData } from "../data/safetensors";
import { LabError } from "../lib/errors";
import type { RunEvent, RunIdentity } from "../lib/events";
import { decodeCheckpoint } from "../train/checkpoint";
import { pack } from "../train/pack";
import type { RunState } from "../train/state";
import type { AdapterConfig } from "../families/config";
import type { AdapterState } from "../model/engine";
import type { Archive, StoredPoint, StoredRun } from "./archive";
import type { LoadedEngine } from "./engineHost";

export interface ExportedFile {
  name: string;
  bytes: ArrayBuffer;
}

const RUN_FILE = "run.json";
const LOG_FILE = "events.jsonl";
const STATE_FILE = "checkpoint.bin";
/** Logits of the probe at most, bytes. */
const PROBE_LIMIT = 32 * 2 ** 20;

const file = (name: string, bytes: Uint8Array): ExportedFile => ({
  name,
  bytes: bytes.slice().buffer,
});
const text = (name: string, value: string): ExportedFile => file(name, new TextEncoder().encode(value));

export function exportedFiles(files: readonly { name: string; bytes: Uint8Array }[]): ExportedFile[] {
  return files.map(({ name, bytes }) => file(name, bytes));
}

/** For a weight file's metadata: what the run that made it was made of. */
export function identityNotes(identity: RunIdentity | null | undefined): Record<string, string> {
  return identity ? { proximal: JSON.stringify(identity) } : {};
}

/** @throws LabError "storage" when the run has no checkpoint */
export async function neededCheckpoint(archive: Archive, runId: string): Promise<StoredPoint> {
  const point = await archive.checkpoint(runId);
  if (point) return point;
  throw new LabError(
    "storage",
    `The run ${runId} has no checkpoint here.`,
    "A run writes its first one before its first step.",
  );
}

/** Everything another browser needs to go on with the run. */
export async function exportCheckpoint(archive: Archive, run: StoredRun): Promise<ExportedFile[]> {
  const point = await neededCheckpoint(archive, run.runId);
  const events = (await archive.events(run.runId)).slice(0, point.eventCount);
  const { round, step, eventCount } = point;
  return [
    text(
      RUN_FILE,
      `${JSON.stringify({ format: "proximal-run", version: 1, ...run, round, step, eventCount })}\n`,
    ),
    text(LOG_FILE, events.map((event) => `${JSON.stringify(event)}\n`).join("")),
    file(STATE_FILE, point.bytes),
  ];
}

/** Puts `exportCheckpoint`'s files back, as run `runId`. @throws LabError "storage" */
export async function importCheckpoint(
  archive: Archive,
  runId: string,
  files: readonly ExportedFile[],
): Promise<void> {
  const part = (name: string): Uint8Array => {
    const found = files.find((entry) => entry.name === name);
    if (found) return new Uint8Array(found.bytes);
    throw new LabError(
      "storage",
      `The checkpoint has no ${name}.`,
      "Give all files of the checkpoint folder.",
    );
  };
  const bytes = part(STATE_FILE);
  const about = parse(RUN_FILE, new TextDecoder().decode(part(RUN_FILE))) as Partial<StoredRun> &
    Partial<StoredPoint>;
  const lines = new TextDecoder()
    .decode(part(LOG_FILE))
    .split("\n")
    .filter((line) => line !== "");
  const events = lines.map((line) => parse(LOG_FILE, line) as RunEvent);
  const { state } = decodeCheckpoint<RunState>(bytes);
  if (about.eventCount !== events.length || state.eventCount !== events.length) {
    throw new LabError(
      "storage",
      `The checkpoint belongs to ${state.eventCount} records of the log, but ${LOG_FILE} has ${events.length}.`,
      "Give the files of one checkpoint.",
    );
  }
  if (await archive.find(runId)) await archive.remove(runId);
  await archive.create({ runId, name: about.name ?? runId, config: about.config, seed: about.seed ?? 0 });
  await archive.append(runId, 0, events);
  const { round, step } = state;
  await archive.save(runId, { round, step, eventCount: events.length, bytes });
}

function parse(name: string, line: string): unknown {
  try {
    return JSON.parse(line) as unknown;
  } catch {
    throw new LabError(
      "storage",
      `${name} of the checkpoint is not valid JSON.`,
      "Export the checkpoint again.",
    );
  }
}

/** PEFT's two files, and a README that says what they belong to. */
export function adapterFiles({ name, model, config, state, identity }: NamedAdapter): ExportedFile[] {
  const base = exportBase(model);
  const files = writeAdapter(config, state, base.name, base.revision, identityNotes(identity));
  return [...exportedFiles(files), text(README, adapterReadme(name, base, config, identity))];
}

/** An adapter with what its export says of it. */
export interface NamedAdapter {
  name: string;
  /** Settings of the model that it was trained on. */
  model: ResolvedConfig["model"];
  config: AdapterConfig;
  state: AdapterState;
  /** Of the run that trained it. */
  identity: RunIdentity | null;
}

/**
 * As `adapterFiles`, and `probe.safetensors`: the ids of one document and our logits for it.
 * @param loaded the engine with this run's adapter on it, or null: then without a probe
 */
export async function exportAdapter(
  run: { name: string; config: ResolvedConfig },
  point: StoredPoint,
  loaded: LoadedEngine | null,
): Promise<ExportedFile[]> {
  const { train, identity } = decodeCheckpoint<RunState>(point.bytes);
  const { rank, alpha, targets, rslora } = run.config.adapter;
  const adapter = loaded?.adapter ?? { rank, alpha, targets, useRslora: rslora, layers: null };
  const out = adapterFiles({
    ...{ name: run.name, model: run.config.model, config: adapter },
    ...{ state: train.adapter, identity },
  });
  if (loaded) {
    const probe = await probeOf(loaded);
    if (probe) out.push(file("probe.safetensors", probe));
  }
  return out;
}

async function probeOf({ engine, tokenizer }: LoadedEngine): Promise<Uint8Array | null> {
  const { vocab } = engine.config;
  const wanted = tokenizer.chatIds("What is 12+7?").slice(0, 64);
  const ids = wanted.slice(0, Math.floor(PROBE_LIMIT / (4 * vocab)));
  if (ids.length < 2) return null;
  const { batch } = pack([{ prefix: [], children: [{ tokens: ids, targetFrom: ids.length }] }]);
  const logits = await engine.logits(
    batch,
    Uint32Array.from(ids, (_, row) => row),
  );
  return writeSafetensors(
    new Map<string, TensorData>([
      ["input_ids", { dtype: "I32", shape: [ids.length], values: Int32Array.from(ids) }],
      ["logits", { dtype: "F32", shape: [ids.length, vocab], values: logits }],
    ]),
  );
}

/**
 * Every tensor of the model, adapted ones with the adapter worked in; f32.
 * @param identity of the run that trained the adapter
 */
export async function exportMerged(
  { engine, adapter }: LoadedEngine,
  model: OpenModel,
  identity: RunIdentity | null,
): Promise<ExportedFile[]> {
  const tensors = new Map<string, TensorData>();
  for (const [name, entry] of model.tensors) {
    const linear = name.split(".").at(-2) ?? "";
    const adapted = name.endsWith(".weight") && adapter.targets.some((target) => target === linear);
    if (entry.dtype === "I32") {
      tensors.set(name, { dtype: "I32", shape: entry.shape, values: await readInts(entry) });
    } else {
      const values = adapted ? await engine.merged(name) : await readFloats(entry);
      tensors.set(name, { dtype: "F32", shape: entry.shape, values });
    }
  }
  return [file("model.safetensors", writeSafetensors(tensors, { format: "pt", ...identityNotes(identity) }))];
}
