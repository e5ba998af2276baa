// HIVE: prompts pass two gates before they are rolled out. The first lets a prompt through by chance, the less likely the more often
// in a row its rewards were all alike; the second keeps those whose own words the policy is unsure of, but not the least sure.
// Groups without variance are then left out.
import { indices } from "../random";
import { passRate, varies } from "../rolled";
import { number, type InGroup } from "../setting";
import type { LearntGroup, PromptStrategy } from "../strategy";

const settings = {
  alike: number(0.25, 0, 1, {
    label: "Groups without variance (α)",
    unit: "of the groups",
    help: "What the first gate aims at: a third of it solved, two thirds unsolved.",
    step: 0.05,
  }),
};

declare module "../strategy" {
  interface StrategyNames {
    hive: true;
  }
  interface StrategySettings extends InGroup<"hive", typeof settings> {}
}

export type Kind = "easy" | "hard";
const KINDS: readonly Kind[] = ["easy", "hard"];

export interface HiveState {
  /** Base of the chance to pass, for solved and for unsolved prompts. */
  chance: Record<Kind, number>;
  /** Prompts whose newest groups did not vary: how many in a row, and whether they were all right. */
  runs: Record<number, { kind: Kind; length: number }>;
}

/** Shares of prompts left out at the top of the second gate, and kept below it; rolled out for each that is trained. */
const TRIM = 0.25;
const KEEP = 0.5;
const ROLLED = 1.5;
const FIRST_CHANCE = 0.5;
const CHANCE_STEP = 0.01;
const [LEAST_CHANCE, MOST_CHANCE] = [0.05, 0.95];
/** A prompt keeps at least this chance, however long its run. */
const FLOOR = 0.01;
/** Share of the aim that each kind has. */
const AIM: Record<Kind, number> = { easy: 1 / 3, hard: 2 / 3 };

/** Chance to pass the first gate. */
export function passes({ chance, runs }: HiveState, sample: number): number {
  const run = runs[sample];
  return run ? Math.max(chance[run.kind] ** run.length, FLOOR) : 1;
}

/** Kind of a group without variance; null = it varies. Rewards of one half or more count as solved. */
const kindOf = (group: LearntGroup): Kind | null =>
  varies(group) ? null : passRate(group) >= 0.5 ? "easy" : "hard";

/** The state after a step's groups. */
export function afterGroups(state: HiveState, groups: readonly LearntGroup[], alike: number): HiveState {
  const runs = { ...state.runs };
  const chance = { ...state.chance };
  for (const group of groups) {
    const kind = kindOf(group);
    const before = runs[group.sample];
    if (kind === null) delete runs[group.sample];
    else runs[group.sample] = { kind, length: (before?.length ?? 0) + 1 };
  }
  for (const kind of KINDS) {
    const share = groups.filter((group) => kindOf(group) === kind).length / Math.max(1, groups.length);
    const to = chance[kind] + CHANCE_STEP * Math.sign(AIM[kind] * alike - share);
    chance[kind] = Math.min(MOST_CHANCE, Math.max(LEAST_CHANCE, to));
  }
  return { chance, runs };
}

/**
 * Places in the second gate's order, one a candidate, 0 = first: the band below the highest entropies, then those below it, then
 * the highest ones, which are used only where a step could not be filled.
 */
export function bandPlaces(entropies: readonly number[], trim: number, keep: number): number[] {
  const order = indices(entropies.length).sort((a, b) => entropies[b] - entropies[a] || a - b);
  const from = Math.floor(trim * order.length);
  const to = Math.min(order.length, from + Math.max(1, Math.floor(keep * order.length)));
  const ordered = [...order.slice(from, to), ...order.slice(to), ...order.slice(0, from)];
  const places = entropies.map(() => 0);
  ordered.forEach((at, place) => (places[at] = place));
  return places;
}

const rolledOut = (count: number, rolled: number): number => Math.max(count, Math.ceil(count * rolled));

export const strategy: PromptStrategy<HiveState> = {
  name: "hive",
  menu: 235,
  words: {
    label: "HIVE",
    help: "Lets prompts through by their reward history, keeps those in the upper middle of the policy’s entropy on their own words, and trains groups that vary. Reading prompts counts as judging.",
    source: "HIVE (arXiv 2603.25184), values of its appendix; where too few groups vary the step is smaller",
  },
  trainers: ["grpo"],
  group: "hive",
  settings,
  begin: () => ({ chance: { easy: FIRST_CHANCE, hard: FIRST_CHANCE }, runs: {} }),
  learn: (state, { config, groups }) => afterGroups(state, groups, config.hive.alike),
  chooses: "prompts",
  draw({ count, pool, random, state }) {
    const wanted = Math.ceil(rolledOut(count, ROLLED) / KEEP);
    const through: number[] = [];
    const stopped: number[] = [];
    for (const sample of random.sample(indices(pool.length), 8 * wanted)) {
      if (through.length === wanted) break;
      (random.next() < passes(state, sample) ? through : stopped).push(sample);
    }
    return { samples: [...through, ...stopped].slice(0, wanted), state };
  },
  rolls: ({ trainer }) => rolledOut(trainer.samplesPerBatch, ROLLED),
  keep: ({ count, groups, state }) => ({
    kept: groups.flatMap((group, at) => (varies(group) ? [at] : [])).slice(0, count),
    again: [],
    state,
  }),
  explain({ state }, sample) {
    const run = state.runs[sample];
    return run
      ? `its last ${run.length} groups did not vary, and it passed by chance; its entropy lies in the band`
      : "it is new or its last group varied; its entropy lies in the band";
  },
  ask: () => ({
    wants: "prompt-entropy",
    rank: (nats) => bandPlaces(nats, TRIM, KEEP).map((place) => -place),
  }),
  probedBy: null,
};
