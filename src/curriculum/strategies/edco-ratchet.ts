// EDCO with a ratchet: the pool is scored as EDCO does, but a neighbourhood that was trained and whose mean entropy has risen above
// its own first one is shut for good. What cannot be learnt gets less sure when it is trained; what can, does not.
import { neighbourhoods, PARTS, wantedParts } from "../scout/neighbourhoods";
import { selectTop } from "../select";
import { number, type InGroup } from "../setting";
import { mean } from "../stats";
import type { RoundStrategy } from "../strategy";

const settings = {
  rise: number(0.5, 0, 100, {
    label: "Rise that shuts",
    unit: "of the score’s unit",
    help: "A neighbourhood is shut once its mean entropy is this much above its first one, in nats or bits as the scores are.",
    step: 0.1,
  }),
  random: number(0.5, 0, 1, {
    label: "Drawn at random",
    unit: "of the picks",
    help: "This share of each round’s picks is drawn at random from the whole pool, shut neighbourhoods included.",
    step: 0.05,
  }),
  parts: PARTS,
};

declare module "../strategy" {
  interface StrategyNames {
    "edco-ratchet": true;
  }
  interface StrategySettings extends InGroup<"ratchet", typeof settings> {}
}

interface RatchetState {
  /** Neighbourhood of each sample; empty before the first round. */
  of: number[];
  /** Mean entropy of each when the pool was first scored; null = none of its samples was. */
  first: (number | null)[];
  shut: boolean[];
}

/** Mean score of every part; null where none of its samples has one. */
export function meansOf(
  of: readonly number[],
  scores: readonly (number | null)[],
  parts: number,
): (number | null)[] {
  const lists = Array.from({ length: parts }, (): number[] => []);
  of.forEach((part, sample) => {
    const score = scores[sample];
    if (score !== null && Number.isFinite(score)) lists[part].push(score);
  });
  return lists.map((own) => (own.length > 0 ? mean(own) : null));
}

export const strategy: RoundStrategy<RatchetState> = {
  name: "edco-ratchet",
  menu: 12,
  words: {
    label: "EDCO with a ratchet",
    help: "As EDCO, but neighbourhoods of the pool whose entropy rises after they were trained are shut, and half of the picks are drawn at random.",
    source: "ours, after EDCO (arXiv 2601.03725)",
    why: { exploration: "drawn at random from the whole pool" },
  },
  trainers: ["sft", "grpo"],
  group: "ratchet",
  settings,
  begin: () => ({ of: [], first: [], shut: [] }),
  chooses: "rounds",
  signal: "entropy",
  pick({ config, round, count, facts, scores, history, random, state }) {
    const { rise, random: share, parts: wanted } = config.ratchet;
    const found = scores ?? [];
    const of =
      state.of.length > 0
        ? state.of
        : [...neighbourhoods(facts.length, (i) => facts[i].prompt, config.seed, wantedParts(wanted)).of];
    // Not by spreading the pool into arguments, of which a call takes about a hundred thousand.
    const parts = of.reduce((most, part) => Math.max(most, part), 0) + 1;
    const now = meansOf(of, found, parts);
    const first = state.first.length > 0 ? state.first : now;
    const trained = new Set(history.picks.flat().map((sample) => of[sample]));
    const shut = now.map((level, part) => {
      const base = first[part];
      const rose = level !== null && base !== null && level >= base + rise;
      return state.shut[part] === true || (trained.has(part) && rose);
    });
    const options = { ...config.curriculum, exploration: Math.max(share, config.curriculum.exploration) };
    const open = found.map((score, sample) => (shut[of[sample]] ? null : score));
    const selection = selectTop(open, count, options, history, random);
    const closed = shut.filter(Boolean).length;
    return {
      selection,
      state: { of, first, shut },
      note: `Round ${round}: ${closed} of ${parts} neighbourhoods shut, whose entropy rose by ${rise} or more after they were trained.`,
    };
  },
};
