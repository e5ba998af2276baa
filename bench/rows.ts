// Rows of the bench's table from measured values.
import type { Figure } from "./task";

/** What is measured: one line of the table. */
export interface RowName {
  suite: string;
  task: string;
  shape: string;
  impl: string;
  unit: string;
}

export interface Row extends RowName {
  median: number;
  min: number;
  max: number;
  n: number;
  /** Why its result is not the right one. */
  wrong?: string;
  note?: string;
}

/** What a suite that drives its own browser brings back. */
export interface Measured {
  rows: Row[];
  adapter: string;
  browser: string;
  failures: number;
}

export const median = (values: readonly number[]): number => {
  const sorted = [...values].sort((a, b) => a - b);
  const middle = sorted.length >> 1;
  return sorted.length % 2 ? sorted[middle] : (sorted[middle - 1] + sorted[middle]) / 2;
};

/** One row of the table from its values. */
export function row(
  { suite, task, shape, impl, unit }: RowName,
  values: readonly number[],
  wrong?: string,
): Row {
  return {
    ...(wrong ? { wrong } : {}),
    suite,
    task,
    shape,
    impl,
    unit,
    median: median(values),
    min: Math.min(...values),
    max: Math.max(...values),
    n: values.length,
  };
}

/** What a figure that is no median of rounds puts in its place. */
export function figure(line: Figure | undefined): Partial<Row> {
  if (!line) return {};
  const { value, low = value, high = value, n = 1, note } = line;
  return { median: value, min: low, max: high, n, ...(note ? { note } : {}) };
}
