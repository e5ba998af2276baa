// The figures on METIS, the oracle and the controls in README and docs, computed from the lab's runs and PyTorch's.
import {
  bullets,
  bySide,
  capital,
  decimal,
  difference,
  inWords,
  list,
  paragraph,
  percent,
  there,
  percentPlusMinus,
  plusMinus,
  points,
  side,
  table,
  thousands,
} from "./words";
import type { Blocks, Measure, Moments, Results, RewardRow, Statistics } from "../results";
import type { PairedT } from "../../src/curriculum/paired";
import { REWARD_STORY } from "../../src/config/recorded";
import {
  AT_RANDOM,
  HEAD,
  LAMBDA_1,
  METIS,
  NO_JUDGMENT_LOSS,
  NO_MEMORY,
  ORACLE,
  REWARDED,
  SHUFFLED,
} from "../recorded";

const VARIANCE = "mean_reward_variance";
const DEAD = "zero_variance_share";
const END = "test_accuracy_end";
const OFF = "forecast_spearman_off";

/** A row of either side: the lab has measures beside PyTorch's, PyTorch has its own. */
type Row = Pick<RewardRow, "strategy" | "seeds"> & {
  measures: Record<string, Moments & { bySeed: (number | null)[] }>;
};
type Rows<R extends Row = Row> = Record<string, R>;

const NAMES: Record<string, string> = {
  [METIS]: "METIS",
  [AT_RANDOM]: "random",
  [ORACLE]: "oracle (all candidates rolled out)",
  [HEAD]: "METIS-head",
  [NO_MEMORY]: "no memory, K = 0",
  [NO_JUDGMENT_LOSS]: "no judgment loss, λ = 0",
  [LAMBDA_1]: "λ = 1",
  [SHUFFLED]: "shuffled forecasts",
  running_mean: "running mean",
  last: "last variance of the prompt, or running mean",
};

const mean = (values: number[]) => values.reduce((sum, value) => sum + value, 0) / values.length;

/** Both files in one shape: strategy → { seeds, measures: name → { bySeed, mean, se } }. */
function lab(results: Results): Rows<RewardRow> {
  return Object.fromEntries(results.rewards.rows.map((row) => [row.strategy, row]));
}

function pytorch(results: Results): Rows {
  return Object.fromEntries(
    results.reference.grpo.map(({ strategy, seeds, measures }) => [
      strategy,
      {
        strategy,
        seeds,
        measures: Object.fromEntries(
          Object.entries(measures).map(([name, m]) => [name, { ...m, bySeed: m.by_seed }]),
        ),
      },
    ]),
  );
}

/** Paired difference of a measure over the seeds of both. */
function minus(stats: Statistics, own: Row, other: Row, measure: string): PairedT {
  const gaps = own.seeds.flatMap((seed, i) => {
    const j = other.seeds.indexOf(seed);
    const [a, b] = [own.measures[measure]?.bySeed[i] ?? null, other.measures[measure]?.bySeed[j] ?? null];
    return j < 0 || a === null || b === null ? [] : [a - b];
  });
  return there(stats.pairedT(gaps));
}

const more = (t: PairedT) => bySide(t, "more", "less", "not measurably more or less");
const told = (t: PairedT) => bySide(t, "higher", "lower", "not shown to differ");

/** README: the lab's table. */
function labShort(results: Results) {
  const rows = lab(results);
  const names: Record<string, string> = {
    [METIS]: "METIS",
    [AT_RANDOM]: "random order",
    [ORACLE]: "oracle (all candidates rolled out)",
    [HEAD]: "METIS-head (ours: a linear forecast)",
  };
  return table(
    [
      "prompts chosen by",
      "seeds",
      "reward variance",
      "groups that teach nothing",
      "test accuracy at the end",
    ],
    Object.entries(names)
      .filter(([key]) => rows[key])
      .map(([key, name]) => {
        const { seeds, measures } = rows[key];
        return [
          name,
          seeds.length,
          plusMinus(measures[VARIANCE]),
          `${percentPlusMinus(measures[DEAD], 0)} %`,
          `${percentPlusMinus(measures[END])} %`,
        ];
      }),
  );
}

/** All tokens of METIS as a multiple of random order's, the warm start left out, over the recorded seeds. */
function tokenRatio(results: Results) {
  const { tokens, seeds } = there(
    results.comparisons.rows.find((row) => row.story === REWARD_STORY && row.own === REWARDED[1]),
  );
  const total = (side: "own" | "other") => mean(tokens[side].map((t) => t.train + t.choose + t.rollout));
  return { ratio: total("own") / total("other"), seeds: seeds.length };
}

function labShortNotes(results: Results, stats: Statistics) {
  const rows = lab(results);
  const [variance, end, trained] = [VARIANCE, END, "train_tokens"].map((m) =>
    minus(stats, rows[METIS], rows.random, m),
  );
  const { ratio, seeds } = tokenRatio(results);
  return paragraph(
    `Paired by seed, METIS's groups have ${more(variance)} reward variance than random order's
    (${difference(variance)}, ${inWords(variance.n)} pairs, paired t); the accuracy at the end is ${told(end)}
    (${points(end)} points). It spends ${thousands(rows[METIS].measures.judge_tokens.mean)} judgment tokens on choosing and trains
    on ${thousands(Math.abs(trained.mean), 1)} tokens ${trained.mean < 0 ? "fewer" : "more"}, judgments included: ${ratio.toFixed(1)} ×
    random order's tokens in all, the shared warm start left out (${inWords(seeds)} recorded seeds).`,
  );
}

/** Memory and judgment reward, PyTorch. */
function parts(results: Results, stats: Statistics) {
  const rows = pytorch(results);
  const t = (key: string) => minus(stats, rows[METIS], rows[key], VARIANCE);
  return { memory: t(NO_MEMORY), reward: t(NO_JUDGMENT_LOSS) };
}

function partsText(results: Results, stats: Statistics) {
  const { memory, reward } = parts(results, stats);
  const word = (t: PairedT) =>
    bySide(t, "adds reward variance", "costs reward variance", "is not shown to make a difference");
  return `METIS's memory ${word(memory)} (with − without ${difference(memory)}, ${inWords(memory.n)} pairs) and its judgment reward
    ${word(reward)} (${difference(reward)}, ${inWords(reward.n)} pairs).`;
}

/** Rank correlation of forecasts with measured variances: a base, a pool, steps of warm start; one a seed. */
const judged = (results: Results, checkpoint: string, pool: string, warm: number, part = "train") =>
  results.judge
    .filter((r) => r.part === part && r.checkpoint === checkpoint && r.pool === pool && r.warm === warm)
    .map(({ all, parse_failures: unread }) => ({ spearman: all.spearman, unread }));
const correlations = (rows: { spearman: number }[]) => list(rows.map(({ spearman }) => decimal(spearman, 2)));

/** What was measured of training the base model on variances, and what was not. */
function varianceTraining(results: Results) {
  const [before, after] = ["before calibration", "shipped"].map((base) => judged(results, base, "rl", 0));
  const test = judged(results, "shipped", "rl", 0, "test");
  return `Training the base model on its own measured variances came with a rank correlation of ${correlations(after)} on _rl_ where it
    had been ${correlations(before)} (one probe a seed; ${correlations(test)} on test rows, from which nothing was chosen); no whole run without that training was made, so what it adds there is
    not measured.`;
}

const readmeParts = (results: Results, stats: Statistics) =>
  bullets([`${partsText(results, stats)} ${varianceTraining(results)}`]);

/** docs/science.md: PyTorch's table. */
function pytorchTable(results: Results) {
  const rows = pytorch(results);
  const two = (m: Moments | undefined) => (m ? decimal(m.mean, 2) : "–");
  const head = [
    "selection",
    "seeds",
    "reward variance",
    "groups without variance",
    "test accuracy at the end",
    "forecasts unreadable",
    "Spearman on / off selection",
    "mean abs. error off (best constant)",
  ];
  const body = Object.keys(NAMES)
    .filter((key) => rows[key])
    .map((key) => {
      const { seeds, measures: m } = rows[key];
      return [
        NAMES[key],
        seeds.length,
        plusMinus(m[VARIANCE]),
        `${percentPlusMinus(m[DEAD], 0)} %`,
        `${percentPlusMinus(m[END])} %`,
        m.parse_failure_share ? `${percent(m.parse_failure_share.mean)} %` : "–",
        `${two(m.forecast_spearman_on)} / ${two(m[OFF])}`,
        `${decimal(m.forecast_mae_off.mean)} (${decimal(m.constant_median_mae_off.mean)})`,
      ];
    });
  return table(head, body);
}

function pytorchPaired(results: Results, stats: Statistics) {
  const rows = pytorch(results);
  const lines = [
    ["METIS − random", METIS, AT_RANDOM],
    ["oracle − random", ORACLE, AT_RANDOM],
    ["METIS − oracle", METIS, ORACLE],
    ["METIS − running mean", METIS, "running_mean"],
    ["METIS − shuffled", METIS, SHUFFLED],
    ["METIS − last variance", METIS, "last"],
    ["METIS − K = 0", METIS, NO_MEMORY],
    ["METIS − (λ = 0)", METIS, NO_JUDGMENT_LOSS],
    ["METIS − (λ = 1)", METIS, LAMBDA_1],
  ];
  return table(
    ["difference", "pairs", "reward variance", "groups without variance", "test accuracy at the end, points"],
    lines.map(([name, own, other]) => {
      const t = (measure: string) => minus(stats, rows[own], rows[other], measure);
      return [name, t(VARIANCE).n, difference(t(VARIANCE)), difference(t(DEAD), 2), points(t(END))];
    }),
  );
}

function pytorchNotes(results: Results, stats: Statistics) {
  const rows = pytorch(results);
  const [metis, oracle] = [METIS, ORACLE].map((key) => minus(stats, rows[key], rows.random, VARIANCE));
  const apart = Object.keys(rows)
    .filter((key) => key !== AT_RANDOM)
    .filter((key) => side(minus(stats, rows[key], rows.random, END)) !== 0)
    .map((key) => NAMES[key]);
  const off = minus(stats, rows[METIS], rows.random, OFF);
  const first = paragraph(
    `METIS trains on groups with ${more(metis)} reward variance than random order's (${difference(metis)}), ${(100 * (metis.mean / oracle.mean)).toFixed(0)} %
    of the oracle's difference (${difference(oracle)}), without rolling anything out. It spends
    ${thousands(rows[METIS].measures.judge_tokens.mean)} judgment tokens a run for it.`,
  );
  const second = paragraph(
    `${
      apart.length === 0
        ? "No selection, not even the oracle, ends at an accuracy that is shown to differ from random order's."
        : `At the end these differ from random order in accuracy: ${list(apart)}.`
    } ${partsText(results, stats)} Off selection METIS's forecasts are ${told(off)} from those of a policy trained on random
    prompts without any judgment reward (Spearman ${difference(off, 2)}, ${inWords(off.n)} pairs). ${varianceTraining(results)}`,
  );
  return `${first}\n\n${second}`;
}

/** docs/science.md: the lab's table beside PyTorch's. */
function labTable(results: Results) {
  const rows = lab(results);
  const theirs = pytorch(results);
  const two = (m: Measure | undefined) => (m ? decimal(m.mean, 2) : "–");
  const body = Object.keys(NAMES)
    .filter((key) => rows[key])
    .map((key) => {
      const { seeds, measures: m } = rows[key];
      const other = theirs[key] ? plusMinus(theirs[key].measures[VARIANCE]) : "not there";
      return [
        NAMES[key].replace(/ \(all.*| of the prompt.*/, ""),
        seeds.length,
        `${plusMinus(m[VARIANCE])} (${other})`,
        `${percent(m[DEAD].mean, 0)} %`,
        `${percent(m[END].mean)} %`,
        m.parse_failure_share ? `${percent(m.parse_failure_share.mean)} %` : "–",
        `${two(m.forecast_spearman_on)} / ${two(m[OFF])}`,
      ];
    });
  const head = [
    "selection",
    "seeds",
    "reward variance (PyTorch)",
    "without variance",
    "test accuracy at the end",
    "unreadable",
    "Spearman on / off",
  ];
  return table(head, body);
}

function labNotes(results: Results, stats: Statistics) {
  const rows = lab(results);
  const t = (measure: string) => minus(stats, rows[METIS], rows.random, measure);
  const off = t(OFF);
  const probes = (key: string) =>
    rows[key].offSelection
      .map(({ probes: seed }) => seed.map(({ spearman }) => decimal(spearman, 2)).join(" "))
      .join(", ");
  const differences = paragraph(
    `Paired by seed (${inWords(t(VARIANCE).n)} pairs), METIS − random is ${difference(t(VARIANCE))} in reward variance,
    ${difference(t(DEAD), 2)} in groups without variance, ${points(t(END))} points in accuracy and ${difference(off, 2)} in
    Spearman off selection (${bySide(
      off,
      "the judgment reward goes with better forecasting than a policy trained on random prompts has",
      "a policy trained on random prompts forecasts better",
      "not shown to differ from a policy trained on random prompts without any judgment reward",
    )}). Off selection by step (10, 20, 30), a seed after another: ${[METIS, HEAD]
      .filter((key) => rows[key])
      .map((key) => `${NAMES[key]} ${probes(key)}`)
      .join("; ")}.`,
  );
  const compared = results.rewards.rows.filter(
    ({ measures }) => measures[VARIANCE].differenceInStandardErrors !== null,
  );
  const far = compared.filter(({ measures }) => (measures[VARIANCE].differenceInStandardErrors ?? 0) > 2);
  const agreement = paragraph(
    far.length === 0
      ? `All ${inWords(compared.length)} selections agree with PyTorch within two standard errors in the variance.`
      : `${capital(inWords(compared.length - far.length))} of ${inWords(compared.length)} selections agree with PyTorch within two standard
        errors in the variance. The exception: ${list(
          far.map(({ strategy, measures: { [VARIANCE]: m } }) => {
            const errors = there(m.differenceInStandardErrors).toFixed(1);
            return `${NAMES[strategy].replace(/ \(all.*/, "")} (${decimal(m.mean)} against ${decimal(there(m.pytorch).mean)}, ${errors} standard errors)`;
          }),
        )}. One comparison in twenty differs so by chance.`,
  );
  return [differences, agreement].join("\n\n");
}

/** docs/negative-results.md */
function negative(results: Results, stats: Statistics) {
  const [ours, theirs] = [lab(results), pytorch(results)];
  const variance = [ours, theirs].map((rows) => minus(stats, rows[METIS], rows.random, VARIANCE));
  const end = [ours, theirs].map((rows) => minus(stats, rows[METIS], rows.random, END));
  const oracle = minus(stats, theirs.oracle, theirs.random, END);
  return bullets([
    `**Accuracy does not follow informativeness.** METIS − random order in reward variance: ${difference(variance[0])} in the
    lab, ${difference(variance[1])} in PyTorch (${inWords(variance[0].n)} and ${inWords(variance[1].n)} pairs). In accuracy at the end:
    ${points(end[0])} and ${points(end[1])} points, ${
      told(end[0]) === told(end[1]) ? `both ${told(end[0])}` : `${told(end[0])} and ${told(end[1])}`
    }; even the oracle, which sees the variance, is at ${points(oracle)} points (PyTorch).`,
    `**Memory and judgment reward are not shown to matter here.** In PyTorch, ${partsText(results, stats)} ${varianceTraining(results)}`,
    ...(ours[HEAD] ? [headText(ours, stats)] : []),
  ]);
}

/** METIS-head beside METIS on the seeds of both. */
function headText(ours: Rows<RewardRow>, stats: Statistics) {
  const head = ours[HEAD];
  const same = (measure: string) =>
    mean(
      head.seeds
        .map((seed) => ours[METIS].seeds.indexOf(seed))
        .filter((i) => i >= 0)
        .map((i) => there(ours[METIS].measures[measure].bySeed[i])),
    );
  const versus = [VARIANCE, END].map((measure) => minus(stats, head, ours[METIS], measure));
  return `**A linear head instead of words.** METIS-head has ${decimal(head.measures[VARIANCE].mean)} reward variance against METIS's
    ${decimal(same(VARIANCE))} on the same ${inWords(versus[0].n)} seeds (${difference(versus[0])}, ${told(versus[0])}) and ends
    at ${percent(head.measures[END].mean, 0)} against ${percent(same(END), 0)} % (${points(versus[1])} points, ${told(versus[1])}).`;
}

/** docs/negative-results.md: what the base's forecasts were worth. */
function forecasts(results: Results) {
  const first = judged(results, "first checkpoint", "rl", 0);
  const [cold, warm] = [judged(results, "shipped", "rl", 0), judged(results, "shipped", "comm", 40)];
  const readable = mean(first.map(({ unread }) => 1 - unread));
  return bullets([
    `**A forecast is a format before it is a skill.** An earlier base copied a constant: rank correlation with the observed
    variance ${correlations(first)} on _rl_, with ${percent(readable, 0)} % of judgments readable.`,
    `**Forecasts may go stale.** Their rank correlation is ${correlations(cold)} on _rl_ straight from the base and ${correlations(warm)} on
    _comm_ after a supervised warm start (two seeds each). Pool and training differ at once, so which of them does it is
    not shown.`,
  ]);
}

export const rewardBlocks: Blocks = {
  "README.md": { "lab-rewards": labShort, "lab-rewards-notes": labShortNotes, "metis-parts": readmeParts },
  "docs/science.md": {
    "pytorch-rewards": pytorchTable,
    "pytorch-rewards-paired": pytorchPaired,
    "pytorch-rewards-notes": pytorchNotes,
    "lab-rewards": labTable,
    "lab-rewards-notes": labNotes,
  },
  "docs/negative-results.md": { rewards: negative, forecasts },
};
