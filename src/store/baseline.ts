// The baseline: the run that the one on the page is compared with. It is a recorded run, one of the user's own, or none.
// comparable.ts first checks both logs; where they differ, the page says in what instead of drawing a false comparison.
import { recordedStory } from "../config/recorded";
import { RANDOM_ORDER } from "../curriculum/registry";
import { pairFaults, runFacts, sameLine, type RunFacts } from "./comparable";
import { runUrl, type RunEntry } from "./catalogue";
import { withDb, withStored } from "./database";
import { lab, showProblem } from "./lab";
import { readLog } from "./log/read";
import { Player } from "./player";

/** What a run was made of, as soon as its log says so; null where it ends before or `wanted` is over. */
export function factsOf(player: Player, wanted: () => boolean): Promise<RunFacts | null> {
  return new Promise((resolve) => {
    let leave = (): void => undefined;
    const look = (): boolean => {
      const facts = runFacts(player.events);
      if (facts === null && wanted() && !player.complete) return false;
      leave();
      resolve(wanted() ? facts : null);
      return true;
    };
    if (!look()) leave = player.subscribe(look);
  });
}

/** The recorded stories that a run could belong to: the one it was started from, or the one of its pool and trainer. */
function storyOf(player: Player, own: RunFacts): string {
  const { story, entry } = lab.getState();
  if (player.kind !== "stored") return entry?.story ?? story;
  return recordedStory(own.config as Parameters<typeof recordedStory>[0]);
}

/** The recorded random order of a story, of the run's seed where there is one. */
function recordedRandom(entries: readonly RunEntry[], own: RunFacts): RunEntry | null {
  if (own.strategy === RANDOM_ORDER) return null;
  const random = entries.filter((run) => run.strategy === RANDOM_ORDER);
  return random.find((run) => run.seed === own.seed) ?? random[0] ?? null;
}

async function recordedPlayer(entry: RunEntry, light: boolean): Promise<Player> {
  const player = new Player("recorded", true);
  await readLog(runUrl(entry), (events) => player.append(events), light);
  player.close();
  return player;
}

/** Looks for the recorded random order that agrees with the run on the page; where none does, says why. */
export async function findBaseline(player: Player): Promise<void> {
  const still = (): boolean => lab.getState().player === player;
  try {
    const own = await factsOf(player, still);
    if (!own || !still()) return;
    const { catalogue, entry } = lab.getState();
    const entries = (catalogue ?? []).filter((run) => run.story === storyOf(player, own));
    const other = entry
      ? (entries.find((run) => run.id === entry.compareWith) ?? null)
      : recordedRandom(entries, own);
    if (!other) return void (await addSeeds(player, own, null, entries));
    const baseline = await recordedPlayer(other, false);
    // The user may have chosen another baseline in the meantime.
    if (!still() || lab.getState().baseline || lab.getState().pending) return baseline.dispose();
    const facts = runFacts(baseline.events);
    const faults = facts ? pairFaults(facts, own) : [];
    if (facts && faults.length === 0) {
      lab.setState({ baseline, baselineEntry: other, rejected: null });
      await addSeeds(player, own, facts, entries);
    } else {
      baseline.dispose();
      lab.setState({ baselineEntry: null, rejected: { entry: other, strategy: other.strategy, faults } });
    }
  } catch (thrown) {
    if (still()) showProblem(thrown);
  }
}

/**
 * Further recorded seeds of the two lines, and other orders that the story recorded; a run that differs in more than seed and
 * order is left out.
 */
async function addSeeds(
  player: Player,
  own: RunFacts,
  other: RunFacts | null,
  entries: readonly RunEntry[],
): Promise<void> {
  const { entry, baselineEntry } = lab.getState();
  const lines = other ? [own, other] : [own];
  for (const run of entries) {
    if (run.id === entry?.id || run.id === baselineEntry?.id) continue;
    const line = lines.find(({ strategy }) => strategy === run.strategy);
    if (line?.seed === run.seed) continue;
    const recorded = await recordedPlayer(run, true);
    if (lab.getState().player !== player) return recorded.dispose();
    const facts = runFacts(recorded.events);
    // Of an order beside the two, whatever its seed: the same pool, test, weights and budget.
    const fits =
      facts && (line ? sameLine(facts, line) : pairFaults({ ...facts, seed: own.seed }, own).length === 0);
    if (fits) {
      const { id, strategy, seed } = run;
      lab.setState((state) => ({ seeds: [...state.seeds, { id, strategy, seed, view: recorded.view }] }));
    }
    recorded.dispose();
  }
}

/** Makes one of the user's runs the baseline, as soon as both logs show that the two may be compared. */
export async function setBaseline(baseline: Player): Promise<void> {
  const { player } = lab.getState();
  if (!player) return;
  lab.setState({ pending: baseline, baseline: null, baselineEntry: null, seeds: [], rejected: null });
  const still = (): boolean => lab.getState().player === player && lab.getState().pending === baseline;
  const [own, other] = [await factsOf(player, still), await factsOf(baseline, still)];
  if (!still()) return;
  const faults = own && other ? pairFaults(other, own) : [];
  if (!own || !other || faults.length > 0) {
    const rejected = other && { entry: null, strategy: other.strategy, faults };
    return lab.setState({ pending: null, rejected });
  }
  lab.setState({ pending: null, baseline });
  const entries = (lab.getState().catalogue ?? []).filter((run) => run.story === storyOf(player, own));
  await addSeeds(player, own, other, entries);
}

export interface OwnRun {
  runId: string;
  name: string;
  strategy: string;
  seed: number;
}

/** Runs stored in this browser that may be the baseline of the one on the page, newest first. */
export async function comparableRuns(own: RunFacts): Promise<OwnRun[]> {
  const found = await withStored(async (db, { listRuns, readEvents }) => {
    const found: OwnRun[] = [];
    for (const { runId, name, seed } of await listRuns(db)) {
      if (runId === own.runId || seed !== own.seed) continue;
      const facts = runFacts(await readEvents(db, runId));
      if (facts && facts.strategy !== own.strategy && pairFaults(facts, own).length === 0)
        found.push({ runId, name, strategy: facts.strategy, seed });
    }
    return found;
  });
  return found ?? [];
}

/** Makes a stored run the baseline. */
export async function setStoredBaseline(runId: string): Promise<void> {
  try {
    const baseline = new Player("stored", true);
    baseline.append(await withDb((db, { readEvents }) => readEvents(db, runId)));
    baseline.close();
    await setBaseline(baseline);
  } catch (thrown) {
    showProblem(thrown);
  }
}
