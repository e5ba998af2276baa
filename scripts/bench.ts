// `npm run bench`: measured tables of this machine. Rounds are interleaved, figures are medians; nothing is asserted.
import { cpus, loadavg } from "node:os";
import { basename } from "node:path";
import { installPeers } from "../bench/peers/install";
import { figure, row, type Measured, type Row, type RowName } from "../bench/rows";
import type { Figure } from "../bench/task";
import { engineOf } from "./browsers";
import { writeJson } from "./json";
import { isMain, options, usage } from "./options";
import type { Route } from "./serve";
import { fileRoute, mount, secret } from "./site";
import { smolLm2 } from "./smollm2/fetch";
import { watchPage } from "./watched";

const SUITES = ["kernels", "model", "grpo", "scoring", "memory", "loop", "page", "warm"];
/** Those that also measure SmolLM2-135M. */
const ON_SMOLLM2 = ["scoring", "memory"];
const HELP = `Measures this machine.

  npm run bench -- [--suite ${SUITES.join("|")}] [--filter TEXT] [--rounds N] [--peers] [--browser NAME] [--runtime node] [--json FILE]

  --suite NAME    kernels (and the adapter's ceilings), model (tokens/s), grpo (what shared prompts save), scoring (what
                  prefix and teacher-forced scores save), memory (peak of a LoRA step), loop (runs by phase), page (load,
                  long tasks), warm (kernels ready, first and second visit); default: kernels and model
  --filter TEXT   only tasks whose name or shape contains TEXT
  --rounds N      interleaved rounds (5; memory 1: bytes do not vary)
  --peers         also jax-js, tfjs, onnxruntime-web and transformers.js on the same tasks, in the same page and rounds
                  (installed into .cache/peers on first use); a peer whose result is wrong is listed in brackets
  --runtime NAME  browser (default) or node: in Node on Dawn, without a browser; not for page and warm
  --json FILE     also write { browser, adapter, date, rounds, rows }
`;

const PEERS_ROUTE = "/__peers/";

/** Serves SmolLM2-135M to the page; null, with the reason printed, where it cannot be had. */
async function smolRoute(): Promise<Route | null> {
  const found = await smolLm2();
  if (found.path) return fileRoute(`/${secret()}/${basename(found.path)}`, found.path);
  console.error(`skipped SmolLM2-135M: ${found.reason}`);
  return null;
}

/** What was asked for on the command line. */
export interface BenchJob {
  suite: string | undefined;
  filter: string;
  rounds: number;
  browser: string;
  peers: boolean;
}

/** A line of bench/run.ts. */
type BenchLine =
  | { type: "device"; adapter: string }
  | { type: "end" }
  | ({ type: "skipped" | "failed"; reason: string } & Partial<RowName>)
  | ({ type: "wrong"; reason: string } & RowName)
  | ({ type: "value"; value: number; round: number; figure?: boolean } & RowName & Figure);

/** Seconds without any line after which the page is given up: the largest model loads for minutes. */
const SILENCE_S = 1800;

/** Kernels and model: measured in a page of the development server, on the real device. */
async function measure({ suite, filter, rounds, browser, peers }: BenchJob): Promise<Measured> {
  const values = new Map<string, { name: RowName; values: number[]; figure?: Figure }>();
  const wrong = new Map<string, string>();
  const keyOf = (line: RowName) => [line.suite, line.task, line.shape, line.impl].join("|");
  let adapter = "";
  let failures = 0;
  const onLine = (line: BenchLine, end: (how: true) => void) => {
    if (line.type === "device") adapter = line.adapter;
    if (line.type === "end") end(true);
    if (line.type === "skipped")
      console.error(`skipped ${line.impl ?? ""} ${line.task} ${line.shape}: ${line.reason}`);
    if (line.type === "wrong") {
      wrong.set(keyOf(line), line.reason);
      console.error(`WRONG ${line.impl} ${line.task} ${line.shape}: ${line.reason}`);
    }
    if (line.type === "failed") {
      failures++;
      console.error(`FAILED ${line.task} ${line.shape}: ${line.reason}`);
    }
    if (line.type === "value") {
      const key = keyOf(line);
      const entry = values.get(key) ?? { name: line, values: [] };
      entry.values.push(line.value);
      if (line.figure) entry.figure = line;
      values.set(key, entry);
      process.stderr.write(
        `round ${line.round + 1}/${rounds} ${line.impl} ${line.task} ${line.shape}: ${line.value.toPrecision(3)} ${line.unit}\n`,
      );
    }
  };
  const smol = suite && ON_SMOLLM2.includes(suite) ? await smolRoute() : null;
  const query = new URLSearchParams({
    rounds: String(rounds),
    filter,
    ...(smol ? { smollm2: smol.prefix } : {}),
    ...(suite ? { suite } : {}),
    ...(peers ? { peers: PEERS_ROUTE } : {}),
  });
  const { trouble, browser: version } = await watchPage<BenchLine, true>({
    browser,
    page: `bench/index.html?${query}`,
    inbox: "/__lines",
    routes: [...(smol ? [smol] : []), ...(peers ? [mount(PEERS_ROUTE, installPeers())] : [])],
    dev: true,
    silenceS: SILENCE_S,
    awaited: "line",
    take: onLine,
    log: (line) => console.error(line),
  });
  if (trouble) {
    failures++;
    console.error(trouble);
  }
  return {
    rows: [...values].map(([key, e]) => ({ ...row(e.name, e.values, wrong.get(key)), ...figure(e.figure) })),
    adapter,
    browser: version,
    failures,
  };
}

/** Suites that drive browsers of their own; loaded only when asked for. */
const OWN: Record<string, (job: BenchJob) => Promise<Measured>> = {
  loop: async (job) => (await import("../bench/loop")).measureLoop(job),
  page: async () => (await import("../bench/page")).measurePage(),
  warm: async (job) => (await import("../bench/warm")).measureWarm(job),
};

/** The ceiling a unit is a share of: the start of its task's name. */
const CEILING: Record<string, string> = { "GFLOP/s": "ceiling: fused", "GB/s": "ceiling: copy" };

/** How a row compares: a share of the adapter's ceiling, or for a peer how many times faster ours is. */
export function comparison(row_: Row, rows: readonly Row[]): string {
  if (row_.note) return row_.note;
  if (row_.impl !== "proximal") {
    const ours = rows.find(
      (r) => r.impl === "proximal" && r.task === row_.task && r.shape === row_.shape && r.unit === row_.unit,
    );
    if (!ours) return "";
    const ratio = `${row_.suite === "grpo" ? "shared" : "ours"} ${(ours.median / row_.median).toFixed(1)} ×`;
    return row_.wrong ? `(${ratio}, its result is wrong)` : ratio;
  }
  const ceiling = rows.find((r) => CEILING[row_.unit] && r.task.startsWith(CEILING[row_.unit]));
  if (!ceiling || row_.task.startsWith("ceiling")) return row_.note ?? "";
  return `${((100 * row_.median) / ceiling.median).toFixed(0)} % of the ceiling`;
}

function printTable(rows: Row[]): void {
  const text = (value: number) => (value >= 100 ? value.toFixed(0) : value.toPrecision(3));
  const cells = rows.map((r) => [
    r.task,
    r.shape,
    r.impl,
    `${text(r.median)} ${r.unit}`,
    `${text(r.min)} … ${text(r.max)}`,
    `n ${r.n}`,
    comparison(r, rows),
  ]);
  const widths = [0, 1, 2, 3, 4, 5, 6].map((c) => Math.max(...cells.map((row_) => row_[c].length)));
  for (const line of cells)
    console.log(
      line
        .map((cell, c) => (c === 3 ? cell.padStart(widths[c]) : cell.padEnd(widths[c])))
        .join("  ")
        .trimEnd(),
    );
}

if (isMain(import.meta.url)) {
  const args = options(HELP, {
    suite: "string",
    filter: "string",
    rounds: "string",
    peers: "boolean",
    browser: "string",
    runtime: "string",
    json: "string",
  });
  if (args.suite && !SUITES.includes(args.suite)) usage(HELP, `unknown suite "${args.suite}"`);
  if (args.runtime === "node" && ["page", "warm"].includes(args.suite ?? ""))
    usage(HELP, `--suite ${args.suite} measures browsers: leave out --runtime node`);
  const rounds = args.rounds === undefined ? (args.suite === "memory" ? 1 : 5) : Number(args.rounds);
  if (!Number.isInteger(rounds) || rounds < 1)
    usage(HELP, `--rounds: expected a whole number ≥ 1, got "${args.rounds}"`);
  const job = {
    suite: args.suite,
    filter: args.filter ?? "",
    rounds,
    browser: engineOf(args),
    peers: args.peers ?? false,
  };
  const load = loadavg()[0];
  const made = await ((args.suite && OWN[args.suite]) || measure)(job);
  if (made.rows.length > 0) printTable(made.rows);
  console.log(
    `${made.browser}, ${made.adapter || "no adapter"}, ${cpus().length} × ${cpus()[0]?.model ?? "unknown CPU"}, load ${load.toFixed(1)} before`,
  );
  const out = {
    browser: made.browser,
    adapter: made.adapter,
    date: new Date().toISOString(),
    rounds,
    rows: made.rows,
  };
  if (args.json) writeJson(args.json, out, 2);
  console.log(
    `${made.rows.length} rows${made.failures ? `, ${made.failures} failures` : ""}${args.json ? `: ${args.json}` : ""}`,
  );
  process.exit(made.failures || made.rows.length === 0 ? 1 : 0);
}
