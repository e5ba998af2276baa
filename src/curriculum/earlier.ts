// Reads the strategy state of old checkpoints, which were made before each strategy stored its own, and renames it
// to today's names.
import type { CurriculumState } from "./rounds";
import type { MemoryItem, RolloutRecord } from "./record";

/** Parts of a run's state as they were. */
export interface EarlierState {
  curriculum: Omit<CurriculumState, "own"> & { randomQueue: number[] };
  metis: RolloutRecord & { memory: MemoryItem[]; baseline: number | null };
  head: { weights: number[] };
}

/** The same state under today's names. Each strategy reads its own part and ignores the rest. */
export function fromEarlier(earlier: EarlierState): { curriculum: CurriculumState; record: RolloutRecord } {
  const { randomQueue, ...curriculum } = earlier.curriculum;
  const { baseline, ...record } = earlier.metis;
  const own = { queue: randomQueue, baseline, weights: earlier.head.weights };
  return { curriculum: { ...curriculum, own }, record };
}
