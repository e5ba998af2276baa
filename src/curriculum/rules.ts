// Rules that several strategies share, each named by what it picks: a strategy's file adds its words and what it looks at.
import { CANDIDATES, CANDIDATES_GROUP } from "./candidates";
import type { RolloutRecord } from "./record";
import { selectSweep, selectTop } from "./select";
import type { PoolSignal, PromptStrategy, RoundStrategy, SampleFacts } from "./strategy";

type Own = Pick<RoundStrategy, "name" | "menu" | "words" | "nothing">;
type Control = Pick<PromptStrategy, "name" | "menu" | "words" | "recordName">;

const FOR_ALL = { trainers: ["sft", "grpo"], chooses: "rounds" } satisfies Partial<RoundStrategy>;

/** Measures the pool before each round, and picks the highest scores. */
export function highest(signal: PoolSignal, own: Own): RoundStrategy {
  return {
    ...own,
    ...FOR_ALL,
    signal,
    pick: ({ config, count, scores, history, random, state }) => ({
      selection: selectTop(scores ?? [], count, config.curriculum, history, random),
      state,
    }),
  };
}

/** Goes through the pool once, from the lowest key to the highest. @param by a signal, or a sample's own key */
export function lowToHigh(by: PoolSignal | ((fact: SampleFacts) => number | null), own: Own): RoundStrategy {
  return {
    ...own,
    ...FOR_ALL,
    signal: typeof by === "string" ? by : null,
    pick({ config, round, count, facts, scores, history, random, state }) {
      const keys = typeof by === "string" ? (scores ?? []) : facts.map(by);
      const { rounds } = config.curriculum;
      return { selection: selectSweep(keys, count, round, rounds, history, random), state };
    },
  };
}

/** Forecasts the variance of a prompt's rewards from what its rollouts have shown, and asks the model nothing. */
export function recalled(
  forecast: (record: RolloutRecord, sample: number) => number,
  own: Control,
): PromptStrategy {
  return {
    ...own,
    trainers: ["grpo"],
    group: CANDIDATES_GROUP,
    settings: CANDIDATES,
    chooses: "prompts",
    ask: ({ candidates, record }) => ({
      wants: "nothing",
      read: () => candidates.map((sample) => forecast(record, sample)),
    }),
    probedBy: "control",
  };
}
