// METIS-head, which is not from the paper: for models too small to forecast in words, a linear layer on the model's
// hidden states forecasts the variance of a prompt's rewards. It is trained on the squared error that METIS uses as
// judgment reward.
import { CANDIDATES } from "../candidates";
import { MAX_VARIANCE } from "../judgment";
import { number, type InGroup } from "../setting";
import type { PromptStrategy } from "../strategy";
import { learnBaseline, rewardForecasts, type JudgeState } from "./metis";

const settings = {
  ...CANDIDATES,
  headLearningRate: number(0.3, 1e-6, 10, {
    label: "Head learning rate",
    help: "How far one step moves the linear head. Not in the paper.",
    advanced: true,
  }),
};

declare module "../strategy" {
  interface StrategyNames {
    "metis-head": true;
  }
  interface StrategySettings extends InGroup<"metis", typeof settings> {}
}

interface HeadState extends JudgeState {
  /** One a feature, then the bias. */
  weights: number[];
}

/** Passes over a step's few groups. */
const PASSES = 8;

const sigmoid = (x: number): number => 1 / (1 + Math.exp(-x));

/** Forecast in (0, 0.25): a quarter of a sigmoid over features of unit mean square. */
export function headForecast(weights: readonly number[], features: ArrayLike<number>): number {
  const scale = 1 / Math.sqrt(features.length);
  let sum = weights[features.length] ?? 0;
  for (let i = 0; i < features.length; i++) sum += (weights[i] ?? 0) * features[i] * scale;
  return MAX_VARIANCE * sigmoid(sum);
}

/**
 * The head after learning from a step's groups: gradient descent on (4 (forecast − variance))², which is one minus
 * the judgment reward.
 */
export function trainHead(
  weights: readonly number[],
  examples: readonly { features: ArrayLike<number>; variance: number }[],
  learningRate: number,
): number[] {
  const size = examples[0]?.features.length ?? 0;
  const out = Array.from({ length: size + 1 }, (_, i) => weights[i] ?? 0);
  const scale = 1 / Math.sqrt(size);
  for (let pass = 0; pass < PASSES; pass++) {
    for (const { features, variance } of examples) {
      const forecast = headForecast(out, features);
      const share = forecast / MAX_VARIANCE;
      // d/dz of (4 (f − v))² with f = σ(z) / 4.
      const gradient = 32 * (forecast - variance) * MAX_VARIANCE * share * (1 - share);
      for (let i = 0; i < size; i++) out[i] -= learningRate * gradient * features[i] * scale;
      out[size] -= learningRate * gradient;
    }
  }
  return out;
}

export const strategy: PromptStrategy<HeadState> = {
  name: "metis-head",
  menu: 120,
  words: {
    label: "METIS-head",
    help: "Chooses like METIS, but the forecast comes from a small linear layer on the model's hidden states instead of a written judgment.",
    source: "ours",
  },
  trainers: ["grpo"],
  group: "metis",
  settings,
  begin: () => ({ baseline: null, weights: [] }),
  learn({ baseline, weights }, step) {
    const examples = step.groups.flatMap(({ features, variance }) =>
      features ? [{ features, variance }] : [],
    );
    return {
      // Nothing is trained by it: the log says how good the forecasts were, against their own average.
      baseline: learnBaseline(baseline, step),
      weights:
        examples.length > 0 ? trainHead(weights, examples, step.config.metis.headLearningRate) : weights,
    };
  },
  chooses: "prompts",
  ask: ({ state }) => ({
    wants: "features",
    read: (features) => features.map((own) => headForecast(state.weights, own)),
  }),
  probedBy: "head",
  reward: rewardForecasts,
};
