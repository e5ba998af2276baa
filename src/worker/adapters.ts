// Adapters of the library: stores one when a run ends or when PEFT files are imported, and applies one to an engine
// that is already loaded, so that changing the adapter does not upload the model's weights again.
import type { ResolvedConfig } from "../config/schema";
import { loadAdapter, saveAdapter, type AdapterRecord, type LabDb } from "../data/db";
import type { ModelFolder } from "../data/files";
import { readAdapter } from "../data/peft";
import { otherBase, type PresentModel } from "../data/peft/otherBase";
import { LabError } from "../lib/errors";
import type { RunIdentity } from "../lib/events";
import { LINEARS, scaleOf, type AdapterConfig, type DecoderConfig } from "../families/config";
import type { AdapterState } from "../model/engine";

const FACTOR = /\.lora_([AB])\.weight$/;

/** One shape that takes every adapter up to its rank: all linears of all layers, scale 1. */
export function roomyShape(rank: number): AdapterConfig {
  return { rank, alpha: rank, targets: [...LINEARS], useRslora: false, layers: null };
}

/**
 * An adapter's weights in the shape of an engine built for another: further ranks and modules are zero, and B carries
 * the ratio of the scales. The product is the same.
 * @param shapes names and shapes of the engine's own factors.
 * @returns null when the engine has no place for it.
 */
export function fitInto(
  engine: AdapterConfig,
  shapes: ReadonlyMap<string, { shape: readonly [number, number] }>,
  adapter: AdapterConfig,
  state: AdapterState,
): AdapterState | null {
  if (adapter.rank > engine.rank) return null;
  for (const [name, { shape }] of state) {
    const place = shapes.get(name)?.shape;
    const axis = FACTOR.exec(name)?.[1] === "A" ? 1 : 0;
    if (!place || place[axis] !== shape[axis]) return null;
  }
  const ratio = scaleOf(adapter) / scaleOf(engine);
  return new Map(
    [...shapes].map(([name, { shape }]) => {
      const [rows, columns] = shape;
      const own = state.get(name);
      const values = new Float32Array(rows * columns);
      const factor = FACTOR.exec(name)?.[1] === "B" ? ratio : 1;
      const [ownRows, ownColumns] = own?.shape ?? [0, 0];
      for (let row = 0; row < ownRows; row++)
        for (let column = 0; column < ownColumns; column++)
          values[row * columns + column] = own!.values[row * ownColumns + column] * factor;
      return [name, { shape: [rows, columns], values }];
    }),
  );
}

/** The model's name as adapters note it; a hub model's adapters serve all its revisions. */
export const baseName = ({ source }: ResolvedConfig["model"]): string => source;

/** Puts what a run has learnt into the library, under the run's id. */
export async function keepRunAdapter(
  db: LabDb,
  run: { runId: string; name: string; config: ResolvedConfig; identity: RunIdentity | null },
  adapter: AdapterConfig,
  state: AdapterState,
): Promise<AdapterRecord> {
  const { runId, name, config, identity } = run;
  const made = identity ? { identity } : {};
  return saveAdapter(
    db,
    { adapterId: `run:${runId}`, name, runId, model: baseName(config.model), config: adapter, ...made },
    state,
  );
}

/** PEFT's files, checked against the model they are to sit on, then stored whole. @throws LabError "adapter", "storage" */
export async function importAdapter(
  db: LabDb,
  folder: ModelFolder,
  base: { config: DecoderConfig; model: ResolvedConfig["model"]; present?: PresentModel },
  adapterId: string,
): Promise<AdapterRecord> {
  const { config, state, baseModel, identity } = await readAdapter(folder, base.config);
  const note = base.present ? await otherBase({ baseModel, identity }, base.present) : null;
  const about = {
    ...(baseModel === "" ? {} : { baseModel }),
    ...(identity === null ? {} : { identity }),
    ...(note === null ? {} : { notes: [note] }),
  };
  return saveAdapter(
    db,
    { adapterId, name: folder.name, runId: null, model: baseName(base.model), config, ...about },
    state,
  );
}

/** @throws LabError "adapter" when it is not in the library. */
export async function neededAdapter(
  db: LabDb | null,
  adapterId: string,
): Promise<{ record: AdapterRecord; state: AdapterState }> {
  const found = db && (await loadAdapter(db, adapterId));
  if (found) return found;
  throw new LabError(
    "adapter",
    `The adapter ${adapterId} is not in this browser's library.`,
    "It may have been deleted in another tab: choose another.",
    { adapterId },
  );
}
