// Times real runs of the lab command by phase: two whole EDCO rounds, METIS step by step, and the steps
// of strategies that choose their batches. Each phase in seconds
// and as a share of the whole, from the run's own log.
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { lab } from "../scripts/lab";
import { REWARD_STORY } from "../src/config/recorded";
import type * as presetsModule from "../src/config/presets";
import type * as registryModule from "../src/curriculum/registry";
import type * as resolveModule from "../src/config/resolve";
import { loadSource } from "../scripts/source";
import type { ConfigInput } from "../src/config/tree";
import type { Summary } from "../src/headless/summary";
import type { RunEvent } from "../src/lib/events";
import { readJson, readLines, writeJson } from "../scripts/json";
import { row, type Measured, type Row } from "./rows";

const EDCO = { curriculum: { rounds: 2 }, budget: { steps: 16 } };
/** One round of steps; little is tested. */
const CHOSEN = { budget: { steps: 16 }, evaluation: { every: "round", limit: 16 } } satisfies ConfigInput;
/** The first has nothing yet to judge by and is left out. */
const METIS_STEPS = 7;

/** Runs a config and reads what it left behind. */
async function run(config: ConfigInput, browser: string) {
  const folder = mkdtempSync(join(tmpdir(), "bench-"));
  try {
    const file = join(folder, "config.json");
    writeJson(file, config);
    const out = join(folder, "run");
    const code = await lab(["run", file, "--out", out, "--browser", browser]);
    return {
      code,
      summary: readJson<Summary>(join(out, "summary.json")),
      environment: readJson<{ environment: { adapter: string; browser: string } }>(join(out, "config.json"))
        .environment,
      events: readLines<RunEvent>(join(out, "events.jsonl")),
    };
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

const sum = (values: number[]) => values.reduce((a, b) => a + b, 0);

/** One row a phase; `phases` maps its name to its seconds, one value a repetition. */
function phaseRows(task: string, shape: string, whole: string, phases: Record<string, number[]>): Row[] {
  const total = sum(Object.values(phases).flat());
  return Object.entries(phases)
    .filter(([, seconds]) => sum(seconds) > 0)
    .map(([phase, seconds]) => ({
      ...row({ suite: "loop", task: `${task}: ${phase}`, shape, impl: "proximal", unit: "s" }, seconds),
      note: `${((100 * sum(seconds)) / total).toFixed(1)} % of ${whole}`,
    }));
}

/** A later step's time by purpose; grading is part of the rollouts' time, and what is left is logging and waiting. */
export function stepPhases(events: readonly RunEvent[]): Record<string, number[]> {
  const steps = events
    .flatMap((event) =>
      event.type === "step.finished" && event.partsMs ? [{ ...event, partsMs: event.partsMs }] : [],
    )
    .slice(1);
  const part = (name: "judge" | "rollout" | "train") => steps.map(({ partsMs }) => partsMs[name] / 1000);
  return {
    "judging the candidates": part("judge"),
    "rollouts and their grading": part("rollout"),
    training: part("train"),
    "the rest": steps.map(({ elapsedMs, partsMs }) =>
      Math.max(0, (elapsedMs - partsMs.judge - partsMs.rollout - partsMs.train) / 1000),
    ),
  };
}

/** A step whose batch is chosen: choosing it, and all else. */
export function chosenPhases(events: readonly RunEvent[]): Record<string, number[]> {
  const choosing = new Map(
    events.flatMap((event) =>
      event.type === "batch.chosen" ? [[event.step, (event.choosingMs ?? 0) / 1000] as const] : [],
    ),
  );
  const steps = events.filter((event) => event.type === "step.finished");
  return {
    choosing: steps.map(({ step }) => choosing.get(step) ?? 0),
    "training and the rest": steps.map(({ step, elapsedMs }) => elapsedMs / 1000 - (choosing.get(step) ?? 0)),
  };
}

export async function measureLoop({ browser }: { browser: string }): Promise<Measured> {
  const edco = await run(EDCO, browser);
  const { preset } = await loadSource<typeof presetsModule>("src/config/presets.ts");
  const { resolveConfig } = await loadSource<typeof resolveModule>("src/config/resolve.ts");
  const config = preset(REWARD_STORY)?.config ?? {};
  const metis = resolveConfig(config);
  const steps = await run(
    { ...config, budget: { steps: METIS_STEPS }, evaluation: { every: "round", limit: 16 } },
    browser,
  );
  const { STRATEGIES } = await loadSource<typeof registryModule>("src/curriculum/registry.ts");
  const chosen = [];
  for (const { name } of STRATEGIES.filter(({ chooses }) => chooses === "batches"))
    chosen.push({ name, ...(await run({ ...CHOSEN, curriculum: { strategy: name, rounds: 1 } }, browser)) });
  const rounds = Object.fromEntries(
    Object.entries(edco.summary.seconds).map(([phase, seconds]) => [phase, [seconds]]),
  );
  const { samplesPerBatch, rollouts } = metis.trainer;
  const shape = `${samplesPerBatch * metis.metis.poolMultiplier} candidates, ${samplesPerBatch} × ${rollouts} answers`;
  return {
    rows: [
      ...phaseRows("EDCO, two rounds of 8 steps", "builtin:needle", "the run", rounds),
      ...phaseRows("METIS step", shape, "the step", stepPhases(steps.events)),
      ...chosen.flatMap(({ name, events }) =>
        phaseRows(`${name} step`, "builtin:needle", "the step", chosenPhases(events)),
      ),
    ],
    adapter: edco.environment.adapter,
    browser: edco.environment.browser,
    failures: [edco, steps, ...chosen].filter(({ code }) => code !== 0).length,
  };
}
