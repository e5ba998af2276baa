// Measures what scoring a pool costs: with full answers, with the beginnings of answers and with reference answers
// (teacher-forced), using the lab's own estimators; and how similarly the three rank the samples.
import { resolveConfig, type EstimatorConfig } from "../src/config/schema";
import { reduceEntropy } from "../src/curriculum/reduce";
import { spearman, spearmanInterval } from "../src/curriculum/stats";
import type { Gpu } from "../src/gpu/gpu";
import type { Engine, Generated } from "../src/model/engine";
import { createGpuEngine } from "../src/model/gpuEngine";
import { tokenizePool, untilEnd } from "../src/train/samples";
import { scoreEntropy, type ScoreContext } from "../src/train/scoring";
import { LORA_8, SUBJECTS, type Subject } from "./subjects";
import { seconds, type BenchTask, type Figure } from "./task";

/** New tokens of a full-length answer, and of the prefix that stands for it. */
const FULL = 128;
const PREFIX = 16;
const MAX_ROWS = 512;
const SEED = 1;

const estimator = (more: Partial<Pick<EstimatorConfig, "kind" | "prefixTokens">>): EstimatorConfig =>
  resolveConfig({ curriculum: { estimator: { fullTokens: FULL, prefixTokens: PREFIX, ...more } } }).curriculum
    .estimator;

interface Way {
  task: string;
  config: EstimatorConfig;
}
const WAYS = [
  { task: `full-length scoring, ${FULL} new tokens`, config: estimator({ kind: "full" }) },
  { task: `prefix scoring, ${PREFIX} new tokens`, config: estimator({ kind: "prefix" }) },
  { task: `teacher-forced, first ${PREFIX} tokens`, config: estimator({ kind: "teacher-forced" }) },
  {
    task: "teacher-forced, whole answer",
    config: estimator({ kind: "teacher-forced", prefixTokens: 4096 }),
  },
] as const satisfies readonly Way[];
const FULL_WAY = 0;

/** One score a sample, null = none. */
type Scores = (number | null)[];

interface Round {
  /** By way. */
  seconds: number[];
  scores: Scores[];
  /** Full length and prefix as a run has them: an answer ends at its end token. */
  ended: Scores[];
}

interface Ready {
  /** Rounds with samples of their own; later ones repeat them. */
  parts: number;
  /** Scores the samples of a round in every way; the first way differs by round. */
  round: (index: number) => Promise<Round>;
}

/** The engine, but everything it generates is kept. */
function keeping(engine: Engine, kept: Generated[]): Engine {
  const generate: Engine["generate"] = async (requests, options) => {
    const made = await engine.generate(requests, options);
    kept.push(...made);
    return made;
  };
  return new Proxy(engine, {
    get: (target, key) => {
      const value: unknown = key === "generate" ? generate : Reflect.get(target, key, target);
      return typeof value === "function" ? value.bind(target) : value;
    },
  });
}

/** The scores of one way over answers that end at their end token. */
function endedScores(
  generated: readonly Generated[],
  config: EstimatorConfig,
  ends: readonly number[],
): Scores {
  return [...generated]
    .sort((a, b) => a.request - b.request)
    .map(({ tokens, entropy }) => {
      const length = untilEnd(Array.from(tokens), ends).length;
      return reduceEntropy(entropy.subarray(0, length), "nats", {
        prefixTokens: null,
        reduce: config.reduce,
        unit: config.unit,
      });
    });
}

async function prepare(gpu: Gpu, subject: Subject, each: number): Promise<Ready> {
  const model = await subject.open();
  const { tokenizer } = model;
  if (!tokenizer) throw new Error(`${subject.name} has no tokenizer`);
  const ends = model.config.eosTokenIds;
  // Nothing ends an answer early: every full-length answer has all of its tokens.
  const endless = { ...model, config: { ...model.config, eosTokenIds: [] } };
  const engine = await createGpuEngine(gpu, endless, LORA_8, { maxRows: MAX_ROWS });
  engine.initAdapter(SEED);
  const samples = tokenizePool(await subject.rows(), tokenizer, ends, MAX_ROWS);
  const kept: Generated[] = [];
  const context: ScoreContext = {
    engine: keeping(engine, kept),
    tokenizer,
    seed: SEED,
    round: 1,
    between: async () => {},
  };
  const parts = Math.floor(samples.length / each);
  const part = (round: number) => samples.slice((round % parts) * each, ((round % parts) + 1) * each);
  // Every pipeline is built before anything is timed.
  await scoreEntropy(part(0), { ...WAYS[FULL_WAY].config, fullTokens: 2 }, context);
  await scoreEntropy(part(0), WAYS[WAYS.length - 1].config, context);
  const rounds = new Map<number, Promise<Round>>();
  const run = async (index: number): Promise<Round> => {
    const out: Round = { seconds: [], scores: [], ended: [] };
    for (let turn = 0; turn < WAYS.length; turn++) {
      const way = (turn + index) % WAYS.length;
      const { config } = WAYS[way];
      kept.length = 0;
      out.seconds[way] = await seconds(gpu, async () => {
        out.scores[way] = (await scoreEntropy(part(index), config, context)).values;
      });
      if (config.kind !== "teacher-forced") {
        const want = config.kind === "full" ? FULL : PREFIX;
        const short = kept.find(({ tokens }) => tokens.length !== want);
        if (short || kept.length !== each)
          throw new Error(`${WAYS[way].task}: an answer has other than ${want} tokens`);
      }
      out.ended[way] = config.kind === "teacher-forced" ? out.scores[way] : endedScores(kept, config, ends);
    }
    return out;
  };
  return {
    parts,
    round: (index) => {
      let known = rounds.get(index);
      if (!known) rounds.set(index, (known = run(index)));
      return known;
    },
  };
}

/** Spearman against full length over all samples of the rounds so far. */
async function correlation(
  ready: Ready,
  upTo: number,
  way: number,
  from: (round: Round) => Scores[],
): Promise<Figure> {
  const all: [Scores, Scores] = [[], []];
  for (let index = 0; index <= Math.min(upTo, ready.parts - 1); index++) {
    const scores = from(await ready.round(index));
    all[0].push(...scores[way]);
    all[1].push(...scores[FULL_WAY]);
  }
  const n = all[0].length;
  const rho = spearman(...all);
  const [low, high] = spearmanInterval(rho, n);
  return { value: rho, low, high, n, note: "95 % interval, n = samples" };
}

function tasksOf(subject: Subject, each: number): BenchTask[] {
  let ready: Promise<Ready> | null = null;
  const task = (
    name: string,
    unit: string,
    figure: (round: Round, ready: Ready, index: number) => number | Promise<Figure>,
  ): BenchTask => ({
    suite: "scoring",
    task: name,
    shape: `${subject.name}, ${each} of ${subject.pool} a round`,
    impl: "proximal",
    unit,
    async prepare(gpu) {
      const opened = await (ready ??= prepare(gpu, subject, each));
      return {
        measure: async (index) => figure(await opened.round(index), opened, index),
        dispose: () => {},
      };
    },
  });
  const short = WAYS.map((way, index) => ({ ...way, index })).filter(({ index }) => index !== FULL_WAY);
  return [
    ...WAYS.map((way, index) => task(way.task, "s", (round) => round.seconds[index])),
    ...short.map((way) =>
      task(`saved: ${way.task}`, "%", ({ seconds: s }) => 100 * (1 - s[way.index] / s[FULL_WAY])),
    ),
    ...short.map((way) =>
      task(`Spearman with full length: ${way.task}`, "rho", (_, opened, index) =>
        correlation(opened, index, way.index, ({ scores }) => scores),
      ),
    ),
    ...short.map((way) =>
      task(`Spearman where answers end: ${way.task}`, "rho", (_, opened, index) =>
        correlation(opened, index, way.index, ({ ended }) => ended),
      ),
    ),
  ];
}

export const SCORING_TASKS: BenchTask[] = [...tasksOf(SUBJECTS.smolLm2, 8), ...tasksOf(SUBJECTS.builtIn, 32)];
