// What a run has learnt, or an adapter of the library, as files for other programs: PEFT's two files with a probe to
// check them by, llama.cpp's one file, or the whole model with the adapter worked in.
import type { ResolvedConfig } from "../config/schema";
import { adapterGguf } from "../data/exports/adapterGguf";
import { exportBase } from "../data/exports/base";
import { mergedBytes } from "../data/exports/merged";
import { adapterReadme, mergedReadme, README } from "../data/exports/readme";
import { sideFiles } from "../data/exports/sideFiles";
import type { OpenModel } from "../data/modelFolder";
import { writeAdapter } from "../data/peft";
import { writeSafetensors, type TensorData } from "../data/safetensors";
import type { AdapterConfig } from "../families/config";
import type { RunIdentity } from "../lib/events";
import type { AdapterState } from "../model/engine";
import { decodeCheckpoint } from "../train/checkpoint";
import { pack } from "../train/pack";
import type { RunState } from "../train/state";
import type { StoredPoint } from "./archive";
import { adapterConfig, type LoadedEngine } from "./engineHost";
import { exportedFile, exportedText, streamedFile, type ExportedFile } from "./exportFiles";

/** Logits of the probe at most, bytes. */
const PROBE_LIMIT = 32 * 2 ** 20;

/** For a weight file's metadata: what the run that made it was made of. */
function identityNotes(identity: RunIdentity | null): Record<string, string> {
  return identity ? { proximal: JSON.stringify(identity) } : {};
}

/** PEFT's two files, and a README that says what they belong to. */
export function adapterFiles({
  name,
  model,
  baseModel,
  config,
  state,
  identity,
}: NamedAdapter): ExportedFile[] {
  const base = exportBase(model);
  base.name ??= baseModel ?? null;
  const files = writeAdapter(config, state, base.name, base.revision, identityNotes(identity));
  return [
    ...files.map((file) => exportedFile(file.name, file.bytes)),
    exportedText(README, adapterReadme(name, base, config, identity)),
  ];
}

/** An adapter with what its export says of it. */
export interface NamedAdapter {
  name: string;
  /** Settings of the model that it was trained on. */
  model: ResolvedConfig["model"];
  /** What its own file said, where it was imported. */
  baseModel?: string;
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
  const out = adapterFiles(runAdapter(run, point, loaded?.adapter));
  if (loaded) {
    const probe = await probeOf(loaded);
    if (probe) out.push(exportedFile("probe.safetensors", probe));
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

/** What a run had learnt at its checkpoint. @param adapter its shape, where it is not the config's */
export function runAdapter(
  { name, config }: { name: string; config: ResolvedConfig },
  { bytes }: StoredPoint,
  adapter: AdapterConfig = adapterConfig(config),
): NamedAdapter {
  const { train, identity } = decodeCheckpoint<RunState>(bytes);
  return { name, model: config.model, config: adapter, state: train.adapter, identity };
}

/**
 * The whole model with the adapter worked in, as a folder that needs nothing else: each tensor in the type it is stored in,
 * shape, generation settings, tokenizer and chat template, and a README.
 * @throws LabError "adapter" where it does not fit the model
 */
export async function exportMerged(
  { name, model: settings, config, state, identity }: NamedAdapter,
  model: OpenModel,
  onBytes?: (done: number, total: number) => void,
): Promise<ExportedFile[]> {
  const { files, normShift } = await sideFiles(model);
  const options = { metadata: identityNotes(identity), normShift, onBytes };
  const base = exportBase(settings);
  return [
    ...files.map((file) => exportedFile(file.name, file.bytes)),
    await streamedFile("model.safetensors", mergedBytes(model, config, state, options)),
    exportedText(README, mergedReadme(name, base, identity)),
  ];
}

/** The adapter for llama.cpp and wllama: one file. @throws LabError "adapter" where it does not fit the model */
export function exportGguf({ name, config, state }: NamedAdapter, model: OpenModel): ExportedFile[] {
  return [exportedFile("adapter.gguf", adapterGguf(name, config, state, model.config))];
}

/** What needs the model that the adapter belongs to. */
export function intoModel(
  what: "merged" | "gguf",
  adapter: NamedAdapter,
  model: OpenModel,
  onBytes: (done: number, total: number) => void,
): ExportedFile[] | Promise<ExportedFile[]> {
  return what === "gguf" ? exportGguf(adapter, model) : exportMerged(adapter, model, onBytes);
}
