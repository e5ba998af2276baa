// SEC: categories of prompts are the arms of a bandit. An arm's value is a moving average of the mean absolute advantage of its
// rollouts, which is large where answers are neither all right nor all wrong; arms are drawn by the softmax of their values.
import { drawByWeight, levelsOf } from "../rolled";
import { membersOf } from "../scout/members";
import { neighbourhoods, PARTS, wantedParts } from "../scout/neighbourhoods";
import { choice, number, type InGroup } from "../setting";
import { mean } from "../stats";
import type { Parts, PromptStrategy, PromptView, SampleFacts } from "../strategy";
import type { ResolvedConfig } from "../../config/schema";

const settings = {
  by: choice("neighbourhood", ["neighbourhood", "difficulty"], {
    label: "Categories",
    help: "What the arms are: prompts that read alike, or four levels of the pool's difficulty.",
  }),
  parts: PARTS,
  rate: number(0.1, 0.01, 1, {
    label: "Learning rate of values",
    help: "Weight of the newest step in an arm's value (α). The lab's choice.",
    step: 0.05,
    advanced: true,
  }),
  temperature: number(1, 0.01, 100, {
    label: "Temperature",
    help: "Chances are in proportion to exp(value / temperature).",
    step: 0.1,
  }),
};

declare module "../strategy" {
  interface StrategyNames {
    sec: true;
  }
  interface StrategySettings extends InGroup<"sec", typeof settings> {}
}

/** Arms where these are levels of difficulty. */
const LEVELS = 4;

interface SecState {
  /** Value of each arm; an arm that is missing was never drawn and counts 0. */
  values: Record<number, number>;
  /** Samples drawn from each arm's own order. */
  drawn: number[];
  /** Arm of each sample of the newest step. */
  armOf: Record<number, number>;
}

/** Chances of arms, in proportion to exp(value / temperature); 0 for arms that have no samples. */
export function softmax(values: readonly number[], sizes: readonly number[], temperature: number): number[] {
  const top = values.reduce((most, v, k) => (sizes[k] > 0 ? Math.max(most, v) : most), -Infinity);
  const weights = values.map((v, k) => (sizes[k] > 0 ? Math.exp((v - top) / temperature) : 0));
  const sum = weights.reduce((total, w) => total + w, 0);
  return weights.map((w) => (sum > 0 ? w / sum : 0));
}

/** Values after a step. @param gains mean |advantage| of each group by arm */
export function updated(
  values: Readonly<Record<number, number>>,
  gains: ReadonlyMap<number, readonly number[]>,
  rate: number,
): Record<number, number> {
  const next = { ...values };
  for (const [arm, own] of gains) next[arm] = rate * mean(own) + (1 - rate) * (next[arm] ?? 0);
  return next;
}

/** The arms, and how many of the parts are arms: samples without a difficulty are in none. */
function armsOf(config: ResolvedConfig, pool: readonly SampleFacts[], parts: Parts): [Parts, number] {
  if (config.sec.by === "neighbourhood") return [parts, parts.names.length];
  const made = levelsOf(pool, LEVELS);
  return [made.parts, made.levels];
}

function valuesOf({
  config,
  pool,
  parts,
  state,
}: PromptView<SecState>): (sample: number) => [string, number] {
  const [arms] = armsOf(config, pool, parts);
  return (sample) => [arms.names[arms.of[sample]], state.values[arms.of[sample]] ?? 0];
}

export const strategy: PromptStrategy<SecState> = {
  name: "sec",
  menu: 200,
  words: {
    label: "SEC",
    help: "Self-evolving curriculum: a bandit draws the category of each prompt by how large the advantages of its answers were lately.",
    source: "SEC (arXiv 2505.14970); categories are neighbourhoods of prompts unless difficulty is chosen",
  },
  trainers: ["grpo"],
  group: "sec",
  settings,
  begin: () => ({ values: {}, drawn: [], armOf: {} }),
  learn(state, { config, groups }) {
    const gains = new Map<number, number[]>();
    for (const { sample, advantages } of groups) {
      const arm = state.armOf[sample];
      const gain = advantages.length > 0 ? mean(advantages.map(Math.abs)) : 0;
      if (arm !== undefined) gains.set(arm, [...(gains.get(arm) ?? []), gain]);
    }
    return { ...state, values: updated(state.values, gains, config.sec.rate), armOf: {} };
  },
  chooses: "prompts",
  part: (size, promptOf, config) =>
    config.sec.by === "neighbourhood"
      ? neighbourhoods(size, promptOf, config.seed, wantedParts(config.sec.parts))
      : { names: ["the whole pool"], of: Array.from({ length: size }, () => 0) },
  draw({ config, count, pool, parts, random, state }) {
    const [arms, wanted] = armsOf(config, pool, parts);
    const members = membersOf(arms, config.seed);
    const sizes = members.map((own, k) => (k < wanted ? own.length : 0));
    const values = members.map((_, k) => state.values[k] ?? 0);
    const chances = softmax(values, sizes, config.sec.temperature);
    const { samples, drawn } = drawByWeight(members, state.drawn, chances, count, random);
    const armOf = Object.fromEntries(samples.map((sample) => [sample, arms.of[sample]]));
    return { samples, state: { ...state, drawn, armOf } };
  },
  explain(view, sample) {
    const [name, value] = valuesOf(view)(sample);
    return `category “${name}”: mean |advantage| ${value.toFixed(3)} (moving average)`;
  },
  ask: ({ candidates }) => ({ wants: "nothing", read: () => candidates.map(() => null) }),
  rank(view) {
    const of = valuesOf(view);
    return view.candidates.map((sample) => of(sample)[1]);
  },
  probedBy: null,
};
