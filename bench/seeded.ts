// The seeded random numbers and matmul operands that every implementation in the bench starts from.

/** Uniform in [0, 1): the mulberry32 generator. */
export function uniforms(seed: number): () => number {
  let state = seed >>> 0;
  return () => {
    state = (state + 0x6d2b79f5) >>> 0;
    const a = Math.imul(state ^ (state >>> 15), state | 1);
    const b = a ^ (a + Math.imul(a ^ (a >>> 7), a | 61));
    return ((b ^ (b >>> 14)) >>> 0) / 2 ** 32;
  };
}

/** `count` normal deviates, two from each pair of uniforms (Box and Muller). */
export function normals(count: number, deviation: number, seed: number): Float32Array {
  const next = uniforms(seed);
  const out = new Float32Array(count);
  for (let i = 0; i < count; i += 2) {
    const radius = deviation * Math.sqrt(-2 * Math.log(1 - next()));
    const angle = 2 * Math.PI * next();
    out[i] = radius * Math.cos(angle);
    if (i + 1 < count) out[i + 1] = radius * Math.sin(angle);
  }
  return out;
}

/** M, K, N */
export type Product = readonly [number, number, number];
export const PRODUCTS: readonly Product[] = [
  [512, 512, 512],
  [128, 576, 1536],
];
export const productName = ([m, k, n]: Product): string => `${m}×${k}×${n}`;
export const flops = ([m, k, n]: Product): number => 2 * m * k * n;

/** a f32[M, K] and b f32[K, N]. */
export const operands = ([m, k, n]: Product) => ({ a: normals(m * k, 1, 11), b: normals(k * n, 1, 22) });

/** [rows, columns] turned. */
export function transposed(values: Float32Array, rows: number, columns: number): Float32Array {
  const out = new Float32Array(values.length);
  for (let i = 0; i < rows; i++)
    for (let j = 0; j < columns; j++) out[j * rows + i] = values[i * columns + j];
  return out;
}

/** Largest error of 64 scattered outputs against sums in f64, in units of √K; below 1e-4 is right for f32. */
export function productError(product: Product, c: ArrayLike<number>): number {
  const [m, k, n] = product;
  const { a, b } = operands(product);
  const next = uniforms(5);
  let worst = 0;
  for (let trial = 0; trial < 64; trial++) {
    const i = Math.floor(next() * m);
    const j = Math.floor(next() * n);
    let sum = 0;
    for (let q = 0; q < k; q++) sum += a[i * k + q] * b[q * n + j];
    const gap = Math.abs(sum - c[i * n + j]);
    worst = Number.isFinite(gap) ? Math.max(worst, gap) : Infinity;
  }
  return worst / Math.sqrt(k);
}
export const RIGHT_PRODUCT = 1e-4;
