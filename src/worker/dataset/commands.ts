// The table of the data worker's commands, and the one function that answers a question or says why not.
import { resolveConfig } from "../../config/schema";
import {
  copyDataset,
  findDataset,
  importDataset,
  listDatasets,
  unfinishedRunsOn,
  type LabDb,
} from "../../data/db";
import { Draft } from "../../data/draft/draft";
import { freeName } from "../../data/importDataset";
import { blobSource } from "../../data/files";
import { HUB_ADDRESS } from "../../data/library/hub";
import { firstRows, inspectHubDataset } from "../../data/library/hubDatasets";
import type { FileStore } from "../../data/library/fileStore";
import { LabError } from "../../lib/errors";
import { hubAddress } from "../sources";
import { failureOf } from "./failure";
import { OpenDraft, openStoredRows, type RowList } from "./opened";
import type { DataAnswer, DataCommand, DataCommands, DataQuestion } from "./protocol";
import { openReader } from "./reader";
import { renderSamples } from "./render";

export interface DataContext {
  /** The page's root, where `models/` lies. */
  root: string;
  store: Promise<FileStore | null>;
  /** Opens the database for one piece of work. */
  withDb: <T>(work: (db: LabDb) => Promise<T>) => Promise<T>;
  /** What the page looks at; null = nothing. */
  opened: RowList | null;
  /** The file that is being made ready; it stays while a stored dataset is looked at. */
  draft: OpenDraft | null;
}

type Handler<K extends DataCommand> = (
  context: DataContext,
  ask: DataCommands[K]["ask"],
) => Promise<DataCommands[K]["answer"]> | DataCommands[K]["answer"];

const addressOf = ({ withDb, root }: DataContext): Promise<string> =>
  withDb((db) => hubAddress(db, root)).catch(() => HUB_ADDRESS);

const HANDLERS: { [K in DataCommand]: Handler<K> } = {
  "draft.open": async (context, { file, name, most }) => {
    context.opened = context.draft = null;
    const draft = new OpenDraft(await Draft.open(blobSource(file, name), most));
    context.opened = context.draft = draft;
    return draft.view;
  },
  "hub.look": async (context, { name, revision }) =>
    inspectHubDataset(name, revision, { address: await addressOf(context) }),
  "hub.read": async (context, { dataset, part, rows }) => {
    const { name, text } = await firstRows(dataset, part, rows, { address: await addressOf(context) });
    return { file: new Blob([text]), name };
  },
  "draft.present": (context) => {
    context.opened = context.draft;
    return context.draft?.view ?? null;
  },
  "draft.close": (context) => (context.opened = context.draft = null),
  "draft.choose": (context, { choices, split }) => {
    const open = draftOf(context);
    if (choices) open.draft.choose(choices);
    open.changed(split);
    return open.view;
  },
  "draft.test": async (context, { file, name }) => {
    const open = draftOf(context);
    await open.addTestFile(blobSource(file, name));
    return open.view;
  },
  "draft.untest": (context, { name }) => {
    const open = draftOf(context);
    open.removeTestFile(name);
    return open.view;
  },
  "draft.drop": (context, { rows }) => {
    const open = draftOf(context);
    const indexes =
      rows === "found"
        ? open.found.map((_, place) => open.at(place)!.index)
        : "kind" in rows
          ? open.indexesOf(rows.kind)
          : rows;
    open.draft.drop([...new Set(indexes)]);
    open.changed();
    return open.view;
  },
  "draft.change": (context, { index, texts }) => {
    const open = draftOf(context);
    open.draft.change(index, texts);
    open.changed();
    return open.view;
  },
  "draft.measure": async (context, { config, mayFetch }) => {
    const open = draftOf(context);
    const reader = await openReader(context, resolveConfig(config).model, mayFetch);
    if ("away" in reader) return reader;
    open.measure(reader);
    return open.view;
  },
  "draft.undo": (context) => {
    const open = draftOf(context);
    open.draft.undo();
    open.changed();
    return open.view;
  },
  "draft.keep": async (context, { datasetId }) => {
    const { parts, about } = draftOf(context).dataset();
    const record = await context.withDb((db) =>
      importDataset(db, { datasetId, name: datasetId, origin: "file", revision: 1, ...about }, parts),
    );
    context.opened = context.draft = null;
    return record;
  },
  "draft.texts": (context, { index }) => draftOf(context).draft.texts(index),
  "stored.named": (context, { name }) =>
    context.withDb(async (db) => {
      const record = await findDataset(db, name);
      if (!record) return null;
      const names = (await listDatasets(db)).flatMap((one) => [one.datasetId, one.name]);
      const runs = (await unfinishedRunsOn(db, record.datasetId)).length;
      return { record, free: freeName(name, names), runs };
    }),
  "stored.open": (context, { datasetId }) =>
    context.withDb(async (db) => {
      const record = await findDataset(db, datasetId);
      if (!record)
        throw new LabError("data", `The dataset ${datasetId} is not stored here.`, "Import its file again.");
      context.opened = await openStoredRows(db, record);
      return context.opened.list;
    }),
  "stored.copy": (context, { datasetId, as }) => context.withDb((db) => copyDataset(db, datasetId, as)),
  "list.filter": (context, { filter }) => openedIn(context).filter(filter),
  "list.rows": (context, { from, count }) => openedIn(context).page(from, count),
  "list.render": async (context, { config, places, mayFetch }) => {
    const rows = openedIn(context);
    const samples = places.flatMap((place) => rows.at(place)?.sample ?? []);
    const reader = await openReader(context, resolveConfig(config).model, mayFetch);
    return "away" in reader ? reader : renderSamples(samples, reader);
  },
};

const closed = () => new LabError("data", "The file is not open any more.", "Choose it again.");

function draftOf({ draft }: DataContext): OpenDraft {
  if (draft) return draft;
  throw closed();
}

function openedIn({ opened }: DataContext): RowList {
  if (opened) return opened;
  throw closed();
}

/** Never throws: what goes wrong is the answer. */
export async function answer(context: DataContext, { command, id, ask }: DataQuestion): Promise<DataAnswer> {
  try {
    // The table pairs each command with its handler; the compiler cannot follow that through a variable.
    const handler = HANDLERS[command] as (context: DataContext, ask: unknown) => unknown;
    return { id, answer: await handler(context, ask) };
  } catch (thrown) {
    return { id, failure: failureOf(thrown) };
  }
}
