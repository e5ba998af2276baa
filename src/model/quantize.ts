// Quantises weights to int8 or int4 while loading, in groups of 32 along the input axis; layouts as in
// shaders/common/weights_int{8,4}.wgsl.

/** One row of f32 → its stored bytes. int8: q = round(v / (max|v| / 127)); int4: 16 levels between min and max. */
export function quantizeRow(row: Float32Array, kind: "int8" | "int4"): Uint8Array {
  const perGroup = kind === "int8" ? 9 : 6;
  const groups = row.length / 32;
  const words = new Uint32Array(groups * perGroup);
  const floats = new Float32Array(words.buffer);
  for (let g = 0; g < groups; g++) {
    const at = g * perGroup;
    let low = Infinity;
    let high = -Infinity;
    for (let i = g * 32; i < g * 32 + 32; i++) {
      if (row[i] < low) low = row[i];
      if (row[i] > high) high = row[i];
    }
    if (kind === "int8") {
      floats[at] = Math.max(-low, high) / 127;
      const scale = floats[at];
      if (!scale) continue;
      for (let i = 0; i < 32; i++) {
        const q = Math.max(-127, Math.min(127, Math.round(row[g * 32 + i] / scale)));
        words[at + 1 + (i >> 2)] |= (q & 255) << (8 * (i & 3));
      }
    } else {
      floats[at] = (high - low) / 15;
      floats[at + 1] = low;
      const scale = floats[at];
      if (!scale) continue;
      for (let i = 0; i < 32; i++) {
        const q = Math.max(0, Math.min(15, Math.round((row[g * 32 + i] - low) / scale)));
        words[at + 2 + (i >> 3)] |= q << (4 * (i & 7));
      }
    }
  }
  return new Uint8Array(words.buffer);
}
