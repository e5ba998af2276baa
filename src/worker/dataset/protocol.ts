// The messages between the page and its data worker: one request, one answer. Types and nothing else. The data worker reads
// files, looks through their rows and stores them, so that the page never waits for any of it; it has no GPU. The page gets
// counts, and of the rows no more than PAGE_ROWS at once.
import type { DatasetRecord } from "../../data/db";
import type { FindingKind } from "../../data/dataset/findings";
import type { HubDataset, HubPart } from "../../data/library/hubDatasetName";
import type { DraftChoices } from "../../data/draft/draft";
import type { Counted, Filter } from "../../data/draft/list";
import type { SplitChoice } from "../../data/draft/parts";
import type { RowText } from "../../data/draft/texts";
import type { LabErrorCode } from "../../lib/errors";

/** Rows that one answer holds at most: what the page takes over in one task. */
export const PAGE_ROWS = 100;

/** A token of a rendered sample, and what training makes of it. */
export interface RenderedToken {
  text: string;
  /** Given to the model; trained; trained and ends the turn; written by the template behind that and never seen; left out here. */
  role: "prompt" | "target" | "end" | "behind" | "gap";
}

export interface RenderedSample {
  sampleId: string;
  tokens: RenderedToken[];
  /** Tokens given and tokens trained; 0 where the sample cannot be rendered. */
  promptTokens: number;
  targetTokens: number;
  /** Why the model cannot be trained on it; null where it can. */
  problem: { message: string; hint: string } | null;
}

export interface Rendering {
  /** As people know the model. */
  model: string;
  /** False: the model has no chat template, and a plain one is used. */
  hasChatTemplate: boolean;
  /** Tokens that a sample may have. */
  longest: number;
  samples: RenderedSample[];
}

/** The tokenizer must be fetched from elsewhere first; nothing was. */
export interface Away {
  away: string;
}

export interface Failure {
  code: LabErrorCode;
  message: string;
  hint: string;
  facts: Record<string, string | number | boolean>;
}

/** The rows of what is open, as counts. */
export interface ListView {
  name: string;
  /** Grows with each change of the rows. */
  version: number;
  /** Rows of the list. */
  rows: number;
  counted: Counted;
  kinds: { kind: FindingKind; rows: number }[];
  parts: { name: string; rows: number }[];
  filter: Filter;
  /** Rows that pass the filter. */
  matched: number;
}

/** A file that is being made ready. */
export interface DraftView extends ListView {
  /** Of the file. */
  bytes: number;
  columns: readonly string[];
  /** As people call it; "columns" where columns are named. */
  layout: string;
  /** The columns that are read where columns are named, or guessed ones. */
  fields: { prompt: string; answer: string };
  /** Whether a row has more than one answer of the assistant. */
  hasTurns: boolean;
  choices: DraftChoices;
  split: SplitChoice;
  /** Test sets from files of their own. */
  testFiles: readonly { name: string; rows: number }[];
  /** Samples measured in tokens so far, and the model that was asked; null = not begun. */
  measured: { samples: number; model: string } | null;
  /** Samples that would be kept. */
  samples: number;
  /** Rows to study that ask what a test set asks. */
  leaks: readonly { test: string; rows: number }[];
  /** What was found, a sentence each. */
  notes: readonly string[];
  findings: readonly { kind: FindingKind; rows: number; text: string }[];
  /** Why it would be refused as it is; null where it would not. */
  refusal: Failure | null;
  /** What undoing would take back; "" = nothing. */
  undoable: string;
}

/** A row as the list shows it; long texts are cut. */
export interface ShownRow {
  index: number;
  place: string;
  sampleId: string;
  prompt: string;
  answer: string;
  kinds: readonly FindingKind[];
  problem: string;
  hint: string;
  part: string;
  isSample: boolean;
}

/** A stored dataset that already has the name of a new one. */
export interface NameTaken {
  record: DatasetRecord;
  /** What the new one is called when both are kept. */
  free: string;
  /** Unfinished runs that were started with the stored one. */
  runs: number;
}

/** Each request with what it asks and what it answers. */
export interface DataCommands {
  /** Opens a file, or its first rows; what was open before is left. */
  "draft.open": { ask: { file: Blob; name: string; most?: number }; answer: DraftView };
  /** What a dataset on the hub holds. */
  "hub.look": { ask: { name: string; revision: string }; answer: HubDataset };
  /** The first rows of a split, as a file to open. */
  "hub.read": {
    ask: { dataset: Pick<HubDataset, "name" | "revision">; part: HubPart; rows: number };
    answer: { file: Blob; name: string };
  };
  /** What is open; null = nothing. */
  "draft.present": { ask: null; answer: DraftView | null };
  "draft.close": { ask: null; answer: null };
  "draft.choose": { ask: { choices?: Partial<DraftChoices>; split?: SplitChoice }; answer: DraftView };
  /** Tests with the rows of another file. */
  "draft.test": { ask: { file: Blob; name: string }; answer: DraftView };
  "draft.untest": { ask: { name: string }; answer: DraftView };
  /** Takes out rows: single ones, all of a kind, or all that pass the filter. */
  "draft.drop": { ask: { rows: readonly number[] | { kind: FindingKind } | "found" }; answer: DraftView };
  "draft.change": {
    ask: { index: number; texts: readonly Pick<RowText, "path" | "text">[] };
    answer: DraftView;
  };
  /** Measures the next slice of samples in tokens of the config's model; to be asked until all are measured. */
  "draft.measure": { ask: { config: unknown; mayFetch: boolean }; answer: DraftView | Away };
  "draft.undo": { ask: null; answer: DraftView };
  /** Stores it, in place of what has the id. */
  "draft.keep": { ask: { datasetId: string }; answer: DatasetRecord };
  /** The texts of a row that can be changed. */
  "draft.texts": { ask: { index: number }; answer: RowText[] };
  /** The dataset that has the name; null = it is free. */
  "stored.named": { ask: { name: string }; answer: NameTaken | null };
  "stored.open": { ask: { datasetId: string }; answer: ListView };
  "stored.copy": { ask: { datasetId: string; as: string }; answer: DatasetRecord };
  "list.filter": { ask: { filter: Filter }; answer: { matched: number; filter: Filter } };
  /** Of the rows that pass the filter, at most PAGE_ROWS. */
  "list.rows": { ask: { from: number; count: number }; answer: ShownRow[] };
  /** Rows as the model of the config reads them, by their places among those that pass the filter. */
  "list.render": {
    ask: { config: unknown; places: readonly number[]; mayFetch: boolean };
    answer: Rendering | Away;
  };
}

export type DataCommand = keyof DataCommands;
export type DataQuestion<K extends DataCommand = DataCommand> = {
  [C in K]: { command: C; id: number; ask: DataCommands[C]["ask"] };
}[K];

export type DataAnswer = { id: number; answer: unknown } | { id: number; failure: Failure };
