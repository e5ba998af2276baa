// `npm run lab -- plan`: bytes by purpose and minutes of a run, from the settings and the model's config.json alone. No
// weight is downloaded and no GPU is asked.
import { existsSync, statSync } from "node:fs";
import { dirname, join, resolve } from "node:path";
import type * as resolveModule from "../src/config/resolve";
import type * as hubModule from "../src/data/library/hub";
import type * as shapeModule from "../src/worker/planShape";
import type { ShapePlan } from "../src/worker/planShape";
import { ROOT } from "./build";
import { readJson, reasonOf, writeJson } from "./json";
import { options, usage } from "./options";
import { loadSource } from "./source";

const HELP = `Plans a run: bytes by purpose and minutes, from the settings and the model's config.json alone.

  npm run lab -- plan CONFIG.json [--limit GIB] [--tokens N] [--rate TFLOPS] [--json FILE]

  --limit GIB    GPU memory the run may take (2): where it would pass that, blocks are computed twice
  --tokens N     tokens of a sample (64); a step has samplesPerBatch of them
  --rate TFLOPS  f32 arithmetic that the device sustains (1), in 10^12 operations a second
  --json FILE    also write the plan there
`;
const OPTIONS = { limit: "string", tokens: "string", rate: "string", json: "string" } as const;
const GIB = 2 ** 30;

type Json = Record<string, unknown>;

/** The model's config.json: of a built-in model, a folder, a file, or a model on the hub. @throws Error */
async function modelJson(source: string, revision: string | null, folder: string): Promise<Json> {
  if (source.startsWith("builtin:"))
    return readJson(join(ROOT, "public/models", source.slice("builtin:".length), "config.json"));
  const path = resolve(folder, source);
  if (existsSync(path)) return readJson(statSync(path).isDirectory() ? join(path, "config.json") : path);
  const { hubSource, HUB_ADDRESS } = await loadSource<typeof hubModule>("src/data/library/hub.ts");
  const hub = /^[.\/]/.test(source) ? null : hubSource(source);
  if (!hub || hub.file) throw new Error(`model.source: there is no config.json for ${source}`);
  const address = `${HUB_ADDRESS}/${hub.name}/resolve/${revision ?? "main"}/config.json`;
  const response = await fetch(address).catch((thrown: unknown) => {
    throw new Error(
      `${address} cannot be fetched (${reasonOf(thrown)}): name a folder with the model's config.json`,
    );
  });
  if (!response.ok) throw new Error(`${address} answered ${response.status}: check model.source`);
  return (await response.json()) as Json;
}

const mib = (bytes: number): string => `${(bytes / 2 ** 20).toFixed(1)} MiB`;
const time = (minutes: number): string =>
  minutes < 2
    ? `${(60 * minutes).toFixed(1)} s`
    : minutes < 120
      ? `${minutes.toFixed(1)} min`
      : `${(minutes / 60).toFixed(1)} h`;

/** The plan as lines of text. */
export function planLines(plan: ShapePlan): string[] {
  const { bytes, minutes, limitBytes } = plan;
  const rows = Object.entries(bytes).map(
    ([purpose, value]) => `  ${purpose.padEnd(12)} ${mib(value).padStart(12)}`,
  );
  const training = minutes.training === null ? "" : `the budget's training ${time(minutes.training)}, `;
  return [
    `${plan.model}, weights ${plan.weights}, ${plan.stepRows} tokens a step`,
    ...rows,
    `${bytes.total <= limitBytes ? "fits" : "does not fit"} within ${mib(limitBytes)}` +
      (plan.recompute ? "; blocks are computed twice" : ""),
    `at ${plan.rateFlops / 1e12} TFLOP/s: a step ${time(minutes.step)}, ${training}scoring 1,000 rows ${time(minutes.scoring1000Rows)}`,
  ];
}

/** Resolves with the exit code. */
export async function plan(argv: string[]): Promise<number> {
  const args = options(HELP, OPTIONS, argv);
  if (args._.length !== 1) usage(HELP, "plan: expected CONFIG.json");
  const number = (name: "limit" | "tokens" | "rate", fallback: number): number => {
    const value = args[name] === undefined ? fallback : Number(args[name]);
    return value > 0 ? value : usage(HELP, `--${name}: expected a number above 0, got "${args[name]}"`);
  };
  const [file] = args._;
  try {
    const { resolveConfig } = await loadSource<typeof resolveModule>("src/config/resolve.ts");
    const { planShape } = await loadSource<typeof shapeModule>("src/worker/planShape.ts");
    const config = resolveConfig(readJson(file));
    const { source, revision } = config.model;
    const made = planShape(config, await modelJson(source, revision, dirname(resolve(file))), {
      limitBytes: number("limit", 2) * GIB,
      sampleTokens: Math.round(number("tokens", 64)),
      rateFlops: number("rate", 1) * 1e12,
    });
    if (args.json) writeJson(args.json, made, 1);
    for (const line of planLines(made)) console.log(line);
    return 0;
  } catch (thrown) {
    console.error(`failed: ${reasonOf(thrown)}`);
    return 1;
  }
}
