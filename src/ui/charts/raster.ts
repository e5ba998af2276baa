// Draws the heatmap of samples × rounds as pixels, a column at a time, fast enough for 12,000 rows. Pure arithmetic
// on RGBA bytes; the component copies them to a canvas.

export type Rgb = readonly [number, number, number];

export interface RasterColumn {
  /** f32[samples], NaN = not scored; null = still to come. */
  scores: Float32Array | null;
  /** u8[samples]; null = not chosen yet. */
  picked: Uint8Array | null;
  /** The other run's choice, on the thin rail; null = none. */
  baseline: Uint8Array | null;
}

export interface RasterOptions {
  /** Where the column lies, and the height of the canvas, device pixels. */
  box: ColumnBox;
  height: number;
  column: RasterColumn;
  /** Row → sample. */
  order: Uint32Array;
  /** Score → place on the ramp, 0 … 1. */
  place: (score: number) => number;
  ramp: readonly Rgb[];
  pick: Rgb;
  baselineColor: Rgb;
  line: Rgb;
  /** Of the rail of picks and of the rail of the other run, device pixels. */
  rail: number;
  baselineRail: number;
}

export interface ColumnBox {
  x: number;
  /** Of the cells alone. */
  cells: number;
  width: number;
}

/** Where each column lies, in the unit of `width`. */
export function columnBoxes(
  width: number,
  columns: number,
  gap: number,
  rail: number,
  baselineRail: number,
): ColumnBox[] {
  const each = (width - gap * (columns - 1)) / Math.max(1, columns);
  return Array.from({ length: columns }, (_, c) => ({
    x: Math.round(c * (each + gap)),
    width: Math.floor(each),
    cells: Math.max(1, Math.floor(each - rail - baselineRail)),
  }));
}

/** Rows of the matrix that share pixel row `y`: at least one. */
export function rowsAt(y: number, height: number, rows: number): [number, number] {
  const from = Math.min(rows - 1, Math.floor((y * rows) / height));
  return [from, Math.max(from + 1, Math.min(rows, Math.floor(((y + 1) * rows) / height)))];
}

function mix(ramp: readonly Rgb[], share: number): Rgb {
  const at = Math.max(0, Math.min(1, share)) * (ramp.length - 1);
  const low = Math.floor(at);
  const high = Math.min(ramp.length - 1, low + 1);
  const t = at - low;
  const [a, b] = [ramp[low], ramp[high]];
  return [a[0] + (b[0] - a[0]) * t, a[1] + (b[1] - a[1]) * t, a[2] + (b[2] - a[2]) * t];
}

/**
 * RGBA bytes (little endian, as every browser's) of one column, `box.width` wide, transparent where there is nothing.
 * Rows that share a pixel are averaged.
 */
export function rasterColumn(options: RasterOptions): Uint8ClampedArray<ArrayBuffer> {
  const { box, height, column, order, rail, baselineRail } = options;
  const { cells, width } = box;
  const bytes = new Uint8ClampedArray(width * height * 4);
  const pixels = new Uint32Array(bytes.buffer);
  const put = (y: number, from: number, to: number, [r, g, b]: Rgb, alpha = 255): void => {
    const [start, end] = [Math.min(from, width), Math.min(to, width)];
    pixels.fill(((alpha << 24) | (b << 16) | (g << 8) | r) >>> 0, y * width + start, y * width + end);
  };
  const rows = order.length;
  if (rows === 0) return bytes;
  const { scores, picked: own, baseline: other } = column;
  const railAt = cells + Math.ceil(rail / 4);
  const baselineAt = cells + rail + Math.ceil(baselineRail / 3);
  for (let y = 0; y < height; y++) {
    const [from, to] = rowsAt(y, height, rows);
    let sum = 0;
    let scored = 0;
    let picked = 0;
    let baseline = 0;
    for (let row = from; row < to; row++) {
      const sample = order[row];
      const value = scores ? scores[sample] : NaN;
      if (!Number.isNaN(value)) {
        sum += value;
        scored++;
      }
      if (own) picked += own[sample];
      if (other) baseline += other[sample];
    }
    if (scored > 0) put(y, 0, cells, mix(options.ramp, options.place(sum / scored)));
    else if (scores || own)
      for (let h = 0; h < cells; h++) if ((h + y) % 8 < 2) put(y, h, h + 1, options.line);
    if (picked > 0) put(y, railAt, cells + rail, options.pick, 90 + (165 * picked) / (to - from));
    if (baseline > 0)
      put(
        y,
        baselineAt,
        cells + rail + baselineRail,
        options.baselineColor,
        90 + (165 * baseline) / (to - from),
      );
  }
  return bytes;
}
