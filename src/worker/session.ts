// The worker's conversation with the page: one handler a command. It owns the engine, the runs and their storage;
// one piece of engine work at a time.
import { resolveConfig, runName, type ResolvedConfig } from "../config/schema";
import { freeBytes } from "../data/db";
import { fileFolder, memoryFolder } from "../data/files";
import { readAdapter, writeAdapter } from "../data/peft";
import { LabError, asLabError } from "../lib/errors";
import type { RunIdentity } from "../lib/events";
import type { TrainState } from "../model/engine";
import { decodeCheckpoint } from "../train/checkpoint";
import { RunControl } from "../train/control";
import type { Grader } from "../train/grader";
import { runLoop } from "../train/loop";
import { answerText } from "../train/samples";
import type { RunState } from "../train/state";
import { importAdapter, keepRunAdapter, neededAdapter } from "./adapters";
import type { Archive, StoredRun } from "./archive";
import { answerTurn, withLibraryAdapter } from "./chat";
import { adapterConfig, type EngineHost, type LoadedEngine } from "./engineHost";
import {
  exportAdapter,
  exportCheckpoint,
  exportMerged,
  exportedFiles,
  identityNotes,
  importCheckpoint,
  neededCheckpoint,
  type ExportedFile,
} from "./exporting";
import { openGrader } from "./graders";
import { CODE, rowsIdentity, runIdentity } from "./identity";
import type { Models } from "./models";
import { plannedMemory } from "./plan";
import { ProgressLine } from "./progressLine";
import type { Command, WorkerEvent } from "./protocol";
import { EventPump } from "./pump";
import { pinned, resumeNotes, sameMaterial, sameRun, startNotes, type RunNote } from "./resume";
import { scoreOnce } from "./scoreOnce";
import { loadData, type Pool } from "./sources";
import { tokenPool, type TokenPool } from "./tokenPool";

type CommandOf<K extends Command["type"]> = Extract<Command, { type: K }>;
type Handlers = { [K in Command["type"]]: (command: CommandOf<K>) => Promise<void> };

interface ActiveRun {
  runId: string;
  control: RunControl;
  line: ProgressLine;
}

export interface SessionOptions {
  root: string;
  host: EngineHost;
  models: Models;
  archive: Archive;
  post: (event: WorkerEvent, transfer?: ArrayBuffer[]) => void;
}

export class Session {
  #active: ActiveRun | null = null;
  /** What the engine is doing, in words; null = nothing. */
  #busy: string | null = null;
  /** The user has stopped the answer that is being written. */
  #enough = false;
  /** PEFT folders given with `run.import`, by run id: for generating only. */
  readonly #adapters = new Map<string, ExportedFile[]>();

  constructor(private readonly options: SessionOptions) {}

  readonly #handlers = {
    "model.prepare": async ({ requestId, config }) => {
      const resolved = resolveConfig(config);
      const loaded = await this.#work("loading a model", () => this.#load(resolved));
      this.#modelReady(requestId, resolved, loaded);
    },
    "run.start": (command) => this.#start(command),
    "run.pause": async () => this.#active?.control.pause(),
    "run.resume": async () => this.#active?.control.resume(),
    "run.step": async ({ unit }) => this.#active?.control.step(unit),
    "run.stop": async () => {
      this.#active?.control.stop();
      this.#active?.line.changed();
    },
    "run.profile": async ({ requestId, runId }) => {
      const { timer } = this.options.host;
      if (!timer || this.#active?.runId !== runId)
        throw new LabError("config", "No run is under way whose step could be timed.", "Start a run first.");
      const timed = timer.next();
      const { control } = this.#active;
      if (control.state === "paused") control.step("step");
      this.options.post({ type: "run.profiled", requestId, runId, profile: await timed });
    },
    "pool.score": (command) => this.#score(command),
    "text.generate": (command) => this.#generate(command),
    "run.export": (command) => this.#export(command),
    "run.import": async ({ requestId, runId, files }) => {
      const isAdapter = files.some(({ name }) => name.endsWith("adapter_config.json"));
      if (isAdapter) this.#adapters.set(runId, files);
      else await importCheckpoint(this.options.archive, runId, files);
      this.#done(requestId);
    },
    "memory.plan": async ({ requestId, config }) => {
      const planned = await this.options.models.plan(resolveConfig(config));
      this.options.post({ type: "memory.planned", requestId, ...planned });
    },
    "models.list": ({ requestId }) => this.#listed(requestId, null),
    "model.download": async ({ requestId, source, revision }) =>
      this.#listed(requestId, await this.options.models.download(source, revision)),
    "download.stop": async () => this.options.models.stopDownload(),
    "model.import": async ({ requestId, files }) =>
      this.#listed(requestId, await this.options.models.import(files)),
    "model.delete": async ({ requestId, modelId }) => {
      await this.options.models.remove(modelId);
      this.options.host.forget(modelId);
      await this.#listed(requestId, null);
    },
    "adapter.import": (command) => this.#importAdapter(command),
    "adapter.export": (command) => this.#exportAdapter(command),
    "chat.answer": (command) => this.#chat(command),
    "chat.stop": async () => void (this.#enough = true),
    "device.lose": () => this.options.host.lose(),
  } satisfies Handlers;

  /** Never throws: what goes wrong is posted as `failed`. */
  async handle(command: Command): Promise<void> {
    try {
      await (this.#handlers[command.type] as (command: Command) => Promise<void>)(command);
    } catch (thrown) {
      const { code, message, hint, facts } = asLabError(thrown);
      const requestId = "requestId" in command ? command.requestId : null;
      const runId = "runId" in command ? command.runId : null;
      this.options.post({ type: "failed", requestId, runId, code, message, hint, facts: { ...facts } });
    }
  }

  /** Runs engine work alone. @throws LabError "config" when something else is under way */
  async #work<T>(what: string, work: () => Promise<T>): Promise<T> {
    if (this.#busy !== null) {
      throw new LabError("config", `The engine is busy (${this.#busy}).`, "Stop or finish that first.");
    }
    this.#busy = what;
    try {
      return await work();
    } finally {
      this.#busy = null;
    }
  }

  #load(config: ResolvedConfig): Promise<LoadedEngine> {
    return this.options.host.load(config, this.options.archive.db);
  }

  async #listed(requestId: string, modelId: string | null): Promise<void> {
    const models = await this.options.models.list();
    this.options.post({ type: "models.listed", requestId, models, freeBytes: await freeBytes(), modelId });
  }

  async #importAdapter({ requestId, config: input, files }: CommandOf<"adapter.import">): Promise<void> {
    const { archive, models } = this.options;
    const { model } = resolveConfig(input);
    if (!archive.db)
      throw new LabError("storage", "This browser offers the page no storage, so adapters cannot be stored.");
    const base = { config: (await models.open(model)).config, model };
    const folder = fileFolder(files);
    const { adapterId } = await importAdapter(archive.db, folder, base, `file:${crypto.randomUUID()}`);
    this.options.post({ type: "adapter.stored", requestId, adapterId });
  }

  async #exportAdapter(command: CommandOf<"adapter.export">): Promise<void> {
    const { requestId, adapterId, what } = command;
    const { archive, host } = this.options;
    const config = resolveConfig(command.config);
    let files: ExportedFile[];
    if (what === "adapter") {
      const { record, state } = await neededAdapter(archive.db, adapterId);
      const notes = identityNotes(record.identity);
      files = exportedFiles(writeAdapter(record.config, state, record.model, config.model.revision, notes));
    } else {
      files = await this.#work("exporting", async () => {
        const loaded = await withLibraryAdapter(host, archive.db, config, adapterId);
        const made = adapterId === null ? null : (await neededAdapter(archive.db, adapterId)).record.identity;
        return exportMerged(loaded, loaded.model, made ?? null);
      });
    }
    this.#exported(requestId, files);
  }

  async #chat(command: CommandOf<"chat.answer">): Promise<void> {
    const { requestId, adapterId } = command;
    const { archive, host, post } = this.options;
    const config = resolveConfig(command.config);
    const from = performance.now();
    const answer = await this.#work("writing an answer", async () => {
      this.#enough = false;
      const loaded = await withLibraryAdapter(host, archive.db, config, adapterId);
      return answerTurn(loaded, command, adapterId !== null, {
        tokens: (soFar) => post({ type: "chat.tokens", requestId, answer: soFar }),
        stopped: () => this.#enough,
      });
    });
    post({ type: "chat.answered", requestId, answer, tookMs: performance.now() - from });
  }

  #exported(requestId: string, files: ExportedFile[]): void {
    this.options.post(
      { type: "run.exported", requestId, files },
      files.map(({ bytes }) => bytes),
    );
  }

  #done(requestId: string): void {
    this.options.post({ type: "request.done", requestId });
  }

  #modelReady(requestId: string, config: ResolvedConfig, { model }: LoadedEngine): void {
    const parameters = [...model.tensors.values()].reduce(
      (sum, { shape }) => sum + shape.reduce((product, side) => product * side, 1),
      0,
    );
    const memory = plannedMemory(config, model);
    this.options.post({ type: "model.ready", requestId, name: model.name, parameters, memory });
  }

  async #rows(config: ResolvedConfig): Promise<Pool> {
    return loadData(config, this.options.archive.db, this.options.root);
  }

  async #environment({ model }: LoadedEngine): Promise<Record<string, string | number | boolean>> {
    const { info, features } = await this.options.host.gpu();
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

  async #start({ requestId, runId, config: input, resume }: CommandOf<"run.start">): Promise<void> {
    const { archive } = this.options;
    const stored = resume ? await this.#storedRun(runId) : null;
    const asked = resolveConfig(stored && input === null ? stored.config : input);
    const mended = stored ? sameRun(stored, asked) : false;
    const config = stored ? pinned(asked, resolveConfig(stored.config).model.revision) : asked;
    await this.#work(`run ${runId}`, async () => {
      // Before the checkpoint is read: nobody else may write a newer one behind it.
      const letGo = await archive.hold(runId);
      try {
        // Another tab may have brought it to its end while this one waited.
        if (stored && (await archive.finished(runId)))
          throw new LabError(
            "config",
            `The run ${stored.name} is finished, so there is nothing left to resume.`,
          );
        if (stored) await archive.claim(runId);
        await this.#begin(requestId, runId, config, stored !== null, mended);
      } finally {
        await letGo();
      }
    });
    this.#done(requestId);
  }

  /** A run that is held: loads what it needs, and trains. */
  async #begin(
    requestId: string,
    runId: string,
    config: ResolvedConfig,
    resume: boolean,
    mended: boolean,
  ): Promise<void> {
    const { archive, models } = this.options;
    const point = resume ? await neededCheckpoint(archive, runId) : null;
    const was = point && decodeCheckpoint<RunState>(point.bytes).identity;
    // Before the model: rows that changed are told at once.
    const rows = was ? await this.#rows(config) : null;
    if (was && rows) sameMaterial(was, { ...rowsIdentity(rows), weights: null });
    const loaded = await this.#load(config);
    this.#modelReady(requestId, config, loaded);
    const read = rows ?? (await this.#rows(config));
    const { name } = loaded.model;
    const identity = runIdentity(read, { name, hash: await models.hash(loaded.model) });
    if (was) sameMaterial(was, identity);
    const pool = tokenPool(read, loaded);
    // A branch moves on: the run notes the commit that it used.
    const exact = pinned(config, loaded.model.revision ?? null);
    // Before anything is stored: a reward function that cannot be read leaves no run behind.
    const grader = await openGrader(config.trainer.reward);
    try {
      if (point) {
        await archive.truncate(runId, point.eventCount);
        await archive.status(runId, "running");
        // Where things lie now; what the run computes is the same.
        await archive.reconfigure(runId, exact);
      } else {
        await archive.create({ runId, name: runName(config), config: exact, seed: config.seed });
      }
      const notes = point ? resumeNotes(was, CODE, mended) : startNotes(read.train, read.test);
      const made = { identity: point ? (was ?? undefined) : identity, notes, grader };
      await this.#run(runId, exact, { ...loaded, ...made }, pool, point);
    } finally {
      grader.dispose();
    }
  }

  async #storedRun(runId: string): Promise<StoredRun> {
    const stored = await this.options.archive.find(runId);
    if (stored) return stored;
    throw new LabError("storage", `The run ${runId} is not stored here.`, "Import its checkpoint first.");
  }

  async #run(
    runId: string,
    config: ResolvedConfig,
    loaded: LoadedEngine & { grader: Grader; notes: RunNote[]; identity: RunIdentity | undefined },
    pool: TokenPool,
    point: { eventCount: number; bytes: Uint8Array } | null,
  ): Promise<void> {
    const { archive, post, host } = this.options;
    const pump = new EventPump(
      {
        post: (first, events) => post({ type: "run.events", runId, first, events }),
        store: (first, events) => archive.append(runId, first, events),
      },
      point?.eventCount ?? 0,
    );
    const control = new RunControl();
    const line = new ProgressLine(runId, control, () => host.spending(), post);
    this.#active = { runId, control, line };
    const { grader } = loaded;
    try {
      const { status, error } = await runLoop(
        {
          runId,
          name: runName(config),
          poolName: pool.name,
          config,
          environment: await this.#environment(loaded),
          identity: loaded.identity,
          engine: loaded.engine,
          tokenizer: loaded.tokenizer,
          train: pool.train,
          test: pool.test,
          grader,
          control,
          notes: loaded.notes,
          loadMs: loaded.loadMs,
          now: () => performance.now(),
          emit: (event) => pump.emit(event),
          save: async (bytes, at) => {
            await pump.flush();
            await archive.save(runId, { ...at, bytes });
          },
          progress: (progress) => line.report(progress),
        },
        point?.bytes ?? null,
      );
      await pump.close();
      // The run is over and told; a storage that fails now must not undo that.
      await archive.status(runId, status, error?.message).catch(() => undefined);
      if (error?.code === "gpu-lost") host.drop();
      await this.#keepAdapter(runId, config).catch(() => undefined);
    } finally {
      line.close();
      host.timer?.end();
      this.#active = null;
    }
  }

  /** What the run has learnt so far becomes an adapter of the library. */
  async #keepAdapter(runId: string, config: ResolvedConfig): Promise<void> {
    const { db, ...archive } = this.options.archive;
    const point = db && (await archive.checkpoint(runId));
    if (!db || !point || point.step === 0) return;
    const { train, identity } = decodeCheckpoint<RunState>(point.bytes);
    const run = { runId, name: runName(config), config, identity };
    await keepRunAdapter(db, run, adapterConfig(config), train.adapter);
  }

  async #score({ requestId, runId, config: input }: CommandOf<"pool.score">): Promise<void> {
    const config = resolveConfig(input);
    await this.#work("scoring a pool", async () => {
      const loaded = await this.#load(config);
      this.#modelReady(requestId, config, loaded);
      const pool = tokenPool(await this.#rows(config), loaded);
      const control = new RunControl();
      const line = new ProgressLine(runId, control, () => this.options.host.spending(), this.options.post);
      this.#active = { runId, control, line };
      try {
        const events = await scoreOnce(config, loaded, pool, this.#active);
        this.options.post({ type: "run.events", runId, first: 0, events });
      } finally {
        line.close();
        this.#active = null;
      }
    });
    this.#done(requestId);
  }

  /** The engine with the adapter of a stored run or an imported folder on it; null = the base model alone. */
  async #withAdapter(runId: string | null, config: ResolvedConfig): Promise<LoadedEngine> {
    const { archive, host } = this.options;
    const files = runId === null ? undefined : this.#adapters.get(runId);
    if (files) {
      const model = await this.options.models.open(config.model);
      const folder = memoryFolder(
        runId ?? "adapter",
        new Map(files.map(({ name, bytes }) => [name, new Uint8Array(bytes)])),
      );
      const { config: adapter, state } = await readAdapter(folder, model.config);
      const loaded = await host.load(config, archive.db, adapter);
      loaded.engine.resetOptimizer();
      loaded.engine.writeState({ ...(await loaded.engine.readState()), adapter: state });
      return loaded;
    }
    const loaded = await this.#load(config);
    if (runId !== null) {
      const { bytes } = await neededCheckpoint(archive, runId);
      loaded.engine.writeState(decodeCheckpoint<RunState>(bytes).train satisfies TrainState);
    }
    return loaded;
  }

  async #generate(command: CommandOf<"text.generate">): Promise<void> {
    const { requestId, runId, prompts, maxNewTokens, temperature, topP, seed } = command;
    const config = resolveConfig(command.config);
    const answers = await this.#work("writing answers", async () => {
      const { engine, tokenizer } = await this.#withAdapter(runId, config);
      engine.setAdapterEnabled(runId !== null);
      try {
        const { eosTokenIds } = engine.config;
        const generated = await engine.generate(
          prompts.map((prompt, key) => ({ key, prompt: Uint32Array.from(tokenizer.chatIds(prompt)) })),
          { maxNewTokens, temperature, topP, topK: 0, seed, stopTokens: eosTokenIds },
        );
        return [...generated]
          .sort((a, b) => a.request - b.request)
          .map(({ request, tokens, logprob, entropy }) => ({
            prompt: prompts[request],
            text: answerText(tokens, tokenizer, eosTokenIds),
            tokens: Array.from(tokens, (id) => tokenizer.idToText(id)),
            tokenIds: Array.from(tokens),
            logprob: Array.from(logprob),
            entropy: Array.from(entropy),
          }));
      } finally {
        engine.setAdapterEnabled(true);
      }
    });
    this.options.post({ type: "text.generated", requestId, answers });
  }

  async #export({ requestId, runId, what }: CommandOf<"run.export">): Promise<void> {
    const { archive } = this.options;
    const stored = await this.#storedRun(runId);
    let files: ExportedFile[];
    if (what === "checkpoint") {
      files = await exportCheckpoint(archive, stored);
    } else {
      const config = resolveConfig(stored.config);
      const point = await neededCheckpoint(archive, runId);
      if (what === "adapter" && this.#busy !== null) {
        files = await exportAdapter(config, point, null);
      } else {
        files = await this.#work("exporting", async () => {
          const loaded = await this.#withAdapter(runId, config);
          return what === "adapter"
            ? exportAdapter(config, point, loaded)
            : exportMerged(loaded, loaded.model, decodeCheckpoint<RunState>(point.bytes).identity);
        });
      }
    }
    this.#exported(requestId, files);
  }
}
