// METIS-head: ours, not the paper's. For models too small to judge in words, a linear head on the trunk's features
// of a prompt forecasts the variance, trained by the same squared error that the judgment reward measures.
import { MAX_VARIANCE } from "../curriculum/metis";
import type { RunBook } from "./context";
import { asDocument, cutToRows, groupRows, pack } from "./pack";

/** Plain state of the head. */
export interface HeadState {
  /** One a feature, then the bias. */
  weights: number[];
}

/** Passes over a step's few groups. */
const PASSES = 8;

const sigmoid = (x: number): number => 1 / (1 + Math.exp(-x));

/** Forecast in (0, 0.25): a quarter of a sigmoid over features of unit mean square. */
export function headForecast(weights: readonly number[], features: ArrayLike<number>): number {
  const scale = 1 / Math.sqrt(features.length);
  let sum = weights[features.length] ?? 0;
  for (let i = 0; i < features.length; i++) sum += (weights[i] ?? 0) * features[i] * scale;
  return MAX_VARIANCE * sigmoid(sum);
}

/**
 * The head after learning from a step's groups: gradient descent on (4 (forecast − variance))², which is one minus
 * the judgment reward.
 */
export function trainHead(
  weights: readonly number[],
  examples: readonly { features: ArrayLike<number>; variance: number }[],
  learningRate: number,
): number[] {
  const size = examples[0]?.features.length ?? 0;
  const out = Array.from({ length: size + 1 }, (_, i) => weights[i] ?? 0);
  const scale = 1 / Math.sqrt(size);
  for (let pass = 0; pass < PASSES; pass++) {
    for (const { features, variance } of examples) {
      const forecast = headForecast(out, features);
      const share = forecast / MAX_VARIANCE;
      // d/dz of (4 (f − v))² with f = σ(z) / 4.
      const gradient = 32 * (forecast - variance) * MAX_VARIANCE * share * (1 - share);
      for (let i = 0; i < size; i++) out[i] -= learningRate * gradient * features[i] * scale;
      out[size] -= learningRate * gradient;
    }
  }
  return out;
}

/** Features of every candidate's prompt (its last token), divided to unit mean square, and the head's forecasts. */
export async function headForecasts(book: RunBook, candidates: readonly number[]) {
  const { engine, train } = book.run;
  const groups = candidates.map((sample) => asDocument(train[sample].promptIds, []));
  const features: Float32Array[] = [];
  let tokens = 0;
  for (const part of cutToRows(groups, groupRows, engine.maxRows)) {
    const { batch } = pack(part);
    const last = part.map(() => 0);
    part.reduce((sum, group, i) => (last[i] = sum + groupRows(group)), 0);
    const flat = await engine.features(
      batch,
      Uint32Array.from(last, (end) => end - 1),
    );
    const width = flat.length / part.length;
    part.forEach((_, i) => features.push(unit(flat.subarray(i * width, (i + 1) * width))));
    tokens += batch.tokens.length;
  }
  const { weights } = book.state.head;
  return { forecasts: features.map((own) => headForecast(weights, own)), features, tokens };
}

function unit(values: Float32Array): Float32Array {
  const square = values.reduce((sum, x) => sum + x * x, 0) / values.length;
  const factor = square > 0 ? 1 / Math.sqrt(square) : 0;
  return values.map((x) => x * factor);
}
