// Opens a model from any source: built in, this browser's library, a web address, or the hub. A hub model is first
// downloaded into the library and then opened from there.
import type { ResolvedConfig } from "../config/schema";
import { builtinName, openBuiltinModel } from "../data/builtin";
import { freeBytes } from "../data/db";
import { fileFolder, type PathFile } from "../data/files";
import { bytesHere, downloadModel, findDownloaded } from "../data/library/download";
import {
  hubFolder,
  hubSource,
  inspectHubModel,
  type HubModelInfo,
  type HubSource,
} from "../data/library/hub";
import {
  bytesOf,
  importModel,
  libraryId,
  listModels,
  noteHash,
  openStored,
  type StoredModel,
} from "../data/library/models";
import type { FileStore } from "../data/library/fileStore";
import { openChosen, openGguf } from "../data/gguf";
import { filesHash } from "../data/identity";
import { openModel, type OpenModel } from "../data/modelFolder";
import type { PresentModel } from "../data/peft/otherBase";
import { tarFolder } from "../data/tar";
import { parameterCount } from "../families/tensors";
import { urlFolder } from "../data/urlSource";
import { LabError } from "../lib/errors";
import { assumedLimit, fittingIn, memoryAdvice, plannedMemory } from "./plan";
import type { PlannedModel, WorkerEvent } from "./protocol";
import { fileAt, lastPart } from "./sources";

type ModelSettings = ResolvedConfig["model"];

export interface ModelsOptions {
  /** The page's root, where `models/` lies. */
  root: string;
  store: Promise<FileStore | null>;
  hubAddress: Promise<string>;
  post: (event: WorkerEvent) => void;
}

export class Models {
  #stop: AbortController | null = null;
  #toldAtMs = -Infinity;
  readonly #hashes = new WeakMap<OpenModel, string>();

  constructor(private readonly options: ModelsOptions) {}

  /**
   * @param signal ends a download from the hub; what has come is kept
   * @throws LabError "model", "network", "storage", or the signal's reason
   */
  async open({ source, revision }: ModelSettings, signal?: AbortSignal): Promise<OpenModel> {
    const builtin = builtinName(source);
    if (builtin !== null) return openBuiltinModel(builtin, this.options.root);
    const stored = libraryId(source);
    if (stored !== null) return openStored(await this.#neededStore(), stored);
    if (/^https?:/.test(source)) {
      const { pathname } = new URL(source);
      if (/\.tar$/i.test(pathname)) return openChosen(await tarFolder(await fileAt(source)));
      if (!/\.gguf$/i.test(pathname)) return openModel(urlFolder(source, lastPart(source)));
      return openGguf(await fileAt(source));
    }
    const hub = hubSource(source);
    if (hub) return this.#openHub(hub, revision ?? "main", signal);
    throw new LabError(
      "model",
      `${source} is no model this page can open.`,
      "Use builtin:tiny, the address of a folder or .gguf file, or a hub id such as Qwen/Qwen3-0.6B.",
      { source },
    );
  }

  /** SHA-256 of the model's files (`filesHash`): once for a model of the library, else once each time it is opened. */
  async hash(model: OpenModel): Promise<string> {
    const known = model.stored?.hash ?? this.#hashes.get(model);
    if (known) return known;
    const total = bytesOf(model.files.map(({ size }) => ({ bytes: size })));
    let done = 0;
    const hash = await filesHash(model.files, (bytes) => this.#tell((done += bytes), total));
    this.#hashes.set(model, hash);
    const store = await this.options.store;
    // A hash that cannot be kept is computed again next time.
    if (store && model.stored) await noteHash(store, model.stored.modelId, hash).catch(() => undefined);
    return hash;
  }

  /** A model that an adapter is put on, as `otherBase` compares it. */
  present(model: OpenModel, { source }: ModelSettings): PresentModel {
    return { name: model.name, source, hash: () => this.hash(model) };
  }

  async #openHub(hub: HubSource, revision: string, signal?: AbortSignal): Promise<OpenModel> {
    const store = await this.options.store;
    // A branch means the commit that is here: “Models” fetches a newer one when asked to.
    const known = store && (await findDownloaded(store, hub, revision));
    if (store && known) return openStored(store, known.modelId);
    const info = await this.#inspect(hub, revision);
    if (store) return openStored(store, (await this.#fetch(store, info, signal)).modelId);
    // Without storage the weights are read from the hub each time.
    const sizes = new Map(info.files.map(({ name, bytes }) => [name, bytes]));
    const options = { address: await this.options.hubAddress };
    return { ...(await openChosen(hubFolder(info, sizes, options))), revision: info.revision };
  }

  async #inspect(hub: HubSource, revision: string): Promise<HubModelInfo> {
    return inspectHubModel(hub, revision, { address: await this.options.hubAddress });
  }

  async #fetch(store: FileStore, info: HubModelInfo, signal?: AbortSignal): Promise<{ modelId: string }> {
    signal?.throwIfAborted();
    const stop = new AbortController();
    this.#stop = stop;
    const abort = (): void => stop.abort();
    signal?.addEventListener("abort", abort);
    try {
      return await downloadModel(store, info, {
        address: await this.options.hubAddress,
        signal: stop.signal,
        onProgress: (done, total) => this.#tell(done, total),
      });
    } finally {
      signal?.removeEventListener("abort", abort);
      this.#stop = null;
    }
  }

  #tell(done: number, total: number): void {
    const now = performance.now();
    if (done < total && now - this.#toldAtMs < 100) return;
    this.#toldAtMs = now;
    this.options.post({ type: "model.progress", phase: "fetch", done, total, unit: "bytes" });
  }

  /** What a config's model needs: bytes to download and GPU memory, before either is spent. */
  async plan(config: ResolvedConfig): Promise<PlannedModel> {
    const { source, revision } = config.model;
    const hub = hubSource(source);
    const store = await this.options.store;
    const known = hub && store ? await findDownloaded(store, hub, revision ?? "main") : null;
    const info = hub && !known ? await this.#inspect(hub, revision ?? "main") : null;
    const model = info ?? (await this.open(config.model));
    const memory = plannedMemory(config, model);
    const limitBytes = assumedLimit();
    const fit = fittingIn(limitBytes, config, model);
    return {
      name: model.name,
      revision: model.revision ?? null,
      parameters: parameterCount(model.config),
      memory,
      limitBytes,
      ...fit,
      advice: memoryAdvice(memory, limitBytes, fit),
      download: info && {
        files: info.files,
        totalBytes: bytesOf(info.files),
        hereBytes: store ? await bytesHere(store, info) : 0,
        freeBytes: await freeBytes(),
      },
    };
  }

  async list(): Promise<StoredModel[]> {
    const store = await this.options.store;
    return store ? listModels(store) : [];
  }

  /** Looks the revision up anew, and brings what is missing. @returns the library's id */
  async download(source: string, revision: string | null): Promise<string> {
    const hub = hubSource(source);
    if (!hub) {
      throw new LabError(
        "model",
        `${source} is no hub id.`,
        "A hub id has an owner and a name: Qwen/Qwen3-0.6B.",
      );
    }
    const store = await this.#neededStore();
    return (await this.#fetch(store, await this.#inspect(hub, revision ?? "main"))).modelId;
  }

  stopDownload(): void {
    this.#stop?.abort();
  }

  /** See `importModel`. @returns the library's id */
  async import(files: readonly PathFile[]): Promise<string> {
    const folder = fileFolder(files);
    const alone = files.length === 1 ? files[0].file.name : null;
    const named = alone ? { ...folder, name: alone } : folder;
    const store = await this.#neededStore();
    const { modelId } = await importModel(store, named, {
      onProgress: (done, total) => this.#tell(done, total),
    });
    return modelId;
  }

  async remove(modelId: string): Promise<void> {
    await (await this.#neededStore()).remove(modelId);
  }

  async #neededStore(): Promise<FileStore> {
    const store = await this.options.store;
    if (store) return store;
    throw new LabError(
      "storage",
      "This browser offers the page no file storage, so models cannot be stored.",
      "Leave private browsing, or allow storage for this site.",
    );
  }
}
