// A sliding window in plain code, to check the kernel: lists the keys that a row sees, keeps the last ones, and
// finds the last row that sees each key.
import type { RowArrays } from "../rows";
import { visibleKeys } from "./attention";

/** The rows with each row's keys cut to the last `window`; a key's visibleEnd is right behind the last row that sees it. */
export function windowRows(rows: RowArrays, window: number): Record<keyof RowArrays, number[]> {
  const count = rows.token.length;
  const out = Object.fromEntries(
    Object.entries(rows).map(([name, column]) => [name, Array.from(column as ArrayLike<number>)]),
  ) as Record<keyof RowArrays, number[]>;
  for (let t = 0; t < count; t++) {
    const seen = visibleKeys(rows, t).slice(-window);
    const inPrefix = seen.filter((key) => key >= rows.prefixStart[t] && key < rows.prefixEnd[t]);
    out.prefixStart[t] = rows.prefixEnd[t] - inPrefix.length;
    out.ownStart[t] = rows.ownEnd[t] - (seen.length - inPrefix.length);
  }
  for (let key = 0; key < count; key++) {
    if (rows.visibleEnd[key] <= key) continue;
    let end = key + 1;
    for (let t = key; t < rows.visibleEnd[key]; t++) if (visibleKeys(out, t).includes(key)) end = t + 1;
    out.visibleEnd[key] = end;
  }
  return out;
}
