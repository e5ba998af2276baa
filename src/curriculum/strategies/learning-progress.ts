// A learning-progress bandit: the pool is parted into neighbourhoods, and each row of a batch comes from one of them with a
// chance in proportion to how fast its loss changes, up or down. A change upwards is forgetting, which is studied again.
import { Random, type RandomState } from "../random";
import { isSeen, markSeen, membersOf, nextRow, type SeenRows } from "../scout/members";
import { neighbourhoods, PARTS, wantedParts } from "../scout/neighbourhoods";
import { number, type InGroup } from "../setting";
import { mean } from "../stats";
import type { BatchAsk, BatchStrategy, BatchTold, ChosenBatch, TrainedBatch } from "../strategy";

const settings = {
  rate: number(0.1, 0.01, 1, {
    label: "Memory of progress",
    unit: "of the newest change",
    help: "Progress is a moving average of the changes of a neighbourhood's loss; this is the weight of the newest one (α).",
    step: 0.05,
    advanced: true,
  }),
  explore: number(0.1, 0, 1, {
    label: "Drawn at random",
    unit: "of the rows",
    help: "This share of the rows comes from a neighbourhood drawn by its size, whatever its progress (ε).",
    step: 0.05,
  }),
  parts: PARTS,
};

declare module "../strategy" {
  interface StrategyNames {
    "learning-progress": true;
  }
  interface StrategySettings extends InGroup<"learningProgress", typeof settings> {}
}

export interface Task {
  /** Steps that trained a row of it. */
  steps: number;
  /** Mean loss of its rows when it was last trained, nats a target token; null = not yet. */
  lossNats: number | null;
  /** Moving average of the fall of that loss from one time to the next, nats. */
  progress: number;
}

export interface BanditState {
  choose: RandomState;
  /** One a neighbourhood; empty before the first step. */
  tasks: Task[];
  /** Rows drawn from each neighbourhood's own order. */
  drawn: number[];
  seen: SeenRows;
}

/** A task after a step in which its rows had these losses. */
export function afterStep(
  { steps, lossNats, progress }: Task,
  losses: readonly number[],
  rate: number,
): Task {
  const now = mean(losses);
  const change = lossNats === null ? 0 : rate * (lossNats - now - progress);
  return { steps: steps + 1, lossNats: now, progress: progress + change };
}

/**
 * Chances of the tasks before exploration, not yet scaled to sum 1. A task that was not trained in two
 * steps has no progress yet and takes that of the fastest, so that all are tried.
 */
export function chances(tasks: readonly Task[], sizes: readonly number[]): number[] {
  const known = tasks.map(({ steps, progress }) => (steps > 1 ? Math.abs(progress) : null));
  const fastest = known.reduce<number>((most, p) => Math.max(most, p ?? 0), 0);
  return known.map((p, k) => (sizes[k] === 0 ? 0 : (p ?? (fastest || 1))));
}

const why = (name: string, { lossNats, progress }: Task): string =>
  lossNats === null
    ? `neighbourhood “${name}”: not trained yet`
    : `neighbourhood “${name}”: its loss ${progress < 0 ? "rises" : "falls"} by ${Math.abs(progress).toFixed(3)} nats from step to step (moving average)`;

function draw({ config, size, parts, state }: BatchAsk<BanditState>): {
  batch: ChosenBatch;
  state: BanditState;
} {
  const members = membersOf(parts, config.seed);
  const sizes = members.map((own) => own.length);
  const tasks =
    state.tasks.length > 0 ? state.tasks : sizes.map((): Task => ({ steps: 0, lossNats: null, progress: 0 }));
  const drawn = state.drawn.length > 0 ? [...state.drawn] : sizes.map(() => 0);
  const random = Random.restore(state.choose);
  const weights = chances(tasks, sizes);
  const moving = weights.some((w) => w > 0);
  const here = new Set<number>();
  const batch: ChosenBatch = { random: [], chosen: [] };
  for (let row = 0; row < size; row++) {
    const explores = random.next() < config.learningProgress.explore || !moving;
    const part = random.weighted(explores ? sizes : weights);
    const next = nextRow(members[part], drawn[part], (at) => here.has(at) || isSeen(state.seen, at));
    drawn[part] = next.drawn;
    here.add(next.row);
    if (explores) batch.random.push(next.row);
    else batch.chosen.push({ sample: next.row, why: why(parts.names[part], tasks[part]) });
  }
  return { batch, state: { ...state, tasks, drawn, choose: random.state } };
}

function see(state: BanditState, trained: TrainedBatch): { state: BanditState; told: BatchTold } {
  const { config, parts, batch, losses } = trained;
  const seen = [...state.seen];
  const firstSights: BatchTold["firstSights"] = [];
  const of = new Map<number, number[]>();
  [...batch.random, ...batch.chosen.map(({ sample }) => sample)].forEach((row, at) => {
    if (!Number.isFinite(losses[at])) return; // the step changed nothing
    of.set(parts.of[row], [...(of.get(parts.of[row]) ?? []), losses[at]]);
    if (!isSeen(seen, row)) firstSights.push({ sample: row, lossNats: losses[at] });
    markSeen(seen, row);
  });
  const { rate } = config.learningProgress;
  const tasks = state.tasks.map((task, part) => {
    const own = of.get(part);
    return own ? afterStep(task, own, rate) : task;
  });
  const sizes = membersOf(parts, config.seed).map((own) => own.length);
  const weights = chances(tasks, sizes);
  const atRandom = mean(weights);
  return {
    state: { ...state, tasks, seen },
    told: {
      firstSights,
      open: weights.flatMap((w, part) => (w > 0 && w >= atRandom ? [part] : [])),
      gain: null,
      paid: null,
      balance: null,
    },
  };
}

export const strategy: BatchStrategy<BanditState> = {
  name: "learning-progress",
  menu: 17,
  words: {
    label: "learning progress",
    help: "Each row comes from a neighbourhood of the pool, drawn in proportion to how fast its training loss changes, up or down. Nothing is scored, and no share of random order is kept but for the exploration.",
    source:
      "Teacher–Student Curriculum Learning (arXiv 1707.00183), its online form with the absolute progress",
    why: { random: "in a neighbourhood drawn by its size" },
  },
  trainers: ["sft"],
  group: "learningProgress",
  settings,
  begin: (seed) => ({ choose: new Random(seed, "learning-progress").state, tasks: [], drawn: [], seen: [] }),
  chooses: "batches",
  part: (size, promptOf, config) =>
    neighbourhoods(size, promptOf, config.seed, wantedParts(config.learningProgress.parts)),
  draw,
  see,
};
