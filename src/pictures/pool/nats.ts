// One scale for entropy wherever it is a colour or a position: logarithmic, from 0.001 nats. The model is sure of
// the questions it knows to the third decimal, and the differences that matter lie below 0.1 nats; on a linear
// scale only one row would be visible.
import { niceCeil } from "../../ui/charts/scale";

/** Everything below is drawn as this: sure. */
export const LOWEST = 1e-3;

/** The end of the scale: a round number not below the run's largest score. */
export const highest = (max: number): number => niceCeil(Math.max(max, 0.1), 2);

/** Place on the scale: 0 at LOWEST or below, 1 at `high`. */
export function place(value: number, high: number): number {
  if (Number.isNaN(value)) return NaN;
  const low = Math.log10(LOWEST);
  return Math.max(0, Math.min(1, (Math.log10(Math.max(value, LOWEST)) - low) / (Math.log10(high) - low)));
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
