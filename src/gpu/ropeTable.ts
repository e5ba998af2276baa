// Tables of the rotary angles: cosine and sine for every position, computed once on the CPU in f64. The sin and cos
// of GPUs lose digits at large angles; the table does not, and takes a few hundred KiB.

/** What of a decoder's configuration decides its rotary angles; a DecoderConfig fits. */
export interface RopeShape {
  /** D, even. */
  headDim: number;
  ropeTheta: number;
  ropeScaling: {
    type: "llama3";
    factor: number;
    lowFreqFactor: number;
    highFreqFactor: number;
    originalMaxPosition: number;
  } | null;
}

const f = Math.fround;

/**
 * Inverse frequencies, f32[D / 2], in radians a position. Rounded to f32 after each step, as the Hugging Face code
 * holds them: at position 4,000 the rounding of a frequency is worth 1e-4 radians, and models were trained with it.
 */
export function ropeFrequencies({ headDim, ropeTheta, ropeScaling }: RopeShape): Float32Array {
  return Float32Array.from({ length: headDim / 2 }, (_, i) => {
    const frequency = f(1 / f(Math.pow(ropeTheta, f((2 * i) / headDim))));
    if (!ropeScaling) return frequency;
    const { factor, lowFreqFactor, highFreqFactor, originalMaxPosition } = ropeScaling;
    const wavelength = f(f(2 * Math.PI) / frequency);
    if (wavelength < originalMaxPosition / highFreqFactor) return frequency;
    if (wavelength > originalMaxPosition / lowFreqFactor) return f(frequency / factor);
    const smooth = f(
      f(f(originalMaxPosition / wavelength) - lowFreqFactor) / (highFreqFactor - lowFreqFactor),
    );
    return f(f(f(1 - smooth) * f(frequency / factor)) + f(smooth * frequency));
  });
}

/** Columns of the table: cosines then sines, each half a head padded to whole vec4. */
export const ropeTableWidth = (headDim: number): number => 2 * 4 * Math.ceil(headDim / 8);

/**
 * f32[positions, ropeTableWidth(D)] for positions 0 … positions − 1; good to half a unit in the last place of f32.
 * A row whose position is not in the table reads past its end: make it as long as the longest document.
 */
export function ropeTable(shape: RopeShape, positions: number): Float32Array {
  const frequencies = ropeFrequencies(shape);
  const width = ropeTableWidth(shape.headDim);
  const table = new Float32Array(positions * width);
  for (let position = 0; position < positions; position++) {
    frequencies.forEach((frequency, i) => {
      table[position * width + i] = Math.cos(position * frequency);
      table[position * width + width / 2 + i] = Math.sin(position * frequency);
    });
  }
  return table;
}
