// The table of all runs behind the page's recordings and the results files: the same budgets, several seeds, and
// always random order among them. Each is an ordinary `npm run lab -- run`; runs that are already finished are
// kept.
import { existsSync, mkdirSync } from "node:fs";
import { join } from "node:path";
import { EDCO_BESIDE_RANDOM, pool, reinforcement } from "../src/config/presets";
import { REWARD_STORY } from "../src/config/recorded";
import type { ConfigInput } from "../src/config/tree";
import type { Summary } from "../src/headless/summary";
import { ROOT } from "./build";
import { readJson, writeJson } from "./json";
import { lab } from "./lab";
import { isMain, options, usage } from "./options";
import {
  AT_RANDOM,
  BY_ENTROPY,
  CONTROLS,
  ESTIMATORS_ON,
  HEAD,
  REWARDED,
  SUPERVISED,
  type Overrides,
  type Strategy,
} from "./recorded";

const HELP = `Runs the experiments whose results the project keeps.

  npx tsx scripts/experiments.ts [--only TEXT[,TEXT]] [--out DIR] [--list]

  --only TEXT   names containing one of these (needle, noisy, metis, control, head, -1 …)
  --out DIR     one folder a run (.cache/experiments); a finished one is not repeated, a broken-off one goes on
  --list        only print the names
Afterwards: npx tsx scripts/record.ts DIR/* writes the page's recorded runs and docs/results.
`;

const SEEDS = [1, 2, 3];
/** The three that are compared by rewards vary more: as many seeds as PyTorch has. */
const REWARD_SEEDS = [1, 2, 3, 4, 5];

/** Supervised: EDCO beside random order. */
const supervised = (name: string, strategy: Strategy, stepsPerRound: number): ConfigInput => ({
  data: pool(name),
  curriculum: { strategy, ...EDCO_BESIDE_RANDOM },
  budget: { steps: 5 * stepsPerRound },
  // What a prefix saves and keeps of full-length scoring, on the picture's own pool; not counted as the run's cost.
  ...(strategy === BY_ENTROPY && name === ESTIMATORS_ON
    ? { evaluation: { compareEstimators: "first-round" } }
    : {}),
});

/** Rewards: the page's own setting, which is scripts/base-model/experiments.py's, with forecasts probed for the results. */
function rewarded(strategy: Strategy, metis: Overrides = {}): ConfigInput {
  const config = reinforcement(strategy);
  return {
    ...config,
    metis: { ...config.metis, ...metis },
    evaluation: { ...config.evaluation, forecastProbe: 60 },
  };
}

interface Experiment {
  name: string;
  config: ConfigInput;
}

/** In the order they run: the three that are compared, seed by seed. */
export function experiments(): Experiment[] {
  const seeded = (name: string, config: ConfigInput, seeds = SEEDS): Experiment[] =>
    seeds.map((seed) => ({ name: `${name}-${seed}`, config: { ...config, seed } }));
  const bySeed = (...groups: Experiment[][]) => groups[0].flatMap((_, i) => groups.map((group) => group[i]));
  return [
    ...bySeed(
      ...REWARDED.map((strategy) => seeded(`${REWARD_STORY}-${strategy}`, rewarded(strategy), REWARD_SEEDS)),
    ),
    // One seed each in the lab: their statistics are PyTorch's.
    ...CONTROLS.flatMap(({ name, strategy, metis }) =>
      seeded(`control-${name}`, rewarded(strategy, metis), [1]),
    ),
    ...seeded(HEAD, rewarded(HEAD)),
    ...SUPERVISED.flatMap(({ pool, stepsPerRound }) =>
      bySeed(
        ...([BY_ENTROPY, AT_RANDOM] as const).map((strategy) =>
          seeded(`${pool}-${strategy}`, supervised(pool, strategy, stepsPerRound)),
        ),
      ),
    ),
  ];
}

const statusOf = (dir: string) => {
  const file = join(dir, "summary.json");
  return existsSync(file) ? readJson<Summary>(file).status : null;
};

async function main(): Promise<number> {
  const args = options(HELP, { only: "string", out: "string", list: "boolean" });
  const wanted = args.only ? args.only.split(",") : [""];
  const chosen = experiments().filter(({ name }) => wanted.some((text) => name.includes(text)));
  if (chosen.length === 0) usage(HELP, `nothing is called like "${args.only}"`);
  if (args.list) {
    for (const { name } of chosen) console.log(name);
    return 0;
  }
  const out = args.out ?? join(ROOT, ".cache", "experiments");
  mkdirSync(out, { recursive: true });
  let failures = 0;
  for (const [i, { name, config }] of chosen.entries()) {
    const dir = join(out, name);
    const before = statusOf(dir);
    if (before === "done") continue;
    const start = Date.now();
    const file = join(out, `${name}.json`);
    writeJson(file, config, 2);
    const goesOn = existsSync(join(dir, "checkpoint"));
    const code = await lab(goesOn ? ["run", "--resume", "--out", dir] : ["run", file, "--out", dir]);
    if (code !== 0) failures++;
    const seconds = ((Date.now() - start) / 1000).toFixed(0);
    console.log(`${i + 1}/${chosen.length} ${name}: ${statusOf(dir) ?? "failed"} in ${seconds} s`);
  }
  console.log(`${chosen.length - failures} of ${chosen.length} runs are in ${out}`);
  return failures ? 1 : 0;
}

if (isMain(import.meta.url)) process.exit(await main());
