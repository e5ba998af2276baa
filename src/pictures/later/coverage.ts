// How much of the pool has it seen? The share of the pool picked at least once, by round (by step, where rewards are
// trained), against what as many picks drawn at random would have seen on average.
//
//   with replacement between rounds      E[seen] / N = 1 − ∏ᵢ (1 − kᵢ / N)
//   without (curriculum.excludeSeen)     E[seen] / N = min(1, Σᵢ kᵢ / N)
//
// N = samples in the pool, kᵢ = picks of round i, all different within a round. A sample is missed by a uniform draw of kᵢ
// with probability 1 − kᵢ / N, rounds are independent, and expectations add up: exact, no approximation for large N.
//
// source    the coupon collector with group drawings: W. Stadje, "The collector's problem with group drawings",
//           Advances in Applied Probability 22 (1990) 866–882
import { count, percent } from "../../lib/format";
import type { RunView } from "../../log/view";
import { lines, type LineSeries } from "../../ui/charts/lines";
import { baselineName, ownName, type Frame, type KeyEntry, type Picture } from "../picture";

interface Covered {
  /** Round, or step of reinforcement. */
  at: number;
  picks: number;
  /** Shares of the pool. */
  seen: number;
  byChance: number;
}

/** What was picked at once, in order: the prompts of a step where rewards are trained, else the picks of a round. */
function drawsOf(run: RunView): { at: number; samples: number[] }[] {
  if (run.groups.length === 0)
    return run.rounds.flatMap(({ round, picks }) =>
      picks ? [{ at: round, samples: picks.map(({ sample }) => sample) }] : [],
    );
  const steps = new Map<number, number[]>();
  for (const { step, sample } of run.groups) steps.set(step, [...(steps.get(step) ?? []), sample]);
  return [...steps].map(([at, samples]) => ({ at, samples }));
}

/** One entry a draw; the random draw follows the rule of the run. */
export function coverage(run: RunView): Covered[] {
  const size = run.samples.length;
  const seen = new Set<number>();
  let missed = 1;
  let drawn = 0;
  return drawsOf(run).map(({ at, samples }) => {
    samples.forEach((sample) => seen.add(sample));
    const picks = new Set(samples).size;
    missed *= 1 - picks / size;
    drawn += picks;
    const byChance = run.config.curriculum?.excludeSeen ? Math.min(1, drawn / size) : 1 - missed;
    return { at, picks, seen: seen.size / size, byChance };
  });
}

const unitOf = (run: RunView): string => (run.groups.length > 0 ? "step" : "round");

const curve = (list: readonly Covered[], share: (one: Covered) => number) =>
  [[0, 0] as const, ...list.map((one) => [one.at, share(one)] as const)] as const;

function seriesOf({ run, baseline }: Frame): LineSeries[] {
  const own = coverage(run);
  const dots = own.length <= 40;
  const series: LineSeries[] = [
    {
      id: "chance",
      name: "at random",
      color: "var(--random)",
      points: curve(own, (c) => c.byChance),
      dashed: true,
    },
  ];
  if (baseline)
    series.push({
      id: "baseline",
      name: "the baseline run",
      color: "var(--random)",
      points: curve(coverage(baseline), (c) => c.seen),
    });
  series.push({ id: "own", name: "this run", color: "var(--pick)", points: curve(own, (c) => c.seen), dots });
  return series;
}

export const picture: Picture = {
  id: "coverage",
  place: 130,
  question: "How much of the pool has it seen?",
  follows: ["picks", "groups", "pool", "run"],
  applies: ({ run }) => run.samples.length > 0 && drawsOf(run).length > 0,
  sentence(frame) {
    const { run } = frame;
    const list = coverage(run);
    const { at, seen, byChance } = list[list.length - 1];
    const picks = list.reduce((sum, one) => sum + one.picks, 0);
    const rule = run.config.curriculum?.excludeSeen
      ? "none twice while others are left"
      : `any again in a later ${unitOf(run)}`;
    return (
      `By ${unitOf(run)} ${at}, ${count(picks)} picks have shown ${ownName(frame) || "this run"} ${percent(seen, 1)} of ` +
      `${count(run.samples.length)} samples; as many drawn at random, ${rule}, would show ${percent(byChance, 1)} on average.`
    );
  },
  figure(frame, width) {
    const series = seriesOf(frame);
    const { rounds, steps } = frame.run.planned;
    const last = Math.max(
      unitOf(frame.run) === "step" ? steps : rounds,
      ...coverage(frame.run).map(({ at }) => at),
      1,
    );
    return lines({
      width,
      height: 240,
      series,
      xDomain: [0, last],
      yDomain: [0, 1],
      yTicks: [0, 0.25, 0.5, 0.75, 1],
      formatY: (value) => percent(value),
      formatX: (value) =>
        value === 0 ? `${unitOf(frame.run)} 0` : Number.isInteger(value) ? String(value) : "",
    });
  },
  table: ({ run }) => ({
    columns: [unitOf(run) === "round" ? "#Round" : "#Step", "#Picks", "#Seen so far", "#At random, expected"],
    rows: coverage(run).map(({ at, picks, seen, byChance }) => [
      at,
      picks,
      percent(seen, 1),
      percent(byChance, 1),
    ]),
  }),
  key(frame) {
    const entries: KeyEntry[] = [
      {
        mark: "k-line k-pick",
        text: `share of the [[pool]] that ${ownName(frame) || "this run"} has picked`,
      },
      { mark: "k-dash", text: "as many picks drawn at random, expected" },
    ];
    if (frame.baseline) entries.push({ mark: "k-line k-random", text: baselineName(frame) });
    return entries;
  },
};
