// The registry of strategies, filled from the files in strategies/. Names, labels and settings of strategies are
// looked up here.
import { LabError } from "../lib/errors";
import type { Setting } from "./setting";
import type { PoolSignal, PromptStrategy, RoundStrategy, Strategy, StrategyName } from "./strategy";

const files = import.meta.glob<Strategy>(["./strategies/*.ts", "!./strategies/*.test.ts"], {
  eager: true,
  import: "strategy",
});

/** In the order of menus. */
export const STRATEGIES: readonly Strategy[] = Object.values(files).sort((a, b) => a.menu - b.menu);

const byName = new Map<string, Strategy>(STRATEGIES.map((strategy) => [strategy.name, strategy]));

export const STRATEGY_NAMES: readonly StrategyName[] = STRATEGIES.map(({ name }) => name);

/** The strategy of a config that names none. */
export const DEFAULT_STRATEGY: StrategyName = STRATEGY_NAMES[0];

/** Random order in rounds: the usual baseline, against which other strategies are measured. */
export const RANDOM_ORDER = "random" satisfies StrategyName;

/** @throws LabError "config" for a name that no file has */
export function strategyNamed(name: string): Strategy {
  const found = byName.get(name);
  if (found) return found;
  throw new LabError(
    "config",
    `There is no strategy "${name}".`,
    `Choose one of ${STRATEGY_NAMES.join(", ")}.`,
  );
}

/** "EDCO", "random order"; a name of another version of the lab as it is written. */
export const strategyLabel = (name: string): string =>
  byName.get(name)?.words.label ?? name.replace(/-/g, " ");

/** The name in a config of whatever version; "" where it has none. */
export const strategyIn = (config: unknown): string =>
  (config as { curriculum?: { strategy?: string } } | null)?.curriculum?.strategy ?? "";

/** Why a sample was picked, in the strategy's own words; undefined where the general ones do. */
export const whyWords = (name: string): Strategy["words"]["why"] => byName.get(name)?.words.why;

/** What a strategy chooses, and by what, for menus; in the order of menus. */
const KINDS: readonly [title: string, of: (strategy: Strategy) => boolean][] = [
  ["Picks of a round, by a score of the pool", (s) => s.chooses === "rounds" && s.signal !== null],
  ["Picks of a round, nothing scored", (s) => s.chooses === "rounds"],
  ["Each batch, by losses seen in training", (s) => s.chooses === "batches"],
  ["Prompts of each step, some dropped", (s) => s.chooses === "prompts" && s.keep !== undefined],
  ["Prompts of each step", () => true],
];

/** Names under titles, for a menu; titles without a name are left out. */
export function underTitles<N extends string>(names: readonly N[]): [title: string, names: N[]][] {
  const titleOf = (name: N): string => KINDS.find(([, of]) => of(strategyNamed(name)))![0];
  const titled = names.map((name) => [titleOf(name), name] as const);
  return KINDS.flatMap(([title]): [string, N[]][] => {
    const own = titled.flatMap(([at, name]) => (at === title ? [name] : []));
    return own.length > 0 ? [[title, own]] : [];
  });
}

/** Whether a strategy draws at random. */
export const isRandomOrder = (name: string): boolean => byName.get(name)?.random === true;

/** Strategies that have the pool measured in this way. */
export function measuring(signal: PoolSignal): StrategyName[] {
  return STRATEGIES.filter((s) => s.chooses === "rounds" && s.signal === signal).map(({ name }) => name);
}

/** Strategies that choose by scores of the pool, whatever is measured. */
export const scoring = (): StrategyName[] =>
  STRATEGIES.filter((strategy) => signalOf(strategy) !== null).map(({ name }) => name);

export function signalOf(strategy: Strategy): PoolSignal | null {
  return strategy.chooses === "rounds" ? strategy.signal : null;
}

/** The strategy whose judgments stand in for the forecasts of strategies that make none. */
export const IN_WORDS: PromptStrategy = (() => {
  const found = STRATEGIES.find(
    (s): s is PromptStrategy => s.chooses === "prompts" && s.asksForOthers === true,
  );
  if (!found) throw new Error("no strategy asks in words for the others");
  return found;
})();

export interface OwnedSetting {
  setting: Setting<string | number | null>;
  /** The strategies that read it. */
  readers: StrategyName[];
}

/** Settings of all strategies by group and field, each with those that read it. */
export const STRATEGY_SETTINGS: ReadonlyMap<string, ReadonlyMap<string, OwnedSetting>> = (() => {
  const groups = new Map<string, Map<string, OwnedSetting>>();
  for (const { name, group, settings } of STRATEGIES) {
    if (!group || !settings) continue;
    const fields = groups.get(group) ?? new Map<string, OwnedSetting>();
    groups.set(group, fields);
    for (const [field, setting] of Object.entries(settings)) {
      const known = fields.get(field);
      if (known) known.readers.push(name);
      else fields.set(field, { setting, readers: [name] });
    }
  }
  return groups;
})();

/** The strategies that read the setting at a dotted path; null where it is no strategy's. */
export function readersOf(path: string): readonly string[] | null {
  const [group, field] = path.split(".");
  return STRATEGY_SETTINGS.get(group)?.get(field)?.readers ?? null;
}

export type { RoundStrategy, PromptStrategy, Strategy, StrategyName };
