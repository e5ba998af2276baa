// A run that has all it needs: its loop, tied to storage, page and engine, and what is kept of it afterwards.
import { runName, type ResolvedConfig } from "../config/schema";
import type { RunIdentity } from "../lib/events";
import { decodeCheckpoint } from "../train/checkpoint";
import type { Grader } from "../train/grader";
import { runLoop } from "../train/loop";
import type { RunState } from "../train/state";
import { keepRunAdapter } from "./adapters";
import type { StoredPoint } from "./archive";
import { adapterConfig, type EngineHost, type LoadedEngine } from "./engineHost";
import { EventPump } from "./pump";
import type { RunNote } from "./resume";
import type { ActiveRun, Session } from "./session";
import type { TokenPool } from "./tokenPool";

export interface ReadyRun {
  config: ResolvedConfig;
  loaded: LoadedEngine;
  pool: TokenPool;
  /** What the run is made of; undefined where a version of the lab that noted no hashes began it. */
  identity: RunIdentity | undefined;
  /** What its log must say beside what it does. */
  notes: RunNote[];
  grader: Grader;
}

/**
 * Trains to the end, to a stop or to a failure; the log's last record says which.
 * @param from the checkpoint to go on from; null = from the start
 * @throws LabError "storage" where the log could not be stored
 */
export async function trainRun(
  session: Session,
  { runId, control, line }: ActiveRun,
  { config, loaded, pool, identity, notes, grader }: ReadyRun,
  from: StoredPoint | null,
): Promise<void> {
  const { archive, post, host } = session.options;
  const pump = new EventPump(
    {
      post: (first, events) => post({ type: "run.events", runId, first, events }),
      store: (first, events) => archive.append(runId, first, events),
    },
    from?.eventCount ?? 0,
  );
  try {
    const { status, error } = await runLoop(
      {
        runId,
        name: runName(config),
        poolName: pool.name,
        config,
        environment: await environment(host, loaded),
        identity,
        engine: loaded.engine,
        tokenizer: loaded.tokenizer,
        train: pool.train,
        test: pool.test,
        grader,
        control,
        notes,
        loadMs: loaded.loadMs,
        now: () => performance.now(),
        emit: (event) => pump.emit(event),
        save: async (bytes, at) => {
          await pump.flush();
          await archive.save(runId, { ...at, bytes });
        },
        progress: (progress) => line.report(progress),
      },
      from?.bytes ?? null,
    );
    await pump.close();
    // The run is over and told; a storage that fails now must not undo that.
    await archive.status(runId, status, error?.message).catch(() => undefined);
    if (error?.code === "gpu-lost") host.drop();
    await keepAdapter(session, runId, config).catch(() => undefined);
  } finally {
    host.timer?.end();
  }
}

/** Browser and adapter, for the log. */
async function environment(
  host: EngineHost,
  { model }: LoadedEngine,
): Promise<Record<string, string | number | boolean>> {
  const { info, features } = await host.gpu();
  return {
    browser: navigator.userAgent,
    adapter: info.description,
    vendor: info.vendor,
    architecture: info.architecture,
    software: info.software,
    subgroups: features.has("subgroups"),
    ...(model.revision ? { modelRevision: model.revision } : {}),
  };
}

/** What the run has learnt so far becomes an adapter of the library. */
async function keepAdapter({ options }: Session, runId: string, config: ResolvedConfig): Promise<void> {
  const { db, ...archive } = options.archive;
  const point = db && (await archive.checkpoint(runId));
  if (!db || !point || point.step === 0) return;
  const { train, identity } = decodeCheckpoint<RunState>(point.bytes);
  const run = { runId, name: runName(config), config, identity };
  await keepRunAdapter(db, run, adapterConfig(config), train.adapter);
}
