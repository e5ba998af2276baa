// The softmax moments of rows of logits, tile by tile as the kernel computes them, in f64.

export interface MomentsReference {
  peak: number;
  mass: number;
  tilt: number;
  /** −1e30 until the target's tile was seen. */
  target: number;
  best: number;
}

/**
 * One row: merges `tile` (tokens firstVocab, firstVocab + 1, …; entries from `vocab` on are padding) into `before`.
 * All moments are recomputed about the new peak.
 */
export function logitMomentsReference(
  tile: ArrayLike<number>,
  target: number,
  firstVocab: number,
  vocab: number,
  before: MomentsReference | null,
): MomentsReference {
  const live = Math.min(tile.length, vocab - firstVocab);
  let {
    peak,
    mass,
    tilt,
    target: wanted,
    best,
  } = before ?? { peak: -1e30, mass: 0, tilt: 0, target: -1e30, best: firstVocab };
  const old = peak;
  for (let v = 0; v < live; v++) {
    if (tile[v] > peak) [peak, best] = [tile[v], firstVocab + v];
  }
  const moved = Math.exp(old - peak);
  [mass, tilt] = [moved * mass, moved * (tilt + (old - peak) * mass)];
  for (let v = 0; v < live; v++) {
    const e = Math.exp(tile[v] - peak);
    mass += e;
    tilt += e && (tile[v] - peak) * e;
  }
  if (target >= firstVocab && target < firstVocab + live) wanted = tile[target - firstVocab];
  return { peak, mass, tilt, target: wanted, best };
}
