// scout, the rule of the house: half of each batch in random order, at most half from neighbourhoods of the pool whose
// loss at first sight is high and still falls, as long as that is measured to gain. It costs no token: what it needs
// to know are the losses of rows in the forward pass that trains them. How and why: docs/scout.md.
import type { ResolvedConfig } from "../../config/schema";
import { Random, type RandomState } from "../random";
import { allowance, gainOf, isPaid, openAccount, withDrop, type Account, type Terms } from "../scout/account";
import {
  afterSight,
  beliefOf,
  expectedFall,
  headroomOf,
  meanHeadroom,
  noSights,
  type Sights,
} from "../scout/fall";
import { isSeen, markSeen, membersOf, nextRow, type SeenRows } from "../scout/members";
import { neighbourhoods, PARTS, wantedParts } from "../scout/neighbourhoods";
import { drawStream, newStream, type StreamState } from "../scout/stream";
import { whyChosen } from "../scout/why";
import { number, whole, type InGroup } from "../setting";
import type { BatchAsk, BatchStrategy, BatchTold, ChosenBatch, TrainedBatch } from "../strategy";

const settings = {
  share: number(0.5, 0, 0.5, {
    label: "Largest chosen share",
    unit: "of each batch",
    help: "The rest follows random order. 0 = random order itself.",
    step: 0.05,
  }),
  grant: whole(4, 0, 1000, {
    label: "Steps to try",
    unit: "steps",
    help: "As many steps' rows may be chosen before a gain was measured; at most so many are lost where there is none.",
    advanced: true,
  }),
  floor: number(0.05, 0, 0.5, {
    label: "Share to keep trying",
    unit: "of all rows",
    help: "Where choosing gains nothing, no more than this share is chosen in the long run.",
    step: 0.01,
    advanced: true,
  }),
  parts: PARTS,
  rate: number(0.125, 0.001, 1, {
    label: "Hoped-for fall",
    unit: "of the loss a row",
    help: "What an unseen neighbourhood is expected to lose with each row of it; its own rows soon say better.",
    step: 0.025,
    advanced: true,
  }),
};

declare module "../strategy" {
  interface StrategyNames {
    scout: true;
  }
  interface StrategySettings extends InGroup<"scout", typeof settings> {}
}

export interface ScoutState {
  stream: StreamState;
  choose: RandomState;
  account: Account | null;
  /** One a neighbourhood; empty before the first step. */
  sights: Sights[];
  /** Rows drawn from each neighbourhood's own order. */
  drawn: number[];
  seen: SeenRows;
}

const termsOf = ({ scout, trainer }: ResolvedConfig): Terms => ({
  batch: trainer.samplesPerBatch,
  share: scout.share,
  grantSteps: scout.grant,
  floor: scout.floor,
});

const sum = (values: readonly number[]): number => values.reduce((total, x) => total + x, 0);

/** What the next row of each neighbourhood is worth to the mean headroom of the pool: its share × its expected fall. */
export function worths(sights: readonly Sights[], sizes: readonly number[], rate: number): number[] {
  const known = sights.map(meanHeadroom).filter((mean) => mean !== null);
  const unseen = known.length > 0 ? sum(known) / known.length : 0.5;
  const all = sum(sizes);
  return sights.map((own, part) => (sizes[part] / all) * expectedFall(beliefOf(own, unseen, rate)));
}

/** Neighbourhoods whose next row is worth what one drawn at random is, or more. */
function openOf(worth: readonly number[], sizes: readonly number[]): number[] {
  const atRandom = sum(worth) / sum(sizes);
  return worth.flatMap((w, part) => (w > 0 && w / sizes[part] >= atRandom ? [part] : []));
}

/** Headroom a row below which nobody is expected to learn anything. */
const NOTHING = 1e-9;

function draw({ config, size, parts, state }: BatchAsk<ScoutState>): {
  batch: ChosenBatch;
  state: ScoutState;
} {
  const members = membersOf(parts, config.seed);
  const sizes = members.map((own) => own.length);
  const sights = state.sights.length > 0 ? state.sights : sizes.map(noSights);
  const worth = worths(sights, sizes, config.scout.rate);
  const terms = termsOf(config);
  const allowed = allowance(state.account ?? openAccount(terms), terms, sum(worth) > NOTHING);
  const { rows, state: stream } = drawStream(state.stream, size - allowed.rows, parts.of.length, config);
  const random = Random.restore(state.choose);
  const drawn = state.drawn.length > 0 ? [...state.drawn] : sizes.map(() => 0);
  const here = new Set(rows);
  const open = openOf(worth, sizes);
  const chosen = Array.from({ length: allowed.rows }, () => {
    const part = random.weighted(worth);
    const next = nextRow(members[part], drawn[part], (row) => here.has(row) || isSeen(state.seen, row));
    drawn[part] = next.drawn;
    here.add(next.row);
    const why = whyChosen(parts.names[part], sights[part], sizes[part], open.includes(part));
    return { sample: next.row, why };
  });
  const { account } = allowed;
  return {
    batch: { random: rows, chosen },
    state: { ...state, stream, choose: random.state, account, sights, drawn },
  };
}

function see(state: ScoutState, trained: TrainedBatch): { state: ScoutState; told: BatchTold } {
  const { config, parts, batch, losses } = trained;
  const sights = [...state.sights];
  const seen = [...state.seen];
  let { random, chosen } = state.account!;
  const size = config.trainer.samplesPerBatch;
  const firstSights: BatchTold["firstSights"] = [];
  const rows = [...batch.random, ...batch.chosen.map(({ sample }) => sample)];
  rows.forEach((row, at) => {
    const lossNats = losses[at];
    if (!Number.isFinite(lossNats)) return; // the step changed nothing
    const isChosen = at >= batch.random.length;
    const part = parts.of[row];
    const own = { ...sights[part], rows: sights[part].rows + 1 };
    const mean = meanHeadroom(own);
    const first = !isSeen(seen, row);
    if (first && mean !== null) {
      const drop = mean - headroomOf(lossNats);
      if (isChosen) chosen = withDrop(chosen, drop, size);
      else random = withDrop(random, drop, size);
    } else if (!first && isChosen) chosen = withDrop(chosen, 0, size);
    sights[part] = first ? afterSight(own, lossNats) : own;
    if (first) firstSights.push({ sample: row, lossNats });
    markSeen(seen, row);
  });
  const account = { ...state.account!, random, chosen };
  const sizes = membersOf(parts, config.seed).map((own) => own.length);
  return {
    state: { ...state, sights, seen, account },
    told: {
      firstSights,
      open: openOf(worths(sights, sizes, config.scout.rate), sizes),
      gain: gainOf(account, size),
      paid: isPaid(account, size),
      balance: account.balance,
    },
  };
}

export const strategy: BatchStrategy<ScoutState> = {
  name: "scout",
  menu: 15,
  words: {
    label: "scout",
    help: "At least half of each batch comes in random order; the rest from neighbourhoods of the pool whose loss at first sight is high and still falls, as long as that is measured to gain. Nothing is scored.",
    source: "ours; a safe mixture after conservative bandits (arXiv 2002.03221)",
    why: { random: "in random order" },
  },
  trainers: ["sft"],
  group: "scout",
  settings,
  begin: (seed) => ({
    stream: newStream(seed),
    choose: new Random(seed, "scout").state,
    account: null,
    sights: [],
    drawn: [],
    seen: [],
  }),
  chooses: "batches",
  part(size, promptOf, { seed, scout }) {
    const parts = neighbourhoods(size, promptOf, seed, wantedParts(scout.parts));
    // Shuffled now, with the rest of what a run prepares: no step waits for it.
    membersOf(parts, seed);
    return parts;
  },
  draw,
  see,
};
