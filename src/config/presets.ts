// Named presets: small configs for the runs that the lab offers. Every value they leave out takes its default.
import type { ConfigInput } from "./tree";

export interface Preset {
  id: string;
  label: string;
  /** One sentence: what it shows. */
  about: string;
  config: ConfigInput;
}

export const EDCO_BESIDE_RANDOM = { rounds: 5, perRound: 64 } as const;

export function pool(name: string): ConfigInput["data"] {
  return { train: `builtin:${name}`, test: `builtin:${name}` };
}

/** Reinforcement on comm after a supervised warm start: 30 steps, 6 prompts, 8 answers each. */
export function reinforcement(strategy: NonNullable<ConfigInput["curriculum"]>["strategy"]): ConfigInput {
  return {
    data: pool("comm"),
    trainer: {
      kind: "grpo",
      samplesPerBatch: 6,
      rollouts: 8,
      temperature: 1,
      maxNewTokens: 36,
      advantage: "none",
      lossType: "dr_grpo",
      lossLength: 10,
      kl: 0,
      warmStartSteps: 40,
    },
    curriculum: { strategy, rounds: 1, perRound: null, restartOptimizer: false },
    metis: { poolMultiplier: 3, memory: 3, lambda: 0.01 },
    budget: { steps: 30 },
    evaluation: { every: 10 },
  };
}

export const PRESETS: readonly Preset[] = [
  {
    id: "needle",
    label: "Needle",
    about:
      "Nine tenths of the pool are known: does entropy find the new rows, and is that worth the scoring?",
    config: {
      data: pool("needle"),
      curriculum: { strategy: "edco", ...EDCO_BESIDE_RANDOM },
      budget: { steps: 40 },
    },
  },
  {
    id: "noisy",
    label: "Noisy",
    about: "Four tenths of the pool have no right answer: entropy chases them, random order learns.",
    config: {
      data: pool("noisy"),
      curriculum: { strategy: "edco", ...EDCO_BESIDE_RANDOM },
      budget: { steps: 160 },
    },
  },
  ...(["comm", "med", "law"] as const).map((name) => ({
    id: name,
    label: { comm: "Communication", med: "Medicine", law: "Law" }[name],
    about: "A small ordinary domain, most of it new: does it help to choose?",
    config: {
      data: pool(name),
      curriculum: { strategy: "edco" as const, ...EDCO_BESIDE_RANDOM },
      budget: { steps: 160 },
    },
  })),
  {
    id: "metis",
    label: "METIS",
    about: "The model forecasts which prompts will teach it and is rewarded for good forecasts.",
    config: reinforcement("metis"),
  },
  {
    id: "metis-head",
    label: "METIS-head",
    about:
      "The same choice by a small linear head on the model, for models too small to judge in words. Ours.",
    config: reinforcement("metis-head"),
  },
  {
    id: "grpo",
    label: "GRPO, random prompts",
    about: "Learning from graded answers, prompts drawn at random.",
    config: reinforcement("random"),
  },
  {
    id: "oracle",
    label: "GRPO, oracle",
    about: "All candidates are answered first and those with the highest reward variance are trained.",
    config: reinforcement("oracle"),
  },
];

/** The config of a preset by name, or null. */
export function preset(id: string): Preset | null {
  return PRESETS.find((entry) => entry.id === id) ?? null;
}
