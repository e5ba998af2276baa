// The panel "Races so far": every pool that was raced as a small picture, and all figures as one table.
import { useEffect, useState } from "react";
import { range, signed } from "../../curriculum/paired";
import { strategyLabel } from "../../curriculum/registry";
import { asLabError, type LabError } from "../../lib/errors";
import { percent, plural, short } from "../../lib/format";
import type { Multiple, Multiples } from "../../race/multiples";
import { poolWords } from "../../race/poolWords";
import { lines } from "../../ui/charts/lines";
import { Svg } from "../../ui/charts/Svg";
import { DataTable, type TableData } from "../../ui/controls/DataTable";
import { Fault } from "../../ui/controls/Fault";
import { Sheet } from "../../ui/controls/Sheet";
import { recordedRaces } from "../../store/races";

const WIDTH = 400;
const HEIGHT = 170;

/** Random order grey, the first order in the colour of picks, others in those of orders beside it. */
const colorOf = (k: number): string =>
  k === 0 ? "var(--random)" : k === 1 ? "var(--pick)" : `var(--beside-${((k - 2) % 3) + 1})`;

type Area = NonNullable<Multiple["orders"][number]["area"]>["tokens"];

const pointsOf = ({ mean, interval }: Area): string =>
  signed(100 * mean) + (interval ? ` ${range([100 * interval[0], 100 * interval[1]])}` : "");

/** Ahead, behind or too close to call; one seed never names a winner. */
function verdictOf({ interval }: Area): string {
  if (!interval) return "one seed: nothing is told";
  if (interval[0] > 0) return "ahead";
  return interval[1] < 0 ? "behind" : "too close to call";
}

function figureOf({ orders }: Multiple) {
  return lines({
    width: WIDTH,
    height: HEIGHT,
    series: orders.map(({ strategy, curve }, k) => ({
      id: strategy,
      name: strategyLabel(strategy),
      color: colorOf(k),
      points: curve.map(([tokens, value]) => [tokens, value] as const),
      band: curve.map(([, , low, high]) => [low, high] as const),
      dots: true,
    })),
    xDomain: [0, Math.max(...orders.map(({ curve }) => curve.at(-1)![0])) * 1.03],
    yDomain: [0, 1],
    yTicks: [0, 0.5, 1],
    formatY: (value) => percent(value),
    formatX: short,
  });
}

function Race({ race }: { race: Multiple }) {
  const { pool, by, steps, seeds, orders } = race;
  return (
    <li className="race">
      <h3>{pool}</h3>
      <p className="aside">
        {poolWords(pool)} {plural(steps, "step")}, {plural(seeds, "seed")},{" "}
        {by === "lab" ? "in the lab" : "in PyTorch"}.
      </p>
      <Svg figure={figureOf(race)} name={`Share right against all tokens on ${pool}`} />
      <ul className="key">
        {orders.map(({ strategy, area }, k) => (
          <li key={strategy}>
            <i className="k-line" style={{ background: colorOf(k) }} />
            {strategyLabel(strategy)}
            {area && `: ${pointsOf(area.tokens)} points, ${verdictOf(area.tokens)}`}
          </li>
        ))}
      </ul>
    </li>
  );
}

const tableOf = ({ races }: Multiples): TableData => ({
  columns: [
    "Pool",
    "Raced in",
    "#Steps",
    "#Seeds",
    "Order",
    "#At equal steps",
    "#At equal tokens",
    "So it is",
  ],
  rows: races.flatMap(({ pool, by, steps, seeds, orders }) =>
    orders.flatMap(({ strategy, area }) =>
      area
        ? [
            [
              pool,
              by,
              steps,
              seeds,
              strategyLabel(strategy),
              pointsOf(area.steps),
              pointsOf(area.tokens),
              verdictOf(area.tokens),
            ],
          ]
        : [],
    ),
  ),
});

export function ArenaPanel({ onClose }: { onClose: () => void }) {
  const [found, setFound] = useState<Multiples | null>(null);
  const [fault, setFault] = useState<LabError | null>(null);
  useEffect(() => {
    recordedRaces().then(setFound, (thrown: unknown) => setFault(asLabError(thrown)));
  }, []);
  return (
    <Sheet title="Races so far" place="panel" onClose={onClose}>
      <p>
        Does an order pay? Each pool was raced with the same seeds, questions and steps in every order: share
        of right test answers, up, against all tokens spent, across. Lines are means over seeds, bands reach
        from the lowest to the highest; tokens count what choosing costs. The figures are mean share right
        while random order’s tokens were spent, less random order’s, with 95 % intervals.
      </p>
      <Fault fault={fault} />
      {found && (
        <>
          <ul className="races">
            {found.races.map((race) => (
              <Race key={`${race.pool} ${race.by} ${race.steps}`} race={race} />
            ))}
          </ul>
          <DataTable data={tableOf(found)} name="races" />
        </>
      )}
    </Sheet>
  );
}
