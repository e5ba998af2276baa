// The state of the page: which run, which story and which panel are shown, and functions that change it. The
// numbers of a run are in its player, not here.
import { createStore } from "zustand/vanilla";
import { asLabError, LabError } from "../lib/errors";
import type { Difference } from "./comparable";
import { fetchCatalogue, openingRun, runUrl, storiesOf, type RunEntry } from "./catalogue";
import { findBaseline } from "./baseline";
import { readLog } from "./log/read";
import { Player } from "./player";
import { readUrl, writeUrl } from "./url";
import type { Sort } from "../log/order";
import type { CostAxis, RunView } from "../log/view";

export type Panel =
  | "settings"
  | "data"
  | "models"
  | "ask"
  | "palette"
  | "help"
  | "search"
  | "words"
  | "runs"
  | "device"
  | "accounting"
  | "pilot"
  | "arena";

export interface Problem {
  message: string;
  hint: string;
  details: string;
  /** The setting that its hint names; null = none. */
  setting: string | null;
}

/** A run that cannot be the baseline of the one on the page, and why. */
export interface Rejected {
  /** null: one of the user's own. */
  entry: RunEntry | null;
  strategy: string;
  faults: readonly Difference[];
}

/** One run of a race: drawn as a line, averaged with its seeds. */
export interface RaceRun {
  id: string;
  strategy: string;
  seed: number;
  view: RunView;
}

export interface LabState {
  catalogue: RunEntry[] | null;
  story: string;
  entry: RunEntry | null;
  player: Player | null;
  /** The run it is compared with, whole: usually random order at the same budget. */
  baseline: Player | null;
  baselineEntry: RunEntry | null;
  /** Further recorded seeds; each equals the run on the page or its baseline in all but the seed. */
  seeds: RaceRun[];
  /** The run that was tried as its baseline and differs too much from it; null = none. */
  rejected: Rejected | null;
  /** A live run that becomes the baseline once its log shows that it may. */
  pending: Player | null;
  /** The round in focus; null follows the playhead. */
  round: number | null;
  /** The sample whose history is open. */
  sample: number | null;
  /** Pointed at, in any picture. */
  hover: number | null;
  sort: Sort;
  /** The reinforcement step whose choice is shown, counted from 0; null = the newest. */
  choice: number | null;
  axis: CostAxis;
  panel: Panel | null;
  problem: Problem | null;
  /** Settings that differ from the story's, by dotted path. They are in the URL. */
  changes: Readonly<Record<string, unknown>>;
  /** Rows of the user's datasets by id, as far as a link or the list of questions said: links pass it on. */
  datasetRows: Readonly<Record<string, number>>;
  /** Earlier changes, newest last: undo. */
  past: readonly Readonly<Record<string, unknown>>[];
}

export const lab = createStore<LabState>(() => ({
  catalogue: null,
  story: "needle",
  entry: null,
  player: null,
  baseline: null,
  baselineEntry: null,
  seeds: [],
  rejected: null,
  pending: null,
  round: null,
  sample: null,
  hover: null,
  sort: "first-pick",
  choice: null,
  axis: "allTokens",
  panel: null,
  problem: null,
  changes: {},
  datasetRows: {},
  past: [],
}));

/** The dataset of the user that the settings name, or null. */
export function ownDataset(changes: LabState["changes"]): string | null {
  const train = changes["data.train"];
  return typeof train === "string" && train.startsWith("stored:") ? train.slice("stored:".length) : null;
}

function writeLink(): void {
  const { story, changes, datasetRows } = lab.getState();
  writeUrl({ story, settings: changes, rows: datasetRows[ownDataset(changes) ?? ""] ?? null });
}

/** Replaces the changed settings, keeps what was there for undo, and writes the link. */
export function changeSettings(changes: Readonly<Record<string, unknown>>): void {
  lab.setState((state) => ({ changes, past: [...state.past.slice(-49), state.changes] }));
  writeLink();
}

export function undoSettings(): void {
  const { past } = lab.getState();
  const changes = past.at(-1);
  if (!changes) return;
  lab.setState({ changes, past: past.slice(0, -1) });
  writeLink();
}

/** Opens what lies over the page, or closes it. */
export const showPanel = (panel: Panel | null): void => lab.setState({ panel });
/** Opens the history of a sample, or closes it. */
export const showSample = (sample: number | null): void => lab.setState({ sample });
/** Marks a sample in every picture. */
export const pointAt = (sample: number | null): void => lab.setState({ hover: sample });
export const showRound = (round: number): void => lab.setState({ round });
/** Shows the choice of a reinforcement step; null goes with the newest. */
export const showChoice = (choice: number | null): void => lab.setState({ choice });
export const sortBy = (sort: Sort): void => lab.setState({ sort });
export const measureBy = (axis: CostAxis): void => lab.setState({ axis });
export const dismissProblem = (): void => lab.setState({ problem: null });

/** The pictures follow the playhead again; those of a live run, the newest record. */
export function followPlayhead(): void {
  lab.setState({ round: null });
  const { player } = lab.getState();
  if (player?.kind === "live") player.seek(Infinity);
}

export function showProblem(thrown: unknown): void {
  const error = thrown instanceof LabError ? thrown : asLabError(thrown);
  const facts = { code: error.code, ...error.facts, page: location.href, browser: navigator.userAgent };
  lab.setState({
    problem: {
      message: error.message,
      hint: error.hint,
      details: `${error.message}\n${error.hint}\n${JSON.stringify(facts, null, 1)}`,
      setting: typeof error.facts.setting === "string" ? error.facts.setting : null,
    },
  });
}

/** A recorded run plays for about this long: short enough to watch, long enough to follow. */
const SHOW_MS = 45_000;
export const SPEEDS = [1, 2, 4, 10, 20, 40] as const;

export function fittingSpeed(endMs: number): number {
  return SPEEDS.find((speed) => endMs / speed <= SHOW_MS) ?? SPEEDS[SPEEDS.length - 1];
}

const noBaseline = { baseline: null, baselineEntry: null, seeds: [], rejected: null, pending: null };

/** Shows a player on the page and drops the one before. Its baseline is looked for afterwards (baseline.ts). */
export function showRun(player: Player, entry: RunEntry | null): void {
  lab.getState().player?.dispose();
  stage(player, entry);
}

/** As `showRun`, but until `done` is called the old run can be put back, in case the new one cannot start. */
export function showForNow(player: Player): { putBack: () => void; done: () => void } {
  const before = lab.getState();
  const played = before.player?.playing === true;
  before.player?.pause();
  stage(player, null);
  return {
    putBack: () => {
      if (lab.getState().player !== player) return before.player?.dispose();
      player.dispose();
      const { player: old, entry, baseline, baselineEntry, seeds, rejected, pending } = before;
      lab.setState({ player: old, entry, baseline, baselineEntry, seeds, rejected, pending });
      if (played) old?.play();
    },
    done: () => before.player?.dispose(),
  };
}

function stage(player: Player, entry: RunEntry | null): void {
  lab.setState({
    player,
    entry,
    ...noBaseline,
    round: null,
    choice: null,
    sample: null,
    hover: null,
    problem: null,
  });
}

const calm = (): boolean => matchMedia("(prefers-reduced-motion: reduce)").matches;

function begin(player: Player): void {
  if (calm()) player.seek(player.outline.endMs);
  else player.play();
}

/** Loads a recorded run and plays it as soon as its first round has chosen. */
export async function openRecorded(entry: RunEntry): Promise<void> {
  const player = new Player("recorded");
  showRun(player, entry);
  lab.setState({ baselineEntry: compared(entry) });
  let begun = false;
  // The baseline is read once there is something to compare it with.
  const start = (): void => {
    if (begun) return;
    begun = true;
    player.seek(player.openingMs());
    if (lab.getState().player === player) void findBaseline(player);
  };
  try {
    await readLog(runUrl(entry), (events) => {
      player.append(events);
      if (player.outline.roundMs.length > 0) start();
    });
    start();
    player.setSpeed(fittingSpeed(player.outline.endMs - player.openingMs()));
    if (lab.getState().player === player && !player.touched) begin(player);
    player.close();
  } catch (thrown) {
    if (lab.getState().player === player) showProblem(thrown);
  }
}

const compared = (entry: RunEntry): RunEntry | null =>
  lab.getState().catalogue?.find((run) => run.id === entry.compareWith && run.id !== entry.id) ?? null;

/** Opens a recording of any story, and makes that the story. */
export async function openEntry(entry: RunEntry): Promise<void> {
  lab.setState({ story: entry.story });
  await openRecorded(entry);
}

/** Opens the lab: the list of recordings, then the story (the first, if the wanted one is not there). */
export async function openLab(): Promise<void> {
  const { story, settings, rows } = readUrl();
  const own = ownDataset(settings);
  lab.setState({
    story,
    changes: settings,
    datasetRows: own !== null && rows !== null ? { [own]: rows } : {},
  });
  try {
    const catalogue = await fetchCatalogue();
    lab.setState({ catalogue });
    if (lab.getState().player) return;
    const stories = storiesOf(catalogue);
    const opening = openStory(stories.includes(story) ? story : (stories[0] ?? story));
    if (stories.length > 0 && !stories.includes(story)) showProblem(noStory(story, stories));
    await opening;
  } catch (thrown) {
    lab.setState({ catalogue: [] });
    showProblem(thrown);
  }
}

/** A link that names a story which is not there says so: what opens in its place has another pool. */
const noStory = (story: string, stories: readonly string[]): LabError =>
  new LabError(
    "config",
    `There is no recorded story called "${story.slice(0, 40)}": this is "${stories[0]}".`,
    `A link can name ${stories.map((name) => `"${name}"`).join(", ")}; other built-in pools are chosen among the settings.`,
  );

export async function openStory(story: string): Promise<void> {
  const entry = openingRun(lab.getState().catalogue ?? [], story);
  lab.setState({ story });
  writeLink();
  if (entry) await openRecorded(entry);
}
