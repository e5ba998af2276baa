// What the kept experiments are made of, as data: strategies by story, the controls, and the names that results give
// their groups. The only file of scripts that names strategies.
import { REWARD_STORY } from "../src/config/recorded";
import type { ConfigInput } from "../src/config/tree";

export type Strategy = NonNullable<NonNullable<ConfigInput["curriculum"]>["strategy"]>;

/** Settings of METIS that an experiment changes. */
export type Overrides = ConfigInput["metis"];

/** Stories in the order of tables and of the page. */
export const STORIES: readonly string[] = ["needle", "noisy", "comm", REWARD_STORY];
export const TITLES: Record<string, string> = {
  needle: "Find the needle",
  noisy: "When the curriculum loses",
  comm: "An ordinary pool",
  [REWARD_STORY]: "A model that judges itself",
};

/** Chosen by entropy, drawn at random: the two lines of every supervised story. */
export const BY_ENTROPY = "edco" satisfies Strategy;
/** Chosen by losses seen in training, on needle. */
export const BY_LOSSES = "scout" satisfies Strategy;
export const AT_RANDOM = "random" satisfies Strategy;

/** Supervised stories: their pools, and steps a round. */
export const SUPERVISED = [
  { pool: "needle", stepsPerRound: 8 },
  { pool: "noisy", stepsPerRound: 32 },
];
/** The pool on which the estimators of entropy are compared. */
export const ESTIMATORS_ON = "needle";

/** Compared by rewards, seed by seed. */
export const REWARDED = [AT_RANDOM, "metis", "oracle"] as const satisfies readonly Strategy[];
/** Ours: a linear head in place of words. */
export const HEAD = "metis-head" satisfies Strategy;
/** Controls of METIS, by the name of the experiment. */
export const CONTROLS: readonly { name: string; strategy: Strategy; metis?: Overrides }[] = [
  { name: "memory-0", strategy: "metis", metis: { memory: 0 } },
  { name: "lambda-0", strategy: "metis", metis: { lambda: 0 } },
  { name: "lambda-1", strategy: "metis", metis: { lambda: 1 } },
  { name: "shuffled", strategy: "shuffled" },
  { name: "running-mean", strategy: "running-mean" },
  { name: "last-variance", strategy: "last-variance" },
];

/** Groups of reward results as the registry names them (`recordName`), the same in PyTorch's results. */
export const METIS = "metis K=3 lambda=0.01";
export const NO_MEMORY = "metis K=0 lambda=0.01";
export const NO_JUDGMENT_LOSS = "metis K=3 lambda=0.0";
export const LAMBDA_1 = "metis K=3 lambda=1.0";
export const ORACLE = "oracle";
export const SHUFFLED = "shuffled";
/** Groups that the page shows; the others are controls and only counted. */
export const SHOWN: readonly string[] = [AT_RANDOM, METIS, ORACLE, HEAD];
