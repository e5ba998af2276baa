// Columns of numbers that only grow: what charts read, kept outside React and outside JSON.

/** A growing f64 column. `values` is a view of what has been pushed; it is replaced when the column grows. */
export class Column {
  private store: Float64Array;
  private used = 0;

  constructor(capacity = 64) {
    this.store = new Float64Array(capacity);
  }

  get length(): number {
    return this.used;
  }

  get values(): Float64Array {
    return this.store.subarray(0, this.used);
  }

  at(index: number): number {
    return this.store[index < 0 ? this.used + index : index];
  }

  push(value: number): void {
    if (this.used === this.store.length) {
      const wider = new Float64Array(this.store.length * 2);
      wider.set(this.store);
      this.store = wider;
    }
    this.store[this.used++] = value;
  }
}

/** Scores as f32[samples]; NaN means not scored, which is not zero. */
export function scoreColumn(values: readonly (number | null)[]): Float32Array {
  const column = new Float32Array(values.length);
  for (let i = 0; i < values.length; i++) column[i] = values[i] ?? NaN;
  return column;
}

export { debiasedMean } from "../lib/smooth";
