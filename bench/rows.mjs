// Rows of the bench's table from measured values.

export const median = (values) => {
  const sorted = [...values].sort((a, b) => a - b);
  const middle = sorted.length >> 1;
  return sorted.length % 2 ? sorted[middle] : (sorted[middle - 1] + sorted[middle]) / 2;
};

/** One row of the table from its values. */
export function row({ suite, task, shape, impl, unit }, values, wrong) {
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
export function figure(line) {
  if (!line) return {};
  const { value, low = value, high = value, n = 1, note } = line;
  return { median: value, min: low, max: high, n, ...(note ? { note } : {}) };
}
