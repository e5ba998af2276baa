// Full-pool epochs: every sample once in a random order, then all of them again in another. A control: the other strategies
// pick a part of the pool each round and train on that part, random order too.
import { indices, mixKey, Random } from "../random";
import type { BatchStrategy } from "../strategy";

declare module "../strategy" {
  interface StrategyNames {
    epochs: true;
  }
}

interface EpochState {
  seed: number;
  /** Rows drawn since the run began. */
  drawn: number;
}

const made = new Map<string, number[]>();

/** Order of an epoch, the same for the same seed, size and epoch: only the newest is kept. */
function orderOf(seed: number, size: number, epoch: number): readonly number[] {
  const key = `${seed} ${size} ${epoch}`;
  const known = made.get(key);
  if (known) return known;
  const order = new Random(mixKey(seed, epoch), "epochs").shuffle(indices(size));
  made.clear();
  made.set(key, order);
  return order;
}

export const strategy: BatchStrategy<EpochState> = {
  name: "epochs",
  menu: 22,
  words: {
    label: "full-pool epochs",
    help: "Trains the whole pool in random order, once in each epoch, without rounds: what is usually done without a curriculum.",
    source: "ours: a control",
    why: { random: "next in this epoch’s order" },
  },
  trainers: ["sft"],
  begin: (seed) => ({ seed, drawn: 0 }),
  chooses: "batches",
  part: (size) => ({ names: ["the whole pool"], of: indices(size).map(() => 0) }),
  draw({ size, parts, state }) {
    const pool = parts.of.length;
    const random = indices(size).map((i) => {
      const at = state.drawn + i;
      return orderOf(state.seed, pool, Math.floor(at / pool))[at % pool];
    });
    return { batch: { random, chosen: [] }, state: { ...state, drawn: state.drawn + size } };
  },
  see: (state, { parts, batch, losses }) => ({
    state,
    told: {
      // Those of later epochs are no first sights.
      firstSights: batch.random.flatMap((sample, at) => {
        const first = state.drawn - batch.random.length + at < parts.of.length;
        return first && Number.isFinite(losses[at]) ? [{ sample, lossNats: losses[at] }] : [];
      }),
      open: [],
      gain: null,
      paid: null,
      balance: null,
    },
  }),
};
