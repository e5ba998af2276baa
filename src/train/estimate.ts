// Estimates how long a run will still take from the times of its phases so far; a range until enough has been
// measured.

/** Durations of finished work, ms. */
export interface Measured {
  scoreMs: number[];
  stepMs: number[];
  evaluateMs: number[];
}

export interface Remaining {
  scorings: number;
  steps: number;
  evaluations: number;
}

/** Steps after which a step's cost counts as known. */
const KNOWN_AFTER = 10;
/** How far off early steps may be: pipelines warm up, lengths differ. */
const EARLY: readonly [number, number] = [0.7, 1.8];

/**
 * ms left as [low, high]; null until each kind of remaining work was measured once.
 * If a phase has never run, the whole time is unknown: no number is better than a wrong one.
 */
export function timeLeft(measured: Measured, remaining: Remaining): [number, number] | null {
  const kinds = [
    [measured.scoreMs, remaining.scorings],
    [measured.stepMs, remaining.steps],
    [measured.evaluateMs, remaining.evaluations],
  ] as const;
  if (kinds.some(([times, count]) => count > 0 && times.length === 0)) return null;
  const left = kinds.reduce((sum, [times, count]) => sum + (count > 0 ? count * typical(times) : 0), 0);
  if (measured.stepMs.length >= KNOWN_AFTER) return [left, left];
  return [left * EARLY[0], left * EARLY[1]];
}

/** Mean of the last ten without the slowest, which is often a pause of the system. */
function typical(times: readonly number[]): number {
  const last = times.slice(-10);
  if (last.length < 3) return last.reduce((sum, ms) => sum + ms, 0) / last.length;
  const kept = [...last].sort((a, b) => a - b).slice(0, -1);
  return kept.reduce((sum, ms) => sum + ms, 0) / kept.length;
}
