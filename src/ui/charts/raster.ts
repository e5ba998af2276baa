// Draws the heatmap of samples × rounds as pixels, a column at a time, fast enough for 12,000 rows. Pure arithmetic
// on RGBA bytes; the component copies them to a canvas.
// The report and saved files draw the same lines as rectangles (pictures/pool/matrix.ts): 2,545 of them, 170 KB, for
// 603 samples and 5 rounds at 400 lines. The page shows up to 860 and repaints while a run plays: hence a canvas.

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

/** What each line of a column shows. */
export interface ColumnLines {
  /** f32[lines], mean score of the rows on the line; NaN = none was scored. */
  score: Float32Array;
  /** f32[lines], shares of the rows on the line that this run and the baseline picked, 0 … 1. */
  picked: Float32Array;
  baseline: Float32Array;
}

/** The description of a column that the canvas and the drawing both follow: rows that share a line are averaged. */
export function columnLines(column: RasterColumn, order: Uint32Array, lines: number): ColumnLines {
  const found: ColumnLines = {
    score: new Float32Array(lines).fill(NaN),
    picked: new Float32Array(lines),
    baseline: new Float32Array(lines),
  };
  if (order.length === 0) return found;
  const { scores, picked, baseline } = column;
  for (let y = 0; y < lines; y++) {
    const [from, to] = rowsAt(y, lines, order.length);
    let [sum, scored, own, other] = [0, 0, 0, 0];
    for (let row = from; row < to; row++) {
      const sample = order[row];
      const value = scores ? scores[sample] : NaN;
      if (!Number.isNaN(value)) {
        sum += value;
        scored++;
      }
      if (picked) own += picked[sample];
      if (baseline) other += baseline[sample];
    }
    if (scored > 0) found.score[y] = sum / scored;
    found.picked[y] = own / (to - from);
    found.baseline[y] = other / (to - from);
  }
  return found;
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
  if (order.length === 0) return bytes;
  const { score, picked, baseline } = columnLines(column, order, height);
  const railAt = cells + Math.ceil(rail / 4);
  const baselineAt = cells + rail + Math.ceil(baselineRail / 3);
  for (let y = 0; y < height; y++) {
    if (!Number.isNaN(score[y])) put(y, 0, cells, mix(options.ramp, options.place(score[y])));
    else if (column.scores || column.picked)
      for (let h = 0; h < cells; h++) if ((h + y) % 8 < 2) put(y, h, h + 1, options.line);
    if (picked[y] > 0) put(y, railAt, cells + rail, options.pick, 90 + 165 * picked[y]);
    if (baseline[y] > 0)
      put(y, baselineAt, cells + rail + baselineRail, options.baselineColor, 90 + 165 * baseline[y]);
  }
  return bytes;
}
