// Sampling by sorting: which tokens temperature, top-k and top-p leave, their probabilities, and which one a random
// number selects.
import { gumbel, tokenWord, type DrawKey } from "./random";

export interface Cuts {
  /** 0 = greedy. */
  temperature: number;
  /** 0 = off. */
  topK: number;
  /** 1 = off. */
  topP: number;
}

const sum = (values: number[]) => values.reduce((total, x) => total + x, 0);

/** Place in `order` (falling logits) of the first token with at least `limit` of weight strictly above its logit. */
function firstCut(
  logits: ArrayLike<number>,
  order: number[],
  weight: (v: number) => number,
  limit: number,
): number {
  let [seen, above] = [0, 0];
  for (let i = 0; i < order.length; i++) {
    if (i > 0 && logits[order[i]] < logits[order[i - 1]]) above = seen;
    if (above >= limit) return i;
    seen += weight(order[i]);
  }
  return order.length;
}

/**
 * Probabilities after temperature, top-k and nucleus, renormalised; 0 = cut. Equal logits share their fate: each is
 * kept if the first of them is. Greedy: all on the lowest index of the largest logit.
 */
export function keptProbabilities(
  logits: ArrayLike<number>,
  { temperature, topK, topP }: Cuts,
): Float64Array {
  const order = Array.from(logits, (_, v) => v).sort((a, b) => logits[b] - logits[a] || a - b);
  const out = new Float64Array(logits.length);
  if (temperature === 0) {
    out[order[0]] = 1;
    return out;
  }
  const weight = (v: number) => Math.exp((logits[v] - logits[order[0]]) / temperature);
  let kept = order;
  if (topK > 0)
    kept = kept.slice(
      0,
      firstCut(logits, kept, () => 1, topK),
    );
  if (topP < 1) kept = kept.slice(0, firstCut(logits, kept, weight, topP * sum(kept.map(weight))));
  const mass = sum(kept.map(weight));
  for (const v of kept) out[v] = weight(v) / mass;
  return out;
}

/** The token a draw takes, and by how much its score leads the next one's (f32 may decide differently below 1e-4). */
export function drawReference(
  logits: ArrayLike<number>,
  cuts: Cuts,
  draw: DrawKey,
): { token: number; lead: number } {
  const p = keptProbabilities(logits, cuts);
  let [token, first, second] = [-1, -Infinity, -Infinity];
  for (let v = 0; v < p.length; v++) {
    if (p[v] === 0) continue;
    const score = Math.log(p[v]) + (cuts.temperature === 0 ? 0 : gumbel(tokenWord(draw, v)));
    if (score > first) [token, first, second] = [v, score, first];
    else second = Math.max(second, score);
  }
  return { token, lead: first - second };
}
