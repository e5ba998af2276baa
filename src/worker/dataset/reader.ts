// How the chosen model reads text: its tokenizer and template, opened without its weights and without a GPU, by the same
// functions that open it for a run.
import type { ResolvedConfig } from "../../config/schema";
import { builtinName, openBuiltinModel } from "../../data/builtin";
import { openChosen, openGguf } from "../../data/gguf";
import { findDownloaded } from "../../data/library/download";
import { hubFolder, hubSource, inspectHubModel } from "../../data/library/hub";
import { libraryId, openStored } from "../../data/library/models";
import { openModel, type OpenModel } from "../../data/modelFolder";
import type { TextTokenizer } from "../../data/tokenizer";
import { urlFolder } from "../../data/urlSource";
import { LabError } from "../../lib/errors";
import { MAX_ROWS } from "../limit";
import { fileAt, hubAddress, lastPart } from "../sources";
import type { DataContext } from "./commands";
import type { Away } from "./protocol";

export interface Reader {
  /** As people know the model. */
  model: string;
  tokenizer: TextTokenizer;
  endTokens: readonly number[];
  /** Tokens that a sample may have. */
  longest: number;
}

type ModelSettings = ResolvedConfig["model"];

/** The last one is kept: rows are looked at again and again. */
let kept: { key: string; reader: Reader } | null = null;

/**
 * @param mayFetch whether the tokenizer may be fetched from the hub or another site
 * @throws LabError "model", "network", "storage"
 */
export async function openReader(
  context: DataContext,
  settings: ModelSettings,
  mayFetch: boolean,
): Promise<Reader | Away> {
  const key = JSON.stringify([settings.source, settings.revision]);
  if (kept?.key === key) return kept.reader;
  const model = await open(context, settings, mayFetch);
  if ("away" in model) return model;
  if (!model.tokenizer)
    throw new LabError("model", `${model.name} has no tokenizer.`, "Add tokenizer.json of the same model.");
  const reader = {
    model: model.name.replace(/^builtin:/, ""),
    tokenizer: model.tokenizer,
    endTokens: model.config.eosTokenIds,
    longest: Math.min(MAX_ROWS, model.config.maxPosition),
  };
  kept = { key, reader };
  return reader;
}

async function open(
  { root, store: opening, withDb }: DataContext,
  { source, revision }: ModelSettings,
  mayFetch: boolean,
): Promise<OpenModel | Away> {
  const builtin = builtinName(source);
  if (builtin !== null) return openBuiltinModel(builtin, root);
  const store = await opening;
  const stored = libraryId(source);
  if (stored !== null && store) return openStored(store, stored);
  const hub = hubSource(source);
  const known = hub && store ? await findDownloaded(store, hub, revision ?? "main") : null;
  if (known && store) return openStored(store, known.modelId);
  if (!mayFetch) return { away: source };
  if (/^https?:/.test(source)) {
    if (!/\.gguf$/i.test(new URL(source).pathname)) return openModel(urlFolder(source, lastPart(source)));
    return openGguf(await fileAt(source));
  }
  if (hub) {
    const address = await withDb((db) => hubAddress(db, root));
    const info = await inspectHubModel(hub, revision ?? "main", { address });
    const sizes = new Map(info.files.map(({ name, bytes }) => [name, bytes]));
    return openChosen(hubFolder(info, sizes, { address }));
  }
  throw new LabError(
    "model",
    `${source} is no model this page can open.`,
    "Choose another one under “Models”.",
    {
      source,
    },
  );
}
