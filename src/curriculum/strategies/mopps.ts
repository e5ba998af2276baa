// MoPPS: a Beta posterior over each prompt's chance of a right answer. A draw from it stands for the prompt, and the draws
// nearest to a target are studied: sure ones where they lie, unsure ones now and then wherever that is.
import { CANDIDATES } from "../candidates";
import type { Random } from "../random";
import { number, type InGroup } from "../setting";
import type { PromptStrategy } from "../strategy";

const settings = {
  ...CANDIDATES,
  moppsTarget: number(0.5, 0, 1, {
    label: "MoPPS target",
    help: "The chance of a right answer that a prompt should have to be studied.",
    step: 0.05,
    advanced: true,
  }),
  moppsDecay: number(1, 0, 1, {
    label: "MoPPS decay",
    help: "How much of what was seen of a prompt still counts when it is answered again (λ): 1 forgets nothing; 0.5 in some of the authors' scripts.",
    step: 0.05,
    advanced: true,
  }),
};

declare module "../strategy" {
  interface StrategyNames {
    mopps: true;
  }
  interface StrategySettings extends InGroup<"metis", typeof settings> {}
}

/** Right and wrong answers as the posterior counts them, the uniform prior Beta(1, 1) included. */
export interface Beta {
  right: number;
  wrong: number;
}

/** By pool index; a sample that is missing was never answered. */
export type MoppsState = Record<number, Beta>;

const PRIOR: Beta = { right: 1, wrong: 1 };

/** After `rollouts` more answers, a share of which was right; what was known before fades towards the prior. */
export function updated(before: Beta, share: number, rollouts: number, decay: number): Beta {
  return {
    right: decay * before.right + (1 - decay) * PRIOR.right + share * rollouts,
    wrong: decay * before.wrong + (1 - decay) * PRIOR.wrong + (1 - share) * rollouts,
  };
}

/** A standard normal draw (Box and Muller). */
function normal(random: Random): number {
  return Math.sqrt(-2 * Math.log(1 - random.next())) * Math.cos(2 * Math.PI * random.next());
}

/** A draw from Gamma(shape, 1) for shape ≥ 1 (Marsaglia and Tsang 2000); counts of a Beta here never fall below 1. */
function gamma(shape: number, random: Random): number {
  const d = shape - 1 / 3;
  const c = 1 / Math.sqrt(9 * d);
  for (;;) {
    const x = normal(random);
    const v = (1 + c * x) ** 3;
    if (v <= 0) continue;
    const u = 1 - random.next();
    if (Math.log(u) < (x * x) / 2 + d - d * v + d * Math.log(v)) return d * v;
  }
}

export function drawBeta({ right, wrong }: Beta, random: Random): number {
  const a = gamma(right, random);
  return a / (a + gamma(wrong, random));
}

export const strategy: PromptStrategy<MoppsState> = {
  name: "mopps",
  menu: 175,
  words: {
    label: "MoPPS",
    help: "Keeps a Beta posterior of each prompt’s chance of a right answer, draws once from each, and studies the prompts whose draw is nearest to one half. Nothing is asked of the model.",
    source: "MoPPS (arXiv 2507.04632): Thompson draws from Beta posteriors, here with prior (1, 1)",
  },
  trainers: ["grpo"],
  group: "metis",
  settings,
  begin: () => ({}),
  learn(state, { config, groups }) {
    const { rollouts } = config.trainer;
    const next = { ...state };
    for (const { sample, meanReward } of groups) {
      // Graded answers may be partly right; a share of them counts as so many right ones.
      const share = Math.min(1, Math.max(0, meanReward));
      next[sample] = updated(next[sample] ?? PRIOR, share, rollouts, config.metis.moppsDecay);
    }
    return next;
  },
  chooses: "prompts",
  // A draw ranks the prompt; it is no forecast of variance that could be checked.
  ask: ({ candidates }) => ({ wants: "nothing", read: () => candidates.map(() => null) }),
  rank: ({ config, candidates, state }, _forecasts, random) =>
    candidates.map(
      (sample) => -Math.abs(drawBeta(state[sample] ?? PRIOR, random) - config.metis.moppsTarget),
    ),
  probedBy: null,
};
