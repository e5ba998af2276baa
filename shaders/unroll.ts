// Writes lines of WGSL out several times. Register tiles need one variable a row: an array with a running index would
// live in memory, which costs a software adapter as much as the arithmetic.

/** `text` once for each of 0 … count − 1, one below the other, with that number for every #. */
export function unroll(count: number, text: string): string {
  return Array.from({ length: count }, (_, i) => text.replaceAll("#", String(i))).join("\n");
}
