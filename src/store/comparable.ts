// Whether two runs may be compared in one picture: only where pool, test set, weights, budget and seed are the same. All of it is
// read from the logs; what a log does not record is unknown, and unknown never counts as the same. Pure.
import { STRATEGY_SETTINGS, readersOf, strategyIn } from "../curriculum/registry";
import type { RowsIdentity, RunEvent, RunIdentity } from "../lib/events";
import { rowsDigest } from "./digest";

/** What a comparison needs to know of a run. */
export interface RunFacts {
  runId: string;
  strategy: string;
  seed: number;
  config: unknown;
  /** null where the log is of a version that did not note it. */
  identity: RunIdentity | null;
  /** Of the pool's rows as logged; null where the log left them out. */
  digest: string | null;
  testSize: number;
  /** Was resumed with another reward function than it was started with. */
  mended: boolean;
}

export type Part = "pool" | "test" | "weights" | "budget" | "strategy" | "seed";

/** One difference between two runs. Completes "was run …": "on other questions", "with seed 1, not 7". */
export interface Difference {
  part: Part;
  words: string;
  /** Behind "with", several are joined: "learning rate 0.002, not 0.01". Empty for the others. */
  setting: string;
}

const digests = new WeakMap<object, string>();

/** Facts of a run from the beginning of its log; null before the log says enough to compare. */
export function runFacts(events: readonly RunEvent[]): RunFacts | null {
  const started = events.find((event) => event.type === "run.started");
  if (started?.type !== "run.started") return null;
  const pool = events.find((event) => event.type === "pool.loaded");
  if (pool?.type !== "pool.loaded") return null;
  const digest = pool.digest ?? digests.get(pool) ?? (pool.train.length > 0 ? rowsDigest(pool.train) : null);
  if (digest !== null) digests.set(pool, digest);
  return {
    runId: started.runId,
    strategy: strategyIn(started.config),
    seed: started.seed,
    config: started.config,
    identity: started.identity ?? null,
    digest,
    testSize: pool.testSize,
    mended: events.some((event) => event.type === "note" && event.code === "reward-mended"),
  };
}

/** Settings of the strategy: a run and its baseline may differ in them, two seeds of one line may not. */
const STRATEGIC =
  /^curriculum\.(strategy|refresh|order|skipTopShare|window|excludeSeen|exploration|softmaxTemperature|estimator)\b/;
const isStrategic = (path: string): boolean =>
  STRATEGIC.test(path) || STRATEGY_SETTINGS.has(path.slice(0, path.indexOf(".")));
/** Settings that change no result, or that are compared in another way: rows and weights by hash, seed separately. */
const ELSEWHERE = /^(name$|seed$|model\.|data\.|evaluation\.(probes|forecastProbe|compareEstimators)$)/;
const TEST = /^evaluation\./;
/** Settings of reinforcement: no supervised step reads them, and older logs lack some. */
const REWARDS =
  /^trainer\.(rollouts|temperature|topP|maxNewTokens|clip|kl|klReference|klTimesRatio|entropyBonus|advantage|lossType|lossLength|minibatches|iterations|maskTruncated|reward\..*)$/;

/** Dotted path → value as JSON. Lists are values. */
function flat(tree: unknown, path = "", out = new Map<string, string>()): Map<string, string> {
  if (typeof tree === "object" && tree !== null && !Array.isArray(tree))
    for (const [key, value] of Object.entries(tree)) flat(value, path === "" ? key : `${path}.${key}`, out);
  else out.set(path, JSON.stringify(tree));
  return out;
}

const named: Record<string, string> = {
  weights: "weights as",
  "trainer.kind": "the trainer",
  "trainer.warmStartSteps": "a warm start of",
  "trainer.samplesPerBatch": "samples a batch",
  "curriculum.perRound": "picks a round",
  "budget.steps": "steps",
  "budget.tokens": "a limit of training tokens of",
  "budget.seconds": "a limit of seconds of",
  "evaluation.limit": "test questions up to",
  "evaluation.every": "a test every",
  "adapter.rank": "LoRA rank",
  "trainer.iterations": "passes over the rollouts",
  "trainer.klReference": "the KL reference",
};

/** "trainer.learningRate" → "learning rate" */
export const settingWords = (path: string): string =>
  named[path] ??
  (path.split(".").at(-1) ?? path).replace(
    /([a-z])([A-Z])/g,
    (_, a: string, b: string) => `${a} ${b.toLowerCase()}`,
  );

const plain = (json: string | undefined): string => {
  // A setting that came later than the log.
  if (json === undefined) return "as the lab then did it";
  if (json === "null") return "none";
  const text = json.replace(/^"(.*)"$/, "$1");
  return text.length > 40 ? `${text.slice(0, 37)}…` : text;
};

type Known = "same" | "other" | "unknown";

function sameRows(a: RunFacts, b: RunFacts, part: "train" | "test"): Known {
  const known = (facts: RunFacts): RowsIdentity | undefined => facts.identity?.[part];
  const [mine, theirs] = [known(a), known(b)];
  if (mine && theirs) return mine.hash === theirs.hash ? "same" : "other";
  const source = (facts: RunFacts): string | null | undefined =>
    (facts.config as { data?: Record<"train" | "test", string | null> }).data?.[part];
  const [from, to] = [source(a), source(b)];
  if (part === "train") {
    if (a.digest === null || b.digest === null) return "unknown";
    return a.digest === b.digest ? "same" : "other";
  }
  if (a.testSize !== b.testSize) return "other";
  // Without a hash only the pools that come with the lab are known by their name, as long as they have as many rows.
  if (!from || !to || !from.startsWith("builtin:") || !to.startsWith("builtin:")) return "unknown";
  return from === to ? "same" : "other";
}

function sameWeights(a: RunFacts, b: RunFacts): Known {
  if (a.identity && b.identity) return a.identity.weights.hash === b.identity.weights.hash ? "same" : "other";
  const model = (facts: RunFacts) =>
    (facts.config as { model?: { source?: string; revision?: string | null } }).model;
  const [mine, theirs] = [model(a), model(b)];
  if (!mine?.source || !theirs?.source) return "unknown";
  if (mine.source !== theirs.source) return "other";
  if (mine.source.startsWith("builtin:")) return "same";
  if (!mine.revision || !theirs.revision) return "unknown";
  return mine.revision === theirs.revision ? "same" : "other";
}

/** In what `other` was made differently from `own`: pool, test set, weights, budget, strategy, seed, in this order. */
export function differences(other: RunFacts, own: RunFacts): Difference[] {
  const found: Difference[] = [];
  const whole = (part: Part, known: Known, differs: string, unknown: string): void => {
    if (known !== "same") found.push({ part, words: known === "other" ? differs : unknown, setting: "" });
  };
  whole("pool", sameRows(other, own, "train"), "on other questions", "on questions it did not note");
  whole("test", sameRows(other, own, "test"), "with another test set", "with a test set it did not note");
  whole("weights", sameWeights(other, own), "on another model", "on a model it did not note");
  const [theirs, mine] = [flat(other.config), flat(own.config)];
  const strategic: Difference[] = [];
  const supervised = [theirs, mine].every((config) => config.get("trainer.kind") === '"sft"');
  for (const path of new Set([...mine.keys(), ...theirs.keys()])) {
    const [a, b] = [theirs.get(path), mine.get(path)];
    if (a === b || ELSEWHERE.test(path) || (supervised && REWARDS.test(path))) continue;
    // A limit that came later than one of the logs, and that the other run leaves off.
    if ((a ?? "null") === (b ?? "null")) continue;
    // A setting of another strategy, which came later than one of the logs.
    const readers = a === undefined || b === undefined ? readersOf(path) : null;
    if (readers && !readers.includes(other.strategy) && !readers.includes(own.strategy)) continue;
    const setting = `${settingWords(path)} ${plain(a)}, not ${plain(b)}`;
    const part: Part = isStrategic(path) ? "strategy" : TEST.test(path) ? "test" : "budget";
    (part === "strategy" ? strategic : found).push({ part, words: `with ${setting}`, setting });
  }
  if (other.mended || own.mended) {
    const words = "with a reward function that was changed on the way in one of them";
    found.push({ part: "budget", words, setting: "" });
  }
  found.push(...strategic);
  if (other.seed !== own.seed) {
    const setting = `seed ${other.seed}, not ${own.seed}`;
    found.push({ part: "seed", words: `with ${setting}`, setting });
  }
  return found;
}

/** The differences that make two runs incomparable; their strategies may differ. */
export const pairFaults = (other: RunFacts, own: RunFacts): Difference[] =>
  differences(other, own).filter(({ part }) => part !== "strategy");

/** Whether two runs are seeds of one line: all but the seed agrees. */
export const sameLine = (a: RunFacts, b: RunFacts): boolean =>
  differences(a, b).every(({ part }) => part === "seed");

const SAID = 3;

/** "The recorded random order was run on other questions and with learning rate 0.002, not 0.01." */
export function faultSentence(subject: string, faults: readonly Difference[]): string {
  if (faults.length === 0) return "";
  const said = faults.slice(0, SAID);
  const parts = said.filter(({ setting }) => setting === "").map(({ words }) => words);
  const settings = said.filter(({ setting }) => setting !== "").map(({ setting }) => setting);
  if (settings.length > 0) parts.push(`with ${settings.join("; ")}`);
  const more = faults.length - said.length;
  const rest = more > 0 ? `, and ${more} more ${more === 1 ? "setting differs" : "settings differ"}` : "";
  const joined = parts.length > 1 ? `${parts.slice(0, -1).join(", ")} and ${parts.at(-1)}` : parts[0];
  return `${subject} was run ${joined}${rest}.`;
}
