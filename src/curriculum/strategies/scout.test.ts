// scout in whole runs of made-up pools: its stream is random order's, its bounds hold, and it finds what can be learnt.
import { describe, expect, it } from "vitest";
import { resolveConfig, type ConfigInput } from "../../config/schema";
import { Random } from "../random";
import { newStream, drawStream } from "../scout/stream";
import type { Parts } from "../strategy";
import { strategy, type ScoutState } from "./scout";

const configOf = (scout: ConfigInput["scout"] = {}, steps = 160) =>
  resolveConfig({
    seed: 5,
    curriculum: { strategy: "scout", rounds: 5, perRound: 64 },
    budget: { steps },
    scout,
  });

/** Loss of a row, given how many rows of each part were trained. */
type World = (part: number, trained: readonly number[], random: Random) => number;

function live(parts: Parts, world: World, config = configOf()) {
  const random = new Random(9, "world");
  const trained = parts.names.map(() => 0);
  const steps: { random: number[]; chosen: number[]; paid: boolean }[] = [];
  let state = strategy.begin(config.seed);
  const size = config.trainer.samplesPerBatch;
  for (let step = 1; step <= config.budget.steps!; step++) {
    const drawn = strategy.draw({ config, size, parts, state });
    const chosen = drawn.batch.chosen.map(({ sample }) => sample);
    const rows = [...drawn.batch.random, ...chosen];
    expect(rows).toHaveLength(size);
    const losses = rows.map((row) => world(parts.of[row], trained, random));
    for (const row of rows) trained[parts.of[row]]++;
    const seen = strategy.see(drawn.state, { config, parts, batch: drawn.batch, losses });
    // Plain data: what a checkpoint keeps is what goes on.
    state = JSON.parse(JSON.stringify(seen.state)) as ScoutState;
    steps.push({ random: drawn.batch.random, chosen, paid: seen.told.paid === true });
  }
  return { steps, trained, state };
}

const partsOf = (sizes: readonly number[]): Parts => ({
  names: sizes.map((_, part) => `part ${part}`),
  of: sizes.flatMap((size, part) => Array<number>(size).fill(part)),
});

const noise: World = (_p, _t, random) => 1.6 + 0.4 * random.next();
const known: World = (_p, _t, random) => 0.002 * random.next();
const learnt = (rows: number, slowness: number): number => 1.5 * Math.exp(-rows / slowness);

/** One part in ten is new and can be learnt; the rest is known. */
const needle: World = (part, trained, random) =>
  part === 9 ? learnt(trained[9], 40) * (0.8 + 0.4 * random.next()) : known(part, trained, random);
/** Half is noise that never falls. */
const noisy: World = (part, trained, random) =>
  part < 5 ? noise(part, trained, random) : learnt(trained[part], 12) * (0.8 + 0.4 * random.next());
const inverted: World = (part, trained) => Math.min(3, 0.1 + 0.05 * trained[part]);

const ten = partsOf(Array<number>(10).fill(60));

describe("scout", () => {
  const pools: Record<string, [Parts, World]> = {
    "one giant neighbourhood": [partsOf([600]), noisy],
    "500 singletons": [partsOf(Array<number>(500).fill(1)), (_p, _t, r) => 2 * r.next()],
    "all noise": [ten, noise],
    "all known": [ten, known],
    "losses that rise with training": [ten, inverted],
    "infinite losses": [ten, () => Infinity],
    "a needle": [ten, needle],
    "half noise": [ten, noisy],
  };

  it.each(Object.entries(pools))("follows random order row by row: %s", (_name, [parts, world]) => {
    const config = configOf();
    const { steps } = live(parts, world, config);
    const followed = steps.flatMap(({ random }) => random);
    const { rows } = drawStream(newStream(config.seed), followed.length, parts.of.length, config);
    expect(followed).toEqual(rows);
    // At least half of all rows, after every step.
    let so = 0;
    steps.forEach(({ random }, i) => expect((so += random.length)).toBeGreaterThanOrEqual((i + 1) * 4));
  });

  it.each(["all noise", "all known", "losses that rise with training", "one giant neighbourhood"])(
    "gives the batch back where nothing is gained: %s",
    (name) => {
      const { steps } = live(
        ...((name === "one giant neighbourhood" ? [partsOf([600]), noise] : pools[name]) as [Parts, World]),
      );
      const late = steps.slice(80).reduce((sum, { chosen }) => sum + chosen.length, 0);
      // 5 % of 80 steps of 8 rows are 32; as much again for steps in which luck looked like a gain.
      expect(late).toBeLessThanOrEqual(64);
    },
  );

  it("spends its choices on what is new and falls", () => {
    const { trained, steps } = live(ten, needle, configOf({}, 40));
    const drawn = steps.flatMap(({ random }) => random).filter((row) => ten.of[row] === 9).length;
    const chosen = steps.flatMap((step) => step.chosen);
    const needles = chosen.filter((row) => ten.of[row] === 9).length;
    expect(needles / chosen.length).toBeGreaterThan(0.5);
    expect(trained[9]).toBeGreaterThan(2.5 * drawn);
  });

  it("shuts noise: of what it chooses, less is noise than of the pool", () => {
    const { steps } = live(ten, noisy, configOf({}, 60));
    const chosen = steps.flatMap((step) => step.chosen);
    const noises = chosen.filter((row) => ten.of[row] < 5).length;
    // Half of the pool is noise, and the first steps look everywhere.
    expect(noises / chosen.length).toBeLessThan(0.35);
    const later = steps.slice(10, 30).flatMap((step) => step.chosen);
    expect(later.filter((row) => ten.of[row] < 5).length / later.length).toBeLessThan(0.2);
  });

  it("says why in words", () => {
    const config = configOf();
    let state = strategy.begin(config.seed);
    const whys: string[] = [];
    for (let step = 0; step < 12; step++) {
      const drawn = strategy.draw({ config, size: 8, parts: ten, state });
      const losses = [...drawn.batch.random, ...drawn.batch.chosen.map(({ sample }) => sample)].map((row) =>
        ten.of[row] === 9 ? 1.9 - 0.05 * step : 0.001,
      );
      ({ state } = strategy.see(drawn.state, { config, parts: ten, batch: drawn.batch, losses }));
      whys.push(...drawn.batch.chosen.map(({ why }) => why));
    }
    expect(whys[0]).toMatch(/^neighbourhood “part \d”: not seen yet; 0 of 60 seen$/);
    expect(
      whys.some((why) =>
        /loss at first sight \d\.\d+ → \d\.\d+ nats, still falling; \d+ of 60 seen$/.test(why),
      ),
    ).toBe(true);
  });
});
