// The interface of a picture: a question, one sentence that answers it from the data, a figure, and its numbers as
// a table. Each is one file in `first/` or `later/` and is computed from the fold of the log alone; page and report
// both show it. Pure.
import { strategyLabel } from "../curriculum/registry";
import { byRewards, strategyOf } from "../log/config";
import type { Sort } from "../log/order";
import type { CostAxis, RunView, Spent, Topic } from "../log/view";
import type { Figure } from "../ui/charts/scene";
import type { TableData } from "../ui/controls/DataTable";
import type { SeedRun } from "./race/pairs";

/** What a picture is drawn from: a run as of the playhead, the run it is compared with, and what the reader has chosen to see. */
export interface Frame {
  run: RunView;
  /** The run that this one is compared with (same questions, same budget), whole; null = none. */
  baseline: RunView | null;
  /** Strategy of the baseline, also while its log is still being read; "" = none. */
  baselineStrategy: string;
  /** Whether that one is a recording and this run is not. */
  baselineRecorded: boolean;
  /** Further seeds of the two. */
  seeds: readonly SeedRun[];
  /** The outline of the whole log, also beyond the playhead, so that scales do not change while a run plays. */
  whole: { scoreMax: number; spent: Spent };
  axis: CostAxis;
  /** Round in focus, 1 = first. */
  round: number;
  sort: Sort;
  /** Index of the reinforcement step whose choice is shown. */
  choice: number;
  /** Whether a picture without data keeps its place: on the page, where more may come. */
  room: boolean;
}

/** An entry of the key under a picture. */
export interface KeyEntry {
  /** Classes of the mark before it, "" = words alone. */
  mark: string;
  /** A colour instead of a mark of its own. */
  color?: string;
  /** `[[word]]` or `[[word|as written]]` stands in the glossary. */
  text: string;
}

/** px: a square plot gains nothing from more room. */
export const SQUARE_WIDEST = 660;

export interface Picture {
  /** Also the stem of saved files. */
  id: string;
  /** Order among the pictures. */
  place: number;
  question: string;
  /** What causes it to be redrawn: topics of the runs, and choices of the reader. */
  follows: readonly (Topic | "axis" | "round" | "sort" | "choice")[];
  applies(frame: Frame): boolean;
  sentence(frame: Frame): string;
  /** null = nothing to draw yet. */
  figure(frame: Frame, width: number): Figure | null;
  table(frame: Frame): TableData;
  key?(frame: Frame): KeyEntry[];
  /** Sentences below the figure. */
  notes?(frame: Frame): string[];
}

export const byPlace = (pictures: readonly Picture[]): Picture[] =>
  [...pictures].sort((a, b) => a.place - b.place);

/** Whether the run chose from its pool by rounds, as far as is known. */
export const byRounds = (run: RunView): boolean =>
  (run.groups.length === 0 && !byRewards(run)) || run.rounds.some((round) => round.picks);

export const ownName = ({ run }: Frame): string => strategyLabel(strategyOf(run));
export const baselineName = ({ baselineStrategy }: Frame): string => strategyLabel(baselineStrategy);
