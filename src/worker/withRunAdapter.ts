// The engine with what a run has learnt on it, for exports and answers.
import type { ResolvedConfig } from "../config/schema";
import { memoryFolder } from "../data/files";
import { readAdapter } from "../data/peft";
import { otherBase } from "../data/peft/otherBase";
import { unpacked } from "../data/tar";
import { decodeCheckpoint } from "../train/checkpoint";
import type { RunState } from "../train/state";
import type { LoadedEngine } from "./engineHost";
import { neededCheckpoint, type GivenFile } from "./exporting";
import type { Session } from "./session";

/**
 * @param runId a stored run, or a folder given with `run.import`; null = the base model alone
 * @throws LabError "storage", "adapter"
 */
export async function withRunAdapter(
  session: Session,
  runId: string | null,
  config: ResolvedConfig,
): Promise<LoadedEngine> {
  if (runId === null) return session.load(config);
  const files = session.importedAdapters.get(runId);
  if (files) return withImported(session, runId, files, config);
  const loaded = await session.load(config);
  const { bytes } = await neededCheckpoint(session.options.archive, runId);
  loaded.engine.writeState(decodeCheckpoint<RunState>(bytes).train);
  return loaded;
}

async function withImported(
  { options, adapterNotes }: Session,
  name: string,
  files: readonly GivenFile[],
  config: ResolvedConfig,
): Promise<LoadedEngine> {
  const { archive, host, models } = options;
  const model = await models.open(config.model);
  const bytes = new Map(files.map((file) => [file.name, new Uint8Array(file.bytes)]));
  const {
    config: adapter,
    state,
    ...origin
  } = await readAdapter(await unpacked(memoryFolder(name, bytes), "adapter"), model.config);
  const note = await otherBase(origin, models.present(model, config.model));
  adapterNotes.set(name, note === null ? [] : [note]);
  const loaded = await host.load(config, archive.db, { adapter });
  loaded.engine.resetOptimizer();
  loaded.engine.writeState({ ...(await loaded.engine.readState()), adapter: state });
  return loaded;
}
