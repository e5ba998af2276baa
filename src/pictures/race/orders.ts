// A race of many orders as small multiples: one field an order, its runs in the warm colour, random order's in grey
// behind, so that two colours and the same scales do for any number of orders. Pure.
import { percent, short } from "../../lib/format";
import type { CostAxis, Spent } from "../../log/view";
import { lines, type LineSeries } from "../../ui/charts/lines";
import type { Figure } from "../../ui/charts/scene";
import { seedBand } from "./race";

/** A test of a run: share of right answers, and what had been spent by then. */
export type OrderTest = Spent & { value: number };

export interface OrdersField {
  axis: CostAxis;
  /** The race's budget, in units of the axis: the end of the scale. */
  budget: number;
  /** Tests of the order's runs, one list a seed. */
  own: readonly (readonly OrderTest[])[];
  /** The same of random order. */
  against: readonly (readonly OrderTest[])[];
  /** Share right whose cost is compared. */
  threshold: number;
}

function side(
  id: string,
  color: string,
  runs: readonly (readonly OrderTest[])[],
  axis: CostAxis,
): LineSeries[] {
  const seeds = runs.map((run, i): LineSeries => ({
    id: `${id}-${i}`,
    name: `${id}, one seed`,
    color,
    points: run.map((test) => [test[axis], test.value]),
    faint: true,
  }));
  const mean = runs.length > 1 ? seedBand(runs, axis) : [];
  const whole: LineSeries[] =
    mean.length > 1
      ? [{ id, name: `${id}, mean`, color, points: mean.map(({ x, mean: y }) => [x, y]) }]
      : seeds.slice(0, 1).map((only) => ({ ...only, id, faint: false, dots: true }));
  return [...seeds, ...whole];
}

export function ordersFigure({ axis, budget, own, against, threshold }: OrdersField, width: number): Figure {
  return lines({
    width,
    height: 220,
    series: [...side("random", "var(--random)", against, axis), ...side("own", "var(--pick)", own, axis)],
    xDomain: [0, budget * 1.03],
    yDomain: [0, 1],
    yTicks: [0, 0.25, 0.5, 0.75, 1],
    levels: [{ y: threshold, text: "" }],
    formatY: (value) => percent(value),
    formatX: (value) => (axis === "seconds" ? `${short(value)} s` : short(value)),
  });
}
