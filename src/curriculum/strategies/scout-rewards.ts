// scout over reward history: half of each step's prompts come in random order, half from neighbourhoods of the pool that are drawn by
// how much the rewards of their prompts vary. What a neighbourhood's rewards do is a Beta posterior that fades, since the policy
// moves; a draw from it stands for the neighbourhood. It costs no token: it sees only rollouts that are trained.
import { indices, Random } from "../random";
import { nextFree, varianceShare } from "../rolled";
import { membersOf } from "../scout/members";
import { neighbourhoods, PARTS, wantedParts } from "../scout/neighbourhoods";
import { number, type InGroup } from "../setting";
import type { Parts, PromptStrategy } from "../strategy";
import { drawBeta, type Beta } from "./mopps";

const settings = {
  share: number(0.5, 0, 1, {
    label: "Chosen share",
    unit: "of each step",
    help: "The rest follows random order. 0 = random order itself.",
    step: 0.05,
  }),
  decay: number(0.9, 0, 1, {
    label: "Memory",
    unit: "a group",
    help: "How much of what was seen of a neighbourhood still counts after one more.",
    step: 0.05,
    advanced: true,
  }),
  parts: PARTS,
};

declare module "../strategy" {
  interface StrategyNames {
    "scout-rewards": true;
  }
  interface StrategySettings extends InGroup<"scoutRewards", typeof settings> {}
}

export interface RewardsState {
  /** What was seen of each neighbourhood; one that is missing was never rolled out. `right` counts variance, `wrong` its lack. */
  beliefs: Record<number, Beta>;
  /** Prompts drawn from each neighbourhood's own order. */
  drawn: number[];
  /** How far random order was read, whole passes included. */
  read: number;
  /** Prompts of this step that random order gave. */
  atRandom: number[];
}

const PRIOR: Beta = { right: 1, wrong: 1 };

/** The belief after one more group, whose variance was `share` of the largest possible. */
export const afterGroup = ({ right, wrong }: Beta, share: number, decay: number): Beta => ({
  right: decay * right + (1 - decay) * PRIOR.right + share,
  wrong: decay * wrong + (1 - decay) * PRIOR.wrong + (1 - share),
});

const expected = ({ right, wrong }: Beta): number => right / (right + wrong);

const orders = new WeakMap<Parts, { seed: number; order: number[] }>();

/** Random order of a run: one shuffle of the pool, read round and round. */
function orderOf(parts: Parts, seed: number): readonly number[] {
  const known = orders.get(parts);
  if (known?.seed === seed) return known.order;
  const order = new Random(seed, "scout-rewards order").shuffle(indices(parts.of.length));
  orders.set(parts, { seed, order });
  return order;
}

/** A prompt from the neighbourhood whose draw is highest; one that has no prompt left is passed over. */
function choose(
  members: readonly (readonly number[])[],
  drawn: number[],
  beliefs: Record<number, Beta>,
  here: ReadonlySet<number>,
  random: Random,
): number | null {
  const draws = members.map((_, part) => drawBeta(beliefs[part] ?? PRIOR, random));
  const order = indices(members.length).sort((a, b) => draws[b] - draws[a] || a - b);
  for (const part of order) {
    const next = nextFree(members[part], drawn[part] ?? 0, here);
    if (next === null) continue;
    drawn[part] = next.from;
    return next.sample;
  }
  return null;
}

export const strategy: PromptStrategy<RewardsState> = {
  name: "scout-rewards",
  menu: 105,
  words: {
    label: "scout over rewards",
    help: "Half of each step’s prompts come in random order, half from neighbourhoods of the pool whose rewards vary. Nothing is asked of the model.",
    source: "ours, after scout and MoPPS (arXiv 2507.04632)",
  },
  trainers: ["grpo"],
  group: "scoutRewards",
  settings,
  begin: () => ({ beliefs: {}, drawn: [], read: 0, atRandom: [] }),
  learn: (state, { config, groups }) => {
    const beliefs = { ...state.beliefs };
    for (const group of groups) {
      const { part } = group;
      beliefs[part] = afterGroup(beliefs[part] ?? PRIOR, varianceShare(group), config.scoutRewards.decay);
    }
    return { ...state, beliefs };
  },
  chooses: "prompts",
  part: (size, promptOf, { seed, scoutRewards }) =>
    neighbourhoods(size, promptOf, seed, wantedParts(scoutRewards.parts)),
  draw({ config, count, parts, random, state }) {
    const order = orderOf(parts, config.seed);
    const wanted = Math.min(count, order.length);
    const chosenWanted = Math.round(config.scoutRewards.share * wanted);
    const members = membersOf(parts, config.seed);
    const drawn = members.map((_, part) => state.drawn[part] ?? 0);
    const here = new Set<number>();
    const atRandom: number[] = [];
    let read = state.read;
    while (atRandom.length < wanted - chosenWanted) {
      const next = nextFree(order, read, here)!;
      read = next.from;
      here.add(next.sample);
      atRandom.push(next.sample);
    }
    const chosen: number[] = [];
    while (chosen.length < chosenWanted) {
      const sample = choose(members, drawn, state.beliefs, here, random);
      if (sample === null) break;
      here.add(sample);
      chosen.push(sample);
    }
    return { samples: [...chosen, ...atRandom], atRandom, state: { ...state, drawn, read, atRandom } };
  },
  explain({ parts, state }, sample) {
    if (state.atRandom.includes(sample)) return "in random order";
    const part = parts.of[sample];
    const belief = state.beliefs[part];
    const known = belief
      ? `rewards vary by ${expected(belief).toFixed(2)} of the largest (posterior mean)`
      : "not rolled out yet";
    return `neighbourhood “${parts.names[part]}”: ${known}`;
  },
  ask: ({ candidates, parts, state }) => ({
    wants: "nothing",
    // The largest variance of rewards in [0, 1] is one quarter.
    read: () => candidates.map((sample) => expected(state.beliefs[parts.of[sample]] ?? PRIOR) / 4),
  }),
  probedBy: "control",
};
