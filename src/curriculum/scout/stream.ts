// Random order, row by row: exactly the samples that the strategy "random" would train with this seed, in its order,
// however few of them a step takes. Its rounds are its own: they end when its rows are used up, not the run's.
import type { ResolvedConfig } from "../../config/schema";
import { Random, type RandomState } from "../random";
import { nextBatch, picksPerRound, selectRandom } from "../select";

export interface StreamState {
  /** Rounds of random order begun. */
  round: number;
  /** Rows left in this one. */
  left: number;
  /** Samples of the shuffled pool that no round has picked yet. */
  pool: number[];
  /** This round's picks, and those of this pass over them that wait. */
  picks: number[];
  waiting: number[];
  select: RandomState;
  batch: RandomState;
}

/** Before the first row; its draws are those that `newCurriculum` begins with. */
export function newStream(seed: number): StreamState {
  return {
    round: 0,
    left: 0,
    pool: [],
    picks: [],
    waiting: [],
    select: new Random(seed, "select").state,
    batch: new Random(seed, "batch").state,
  };
}

/** Rows that random order trains in its k-th round: as set, the budget's share of steps, or else one pass over its picks. */
function rowsOfRound({ budget, curriculum, trainer }: ResolvedConfig, round: number, picks: number): number {
  if (budget.stepsPerRound !== null) return budget.stepsPerRound * trainer.samplesPerBatch;
  if (budget.steps === null) return picks;
  const until = (k: number) => Math.round((budget.steps! * k) / curriculum.rounds);
  return Math.max(1, until(round) - until(round - 1)) * trainer.samplesPerBatch;
}

/** The next `count` rows of random order over a pool of `size`. */
export function drawStream(
  state: StreamState,
  count: number,
  size: number,
  config: ResolvedConfig,
): { rows: number[]; state: StreamState } {
  let at = state;
  const rows: number[] = [];
  while (rows.length < count) {
    if (at.left === 0) at = nextRound(at, size, config);
    const random = Random.restore(at.batch);
    const wanted = Math.min(count - rows.length, at.left);
    const { batch, queue } = nextBatch(at.waiting, at.picks, wanted, config.curriculum.order, random);
    rows.push(...batch);
    at = { ...at, waiting: queue, batch: random.state, left: at.left - wanted };
  }
  return { rows, state: at };
}

function nextRound(state: StreamState, size: number, config: ResolvedConfig): StreamState {
  const random = Random.restore(state.select);
  const wanted = picksPerRound(config.curriculum, size);
  const { selection, queue } = selectRandom(size, wanted, state.pool, { picks: [], scores: null }, random);
  const picks = selection.picks.map(({ sample }) => sample);
  const round = state.round + 1;
  const left = rowsOfRound(config, round, picks.length);
  return { ...state, round, left, pool: queue, picks, waiting: [], select: random.state };
}
