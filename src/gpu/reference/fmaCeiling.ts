// What fma_ceiling computes, in plain f64: eight numbers a row, each repeatedly halved and added to.

/** f64[rows, 4] */
export function fmaCeiling(rows: number, iterations: number): Float64Array {
  const sums = new Float64Array(rows * 4);
  for (let row = 0; row < rows; row++) {
    const k = (row % 2) + 1e-3;
    let sum = 0;
    for (let chain = 0; chain < 8; chain++) {
      let value = k * (1 - chain / 10);
      for (let turn = 0; turn < iterations; turn++) value = value * 0.5 + k;
      sum += value;
    }
    sums.fill(sum, row * 4, row * 4 + 4);
  }
  return sums;
}
