// Texts as short sparse vectors: which words and pairs of neighbouring words a text has, hashed into buckets and
// weighed by how rare they are in the pool. No model is asked.
//
// source    hashing trick: Weinberger et al. 2009 (arXiv 0902.2206); inverse document frequency: Spärck Jones 1972

/** Buckets of the hash. Two grams in one bucket count as one; 1024 keep that rare in one short text. */
export const BUCKETS = 1024;

/** Rows of unit length, one after another: row i has entries [start[i], start[i + 1]). */
export interface SparseRows {
  start: Uint32Array;
  bucket: Uint16Array;
  weight: Float32Array;
}

/** Words in lower case; every number is one and the same word, every other sign its own. */
export function wordsOf(text: string): string[] {
  return Array.from(text.toLowerCase().matchAll(/\p{L}+|\p{N}+|[^\s\p{L}\p{N}]/gu), ([word]) =>
    /^\p{N}/u.test(word) ? "0" : word,
  );
}

/** Words, then pairs of neighbouring words with a space between. */
export function gramsOf(words: readonly string[]): string[] {
  return [...words, ...words.slice(1).map((word, i) => `${words[i]} ${word}`)];
}

/** FNV-1a, cut to a bucket. */
function bucketOf(gram: string): number {
  let hash = 2166136261;
  for (let i = 0; i < gram.length; i++) hash = Math.imul(hash ^ gram.charCodeAt(i), 16777619);
  return ((hash >>> 16) ^ hash) & (BUCKETS - 1);
}

/** One row a text: counts times ln(N / (1 + texts with the bucket)), at least 0, of unit length or empty. */
export function sparseRows(count: number, textOf: (i: number) => string): SparseRows {
  const start = new Uint32Array(count + 1);
  const buckets: number[] = [];
  const counts: number[] = [];
  const texts = new Uint32Array(BUCKETS);
  for (let i = 0; i < count; i++) {
    const own = new Map<number, number>();
    for (const gram of gramsOf(wordsOf(textOf(i)))) {
      const bucket = bucketOf(gram);
      own.set(bucket, (own.get(bucket) ?? 0) + 1);
    }
    for (const [bucket, n] of own) {
      buckets.push(bucket);
      counts.push(n);
      texts[bucket]++;
    }
    start[i + 1] = buckets.length;
  }
  const weight = Float32Array.from(
    counts,
    (n, e) => n * Math.max(0, Math.log(count / (1 + texts[buckets[e]]))),
  );
  for (let i = 0; i < count; i++) toUnit(weight.subarray(start[i], start[i + 1]));
  return { start, bucket: Uint16Array.from(buckets), weight };
}

/** Scales a vector to length 1 in place; an empty one stays. */
export function toUnit(vector: Float32Array): void {
  let square = 0;
  for (const x of vector) square += x * x;
  if (square === 0) return;
  const scale = 1 / Math.sqrt(square);
  for (let i = 0; i < vector.length; i++) vector[i] *= scale;
}
