// report.html of a race: who is ahead of random order at equal cost, as a table and as one small picture an order; then
// every run with what it learnt, forgot and trained. One file without network, styled as the report of a run.
import { range, signed } from "../../curriculum/paired";
import { strategyLabel } from "../../curriculum/registry";
import { count, percent, plural, short } from "../../lib/format";
import { axisNames, axisNotes } from "../../pictures/race/race";
import { ordersFigure, type OrderTest } from "../../pictures/race/orders";
import { toSvg } from "../../ui/charts/scene";
import { table, text } from "../report/markup";
import { STYLE, section, variable } from "../report/report";
import { AXIS, type RaceRun, type RunExtras } from "../../race/runs";
import type { PairExtras, RaceFile, RacePair } from "../../race/race";

const MULTIPLES = `
.multiples { display: grid; grid-template-columns: repeat(auto-fill, minmax(min(100%, 400px), 1fr)); gap: 16px; }
td.n { white-space: nowrap; } .multiples figure { margin: 0; } figcaption { font-size: 14px; margin-bottom: 4px; }`;

/** Room for one small picture. */
const WIDTH = 410;

const isShare = ({ measure }: Pick<RacePair, "measure">): boolean => !measure.startsWith("timeTo:");

/** "+3.1 points", or in units of the cost. */
function size(pair: RacePair, value: number): string {
  return isShare(pair) ? signed(100 * value) : `${value < 0 ? "−" : "+"}${short(Math.abs(value))}`;
}

function measureName(measure: string): string {
  if (measure === "end") return "right at the end, points";
  if (measure === "area") return "mean on the way, points";
  return `cost of ${percent(Number(measure.slice("timeTo:".length)))} right`;
}

function interval(pair: RacePair): string {
  if (!pair.interval) return "–";
  const [low, high] = pair.interval;
  return isShare(pair) ? range([100 * low, 100 * high]) : `[${size(pair, low)}, ${size(pair, high)}]`;
}

function pairRow(pair: RacePair, { pHolm, reached }: PairExtras): (string | number)[] {
  const got = reached ? `${reached.strategy} and ${reached.against} got there` : "";
  return [
    strategyLabel(pair.strategy),
    measureName(pair.measure),
    pair.difference === null ? "–" : size(pair, pair.difference),
    interval(pair),
    pair.seeds,
    pHolm === null ? "–" : pHolm < 0.001 ? "< 0.001" : pHolm.toFixed(3),
    got,
  ];
}

/** "EDCO − random order: +3.1 points [−2.0, 8.2] in the mean on the way": the picture's own caption. */
function caption(strategy: string, race: RaceFile): string {
  const area = race.pairs.find((pair) => pair.strategy === strategy && pair.measure === "area");
  if (!area || area.difference === null) return `${strategyLabel(strategy)}: no seed in common yet`;
  const sure = area.interval ? ` ${interval(area)}` : `, ${plural(area.seeds, "seed")}`;
  return `${strategyLabel(strategy)} − ${strategyLabel(area.against)}: ${size(area, area.difference)} points on the way${sure}`;
}

const testsOf = ({ evaluations }: RaceRun): OrderTest[] =>
  evaluations.map(({ step, trainTokens, tokens, seconds, value }) => ({
    steps: step,
    trainTokens,
    allTokens: tokens,
    seconds,
    value,
  }));

function multiples(race: RaceFile, against: string, threshold: number): string {
  const runsOf = (name: string) => race.runs.filter(({ strategy }) => strategy === name).map(testsOf);
  const orders = [...new Set(race.runs.map(({ strategy }) => strategy))];
  const shown = orders.length > 1 ? orders.filter((name) => name !== against) : orders;
  return shown
    .map((name) => {
      const words = caption(name, race);
      const field = { axis: AXIS[race.cost], budget: race.budget, threshold };
      const figure = ordersFigure({ ...field, own: runsOf(name), against: runsOf(against) }, WIDTH);
      return `<figure><figcaption>${text(words)}</figcaption>${toSvg(figure, words, variable)}</figure>`;
    })
    .join("");
}

const shareOf = (value: number | null): string => (value === null ? "–" : percent(value));

function runTable(race: RaceFile) {
  return {
    columns: [
      "Order",
      "#Seed",
      "#Before",
      "#End",
      "#Steps",
      "#Training tokens",
      "#All tokens",
      "#Seconds",
      "#Forgotten",
      "#Rows seen",
      "#Noise trained",
    ],
    rows: race.runs.map((run) => {
      const extra = extrasOf(race, run);
      const { rightBefore = 0, lost = 0 } = extra?.forgetting ?? {};
      return [
        strategyLabel(run.strategy),
        run.seed,
        shareOf(run.evaluations[0]?.value ?? null),
        shareOf(run.evaluations.at(-1)?.value ?? null),
        extra?.spent.steps ?? "–",
        count(extra?.spent.trainTokens ?? 0),
        count(extra?.spent.tokens ?? 0),
        (extra?.spent.seconds ?? 0).toFixed(1),
        `${lost} of ${rightBefore}`,
        shareOf(extra?.coverage ?? null),
        shareOf(extra?.noiseTrained ?? null),
      ];
    }),
  };
}

const extrasOf = (race: RaceFile, { strategy, seed }: RaceRun): RunExtras | undefined =>
  race.more.runs.find((run) => run.strategy === strategy && run.seed === seed);

/** Skill × order: mean share right at the end over seeds; null where no file names skills. */
function skillTable(race: RaceFile) {
  const orders = [...new Set(race.runs.map(({ strategy }) => strategy))];
  const skills = new Map<string, number>();
  for (const { bySkill } of race.more.runs)
    for (const [skill, { n }] of Object.entries(bySkill ?? {})) skills.set(skill, n);
  if (skills.size === 0) return null;
  const mean = (strategy: string, skill: string, at: "before" | "end"): string => {
    const values = race.more.runs.flatMap((run) =>
      run.strategy === strategy && run.bySkill?.[skill] ? [run.bySkill[skill][at]] : [],
    );
    return values.length === 0 ? "–" : percent(values.reduce((sum, value) => sum + value, 0) / values.length);
  };
  return {
    columns: ["Skill", "#Questions", "#Before", ...orders.map((name) => `#${strategyLabel(name)}`)],
    rows: [...skills].map(([skill, n]) => [
      skill.replaceAll("_", " "),
      n,
      mean(orders[0], skill, "before"),
      ...orders.map((name) => mean(name, skill, "end")),
    ]),
  };
}

/** The whole page. `folders` are those of the runs, beside it. */
export function raceReport(
  race: RaceFile,
  { against, threshold, rewards }: { against: string; threshold: number; rewards: boolean },
): string {
  const unit = axisNames[AXIS[race.cost]];
  const title = `${race.pool.name}: ${plural(new Set(race.runs.map((run) => run.strategy)).size, "order")} under ${count(race.budget)} ${unit}`;
  const skills = skillTable(race);
  const missing =
    race.more.missing.length === 0
      ? ""
      : `<p>Not there yet: ${text(race.more.missing.map(({ strategy, seed }) => `${strategyLabel(strategy)} seed ${seed}`).join(", "))}.</p>`;
  const pairColumns = ["Order", "Measure", "#Difference", "95 %", "#Seeds", "#p, Holm", "Reached"];
  const rows = race.pairs.map((pair, i) => pairRow(pair, race.more.pairs[i]));
  const links = race.runs
    .map(({ strategy, seed }) => {
      const folder = encodeURIComponent(`${strategy}-${seed}`);
      return `<a href="${folder}/report.html">${text(strategyLabel(strategy))}, seed ${seed}</a>`;
    })
    .join(" · ");
  return `<!doctype html>
<html lang="en"><head><meta charset="utf-8"><meta name="viewport" content="width=device-width, initial-scale=1">
<title>${text(title)}</title><style>${STYLE}${MULTIPLES} a { color: inherit; }</style></head><body>
<h1>${text(title)}</h1>
<p>${text(`${plural(race.test.n, "test question")}; cost is ${axisNotes[rewards ? "reward" : "supervised"][AXIS[race.cost]]}.`)}</p>${missing}
${section(
  "pairs",
  `Does it pay against ${strategyLabel(against)}?`,
  `<p>${text(`Differences to ${strategyLabel(against)}, paired by seed; 95 % intervals of Student’s t over seeds. ${race.more.multiplicity}`)}</p>${table({ columns: pairColumns, rows })}`,
)}
${section(
  "race",
  "The race",
  `<p>${text(`Share of right test answers against ${unit}: the order in the warm colour, ${strategyLabel(against)} in grey, a thin line a seed, the thick one their mean; the dashed line is ${percent(threshold)}.`)}</p><div class="multiples">${multiples(race, against, threshold)}</div>`,
)}
${skills ? section("skills", "What did each learn?", `<p>Share right at the end by the skill of the question, mean over seeds.</p>${table(skills)}`) : ""}
${section("runs", "Every run", `${table(runTable(race))}<p class="aside">Forgotten: of the questions right before training, those wrong at the end. Rows seen: share of the pool trained at least once. Noise trained: share of trained rows from which nothing can be learnt, where the pool’s file says so.</p><p>${links}</p>`)}
</body></html>
`;
}
