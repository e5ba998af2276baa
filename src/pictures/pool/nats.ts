// One scale for entropy wherever it is a colour or a position: logarithmic, from 0.001 nats. The model is sure of
// the questions it knows to the third decimal, and the differences that matter lie below 0.1 nats; on a linear
// scale only one row would be visible.
import { nice } from "d3-array";
import { scaleLog } from "d3-scale";

/** Everything below is drawn as this: sure. */
export const LOWEST = 1e-3;

/** The end of the scale: a round number not below the run's largest score. */
export const highest = (max: number): number => nice(0, Math.max(max, 0.1), 2)[1];

const scaleTo = (high: number) => scaleLog([LOWEST, high], [0, 1]).clamp(true).unknown(NaN);
let [end, scale] = [1, scaleTo(1)];

/** Place on the scale: 0 at LOWEST or below, 1 at `high`; NaN of NaN. */
export function place(value: number, high: number): number {
  // Asked for every cell of a picture, with one end after another.
  if (high !== end) [end, scale] = [high, scaleTo(high)];
  return scale(value);
}

/** Tenfold marks of the scale, and its end. */
export function marks(high: number): { value: number; text: string }[] {
  const found = [];
  for (let power = -3; 10 ** power < high * 0.7; power++)
    found.push({
      value: 10 ** power,
      text: power === -3 ? "≤ 0.001" : String(Number((10 ** power).toPrecision(1))),
    });
  return [...found, { value: high, text: String(high) }];
}
