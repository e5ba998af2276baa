// The figures on EDCO and random order in README and docs, computed from the recorded runs and from PyTorch's.
import {
  bullets,
  bySide,
  capital,
  there,
  inWords,
  list,
  paragraph,
  percent,
  percentPlusMinus,
  points,
  side,
  span,
  table,
  thousands,
} from "./words";
import type { Difference } from "./words";
import type { Blocks, PytorchMeasure, Reference, Results, Statistics } from "../results";
import { AT_RANDOM, BY_ENTROPY, BY_LOSSES } from "../recorded";

type Entry = Reference["sft"][number];
type BySteps = Results["comparisons"]["rows"][number]["bySteps"][number];

const mean = (values: number[]) => values.reduce((sum, value) => sum + value, 0) / values.length;
const whole = (shares: (number | null)[]) => `${shares.map((v) => percent(v ?? 0, 0)).join(", ")} %`;
const comparisonOf = (results: Results, story: string) =>
  there(results.comparisons.rows.find((row) => row.story === story && row.own === BY_ENTROPY));
const asT = (c: { difference: number; interval: Difference["interval"] }): Difference => ({
  mean: c.difference,
  interval: c.interval,
});
const leads = { own: "EDCO is ahead", other: "random order is ahead", level: "too close to call" };

/** EDCO minus random order of PyTorch's runs, paired by seed, after a round. */
function pytorch(
  results: Results,
  stats: Statistics,
  pool: string,
  round: number,
  { N = 64, steps }: { N?: number; steps?: number } = {},
) {
  const runs = (strategy: string) =>
    there(
      results.reference.sft.find(
        (e) => e.pool === pool && e.strategy === strategy && e.N === N && (!steps || e.steps === steps),
      ),
    );
  const [own, other] = [runs(BY_ENTROPY), runs(AT_RANDOM)];
  const at = (entry: Entry) => there(entry.accuracy.find((a) => a.round === round));
  const gaps = own.seeds.flatMap((seed, i) => {
    const j = other.seeds.indexOf(seed);
    return j < 0 ? [] : [at(own).by_seed[i] - at(other).by_seed[j]];
  });
  return {
    own: at(own),
    other: at(other),
    seeds: gaps.length,
    t: there(stats.pairedT(gaps)),
    entries: [own, other],
  };
}

/** The lab's recorded runs: intro and table of the README. */
function labTable(results: Results) {
  // PyTorch's side has no run of scout.
  const both = results.curricula.rows.filter(({ accuracy }) => accuracy.some((a) => a.pytorch));
  const rounds = both.flatMap((row) => row.accuracy.filter((a) => a.round > 0));
  const compared = rounds.filter((a) => a.pytorch);
  const numbers = (of: typeof rounds) => [...new Set(of.map((a) => a.round))];
  const alone = numbers(rounds.filter((a) => !a.pytorch));
  const apart = Math.max(...compared.map((a) => a.differenceInStandardErrors ?? 0));
  const seeds = Math.max(...results.curricula.rows.map((row) => row.seeds.length));
  const tests = results.comparisons.rows.filter((row) => row.own === BY_ENTROPY).map((row) => row.testRows);
  const intro = paragraph(
    `The lab's own runs, on WebGPU, ${inWords(seeds)} seeds each: the recorded runs of the page, round by round in
    [docs/results/curricula.json](docs/results/curricula.json). Rounds ${list(numbers(compared).map(String))} are compared with
    PyTorch's there and agree within ${apart.toFixed(1)} standard errors; rounds ${list(alone.map(String))} are not (PyTorch has none).
    Differences are EDCO − random order in points, paired by seed, with the 95 % interval of Student's t. A leader is named
    only where that interval and a hierarchical bootstrap over seeds and questions exclude 0
    ([docs/results/comparisons.json](docs/results/comparisons.json)). Test sets have ${span(tests)} rows: one run
    has a standard error near 4 points.`,
  );
  const line = (label: string, c: BySteps) => [
    label,
    whole(c.own),
    whole(c.other),
    points(asT(c)),
    leads[c.leader],
  ];
  const at = (story: string, step: number) =>
    there(comparisonOf(results, story).bySteps.find((c) => c.step === step));
  const last = (story: string) => there(comparisonOf(results, story).bySteps.at(-1));
  const tokens = comparisonOf(results, "needle").atEqualTokens;
  const rows = [
    line("_needle_: 90 % of the pool is already known; after 16 steps", at("needle", 16)),
    line("after 24 steps", at("needle", 24)),
    line(`at the end, after ${last("needle").step} steps`, last("needle")),
    [
      `at the tokens random order spends in all, ${thousands(mean(tokens.budgets))}`,
      "–",
      "–",
      points(asT(tokens)),
      leads[tokens.leader],
    ],
    line(
      `_noisy_: 40 % of the pool has no answer; at the end, after ${last("noisy").step} steps`,
      last("noisy"),
    ),
  ];
  const head = ["right answers by seed", "EDCO", "random order", "difference", "so"];
  return `${intro}\n\n${table(head, rows)}`;
}

function cost(results: Results) {
  const { tokens } = comparisonOf(results, "needle");
  const total = (side: "own" | "other", key: "choose" | "train") => mean(tokens[side].map((t) => t[key]));
  return { score: total("own", "choose"), own: total("own", "train"), other: total("other", "train") };
}

/** scout against random order on needle. */
function byLosses(results: Results) {
  const found = there(results.comparisons.rows.find((r) => r.story === "needle" && r.own === BY_LOSSES));
  return {
    tokens: there(found.area.allTokens),
    last: there(found.bySteps.at(-1)),
    seeds: found.seeds.length,
  };
}

function labNotes(results: Results) {
  const losses = byLosses(results);
  const { newPicks, seeds, area } = comparisonOf(results, "needle");
  const { score, own, other } = cost(results);
  const fresh = results.pools.needle.filter(({ tier }) => tier === "C").length;
  const inRound = (round: number) => span(newPicks.map((run) => run[round - 1]));
  const tokens = there(area.allTokens);
  return bullets([
    `A gain on _needle_ is one in steps. Scoring takes ${thousands(score)} tokens a run, training ${thousands(own)} (random
    order ${thousands(other)}). With all tokens counted, the mean accuracy on the way, compared with
    random order's, is ${points(tokens)} points, ${bySide(tokens, "higher", "lower", "not shown to differ")} (area between the curves, ${inWords(seeds.length)} pairs).`,
    `scout, the lab's own rule, scores nothing, so all its tokens are trained ones. With all tokens counted, its mean accuracy on
    the way is ${points(losses.tokens)} points, ${bySide(losses.tokens, "higher", "lower", "not shown to differ")} (${inWords(losses.seeds)}
    pairs); after ${losses.last.step} steps ${points(asT(losses.last))}, ${losses.last.leader === "own" ? "scout is ahead" : leads[losses.last.leader]}. More seeds: [the arena](docs/results/arena.md).`,
    `Of the 64 picks of round 1, ${inRound(1)} are among the ${fresh} rows in ${results.pools.needle.length} that the base has
    never met; in round 2, ${inRound(2)}. Entropy finds new rows at first sight, not every round.`,
  ]);
}

const ordinary = ["comm", "med", "law"];

/** Ordinary domains in PyTorch, for the README and for negative results. */
function ordinaryText(results: Results, stats: Statistics) {
  const parts = ordinary.map((pool) => {
    const [first, end] = [1, 5].map((round) => pytorch(results, stats, pool, round));
    return { pool, first, end };
  });
  const seeds = [...new Set(parts.map(({ end }) => end.seeds))];
  const says = parts.map(
    ({ pool, first, end }) =>
      `_${pool}_ ${percent(first.own.mean, 0)} against ${percent(first.other.mean, 0)} % after round 1,
      ${percent(end.own.mean, 0)} against ${percent(end.other.mean, 0)} % at the end (${points(end.t)} points)`,
  );
  const behind = parts.filter(({ end }) => side(end.t) < 0).map(({ pool }) => `_${pool}_`);
  const ahead = parts.filter(({ end }) => side(end.t) > 0).map(({ pool }) => `_${pool}_`);
  const level = parts.filter(({ end }) => side(end.t) === 0).map(({ pool }) => `_${pool}_`);
  const verdicts = [
    behind.length > 0 ? `EDCO ends behind random order on ${list(behind)}` : "",
    ahead.length > 0 ? `EDCO ends ahead of random order on ${list(ahead)}` : "",
    level.length > 0 ? `too close to call at the end on ${list(level)}` : "",
  ].filter(Boolean);
  return `${list(says)}. ${capital(list(verdicts))} (equal steps, ${list(seeds.map(inWords))} seeds, paired t).`;
}

const readmeOrdinary = (results: Results, stats: Statistics) =>
  bullets([`On ordinary small domains EDCO answers, against random order: ${ordinaryText(results, stats)}`]);

/** The table of docs/science.md. */
function pytorchTable(results: Results, stats: Statistics) {
  const pools = ["needle", "noisy", ...ordinary];
  const rows = pools.flatMap((pool) => {
    const entries = [BY_ENTROPY, AT_RANDOM].map((strategy) =>
      there(results.reference.sft.find((e) => e.pool === pool && e.strategy === strategy && e.N === 64)),
    );
    return entries.map((e) => [
      pool,
      e.strategy === BY_ENTROPY ? "EDCO" : "random",
      `${e.rounds} × ${e.steps}`,
      e.seeds.length,
      percent(e.accuracy[0].mean),
      ...[1, 3, 5].map((round) => percentPlusMinus(there(e.accuracy.find((a) => a.round === round)))),
      `${thousands(e.train_tokens.mean)} / ${e.score_tokens.mean === 0 ? 0 : thousands(e.score_tokens.mean)}`,
    ]);
  });
  const head = [
    "pool",
    "order",
    "rounds × steps",
    "seeds",
    "base",
    "round 1",
    "round 3",
    "round 5",
    "tokens trained / scored",
  ];
  const differences = table(
    ["EDCO − random, points", "pairs", "round 1", "round 3", "round 5"],
    pools.map((pool) => {
      const by = [1, 3, 5].map((round) => pytorch(results, stats, pool, round));
      return [pool, by[0].seeds, ...by.map(({ t }) => points(t))];
    }),
  );
  return `${table(head, rows)}\n\nPaired by seed:\n\n${differences}`;
}

function pytorchNotes(results: Results, stats: Statistics) {
  const needle = [3, 5].map((round) => pytorch(results, stats, "needle", round));
  const noisy = pytorch(results, stats, "noisy", 5);
  const [own] = needle[1].entries;
  const start = noisy.entries[0].accuracy[0].mean;
  const below = noisy.own.by_seed.filter((value) => value < start).length;
  const ratio = own.score_tokens.mean / own.train_tokens.mean;
  const verdict = ({ t }: { t: Difference }) =>
    bySide(t, "EDCO is ahead", "random order is ahead", "too close to call");
  return bullets([
    `_needle_ (90 % already mastered): after 24 steps EDCO − random is ${points(needle[0].t)} points, ${verdict(needle[0])}; at
    the end ${points(needle[1].t)}, ${verdict(needle[1])}, with random order's seeds at
    ${list(needle[1].other.by_seed.map((v) => percent(v, 0)))} %.`,
    `_noisy_ (40 % of the rows cannot be answered): EDCO ends below where it started in ${inWords(below)} of
    ${inWords(noisy.own.by_seed.length)} seeds; EDCO − random ${points(noisy.t)} points, ${verdict(noisy)}.`,
    `Ordinary domains: ${ordinaryText(results, stats)}`,
    `A gain on _needle_ is in steps. In tokens, scoring the pool costs ${ratio.toFixed(1)} times the training.`,
  ]);
}

/** Estimators on the needle pool, from the golden picks. */
function estimators(results: Results) {
  const { estimators: by, agreement_with_full_length: agreement } = results.picks;
  const tierOf = new Map(results.pools.needle.map(({ id, tier }) => [id, tier]));
  const names = {
    prefix_mean: "prefix of 8, mean, nats",
    teacher_forced: "teacher-forced, first 8 reference tokens",
    top_fifth_bits: "released code's variant: top 20, bits, fifth",
    full_length: "full length, up to 40 tokens",
  };
  const rows = Object.entries(names).map(([key, name]) => [
    name,
    by[key].top.filter((id) => tierOf.get(id) === "C").length,
    agreement[key].spearman === 1 ? "1" : agreement[key].spearman.toFixed(2),
    agreement[key].shared_picks,
    key === "teacher_forced" ? "none" : by[key].tokens.toLocaleString("en-GB"),
  ]);
  const head = [
    "estimator",
    "new rows among the 64 picks",
    "rank correlation with full length",
    "picks shared with full length",
    "generated tokens",
  ];
  return table(head, rows);
}

function negative(results: Results, stats: Statistics) {
  const noisy = there(comparisonOf(results, "noisy").bySteps.at(-1));
  const theirs = pytorch(results, stats, "noisy", 5);
  const needle = comparisonOf(results, "needle");
  const { score, own } = cost(results);
  const long = [1, 5].map((round) => pytorch(results, stats, "needle", round, { N: 128 }));
  const inRound = (round: number) => span(needle.newPicks.map((run) => run[round - 1]));
  const shares = (a: PytorchMeasure) => `${list(a.by_seed.map((v) => percent(v, 0)))} %`;
  return bullets([
    `**Entropy chases noise.** On _noisy_, where 40 % of the rows have random labels, EDCO ends at ${whole(noisy.own)} where
    random order has ${whole(noisy.other)} (the lab; ${points(asT(noisy))} points, ${leads[noisy.leader]}; PyTorch
    ${percent(theirs.own.mean, 0)} against ${percent(theirs.other.mean, 0)} % in the mean). High entropy means hard, new or
    meaningless, and the score cannot tell which.`,
    `**Scoring can cost more than it saves.** On _needle_ EDCO − random order is ${points(asT(needle.bySteps[2]))} points after 16
    steps and ${points(asT(needle.bySteps[3]))} after 24, but scoring 603 samples five times takes ${thousands(score)} tokens
    where training takes ${thousands(own)}. At the tokens random order spends in all it is
    ${points(asT(needle.atEqualTokens))}: ${leads[needle.atEqualTokens.leader]}.`,
    `**New rows are found in round 1, less so later.** Of 64 picks on _needle_, ${inRound(1)} are rows the base has never met
    in round 1, ${inRound(2)} in round 2 and ${inRound(3)} in round 3.`,
    `**Ordinary domains gain nothing.** In PyTorch, EDCO against random order: ${ordinaryText(results, stats)} An earlier edition
    of this page called _comm_ level at the end, from one seed.`,
    `**More steps a round hide the effect.** With 32 steps a round on _needle_ both orders saturate: ${shares(long[0].own)}
    against ${shares(long[0].other)} after round 1, ${shares(long[1].own)} against ${shares(long[1].other)} at the end.`,
  ]);
}

export const supervisedBlocks: Blocks = {
  "README.md": { "lab-curricula": labTable, "lab-curricula-notes": labNotes, ordinary: readmeOrdinary },
  "docs/science.md": {
    "pytorch-edco": pytorchTable,
    "pytorch-edco-notes": pytorchNotes,
    estimators,
  },
  "docs/negative-results.md": { curricula: negative },
};
