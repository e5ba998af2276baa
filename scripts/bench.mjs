// `npm run bench`: measured tables of this machine. Rounds are interleaved, figures are medians; nothing is asserted.
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { cpus, tmpdir } from "node:os";
import { join } from "node:path";
import { startBrowser } from "./browsers.mjs";
import { lab } from "./lab.mjs";
import { isMain, options, usage } from "./options.mjs";
import { inbox, openSite } from "./site.mjs";

const SUITES = ["kernels", "model", "loop", "page"];
const HELP = `Measures this machine.

  npm run bench -- [--suite ${SUITES.join("|")}] [--filter TEXT] [--rounds N] [--browser NAME] [--json FILE]

  --suite NAME    kernels (and the adapter's ceilings), model (tokens/s), loop (a run by phase), page (load, long tasks);
                  default: kernels and model
  --filter TEXT   only tasks whose name or shape contains TEXT
  --rounds N      interleaved rounds (5)
  --json FILE     also write { browser, adapter, date, rounds, rows }
`;

const median = (values) => {
  const sorted = [...values].sort((a, b) => a - b);
  const middle = sorted.length >> 1;
  return sorted.length % 2 ? sorted[middle] : (sorted[middle - 1] + sorted[middle]) / 2;
};

/** One row of the table from its values. */
export function row({ suite, task, shape, impl, unit }, values) {
  return {
    suite,
    task,
    shape,
    impl,
    unit,
    median: median(values),
    min: Math.min(...values),
    max: Math.max(...values),
    n: values.length,
  };
}

/** Kernels and model: measured in a page of the development server, on the real device. */
async function measure({ suite, filter, rounds, browser }) {
  const values = new Map();
  let adapter = "";
  let failures = 0;
  let finish;
  const ended = new Promise((resolve) => (finish = resolve));
  const onLine = (line) => {
    if (line.type === "device") adapter = line.adapter;
    if (line.type === "end") finish();
    if (line.type === "failed") {
      failures++;
      console.error(`FAILED ${line.task} ${line.shape}: ${line.reason}`);
    }
    if (line.type === "value") {
      const key = [line.suite, line.task, line.shape, line.impl].join("|");
      const entry = values.get(key) ?? { name: line, values: [] };
      entry.values.push(line.value);
      values.set(key, entry);
      process.stderr.write(
        `round ${line.round + 1}/${rounds} ${line.task} ${line.shape}: ${line.value.toPrecision(3)} ${line.unit}\n`,
      );
    }
  };
  const site = await openSite([inbox("/__lines", onLine)], { dev: true });
  const driver = await startBrowser(browser);
  try {
    const query = new URLSearchParams({ rounds: String(rounds), filter, ...(suite ? { suite } : {}) });
    const page = await driver.open(
      `${site.url}bench/index.html?${query}`,
      (kind, text) => kind === "error" && console.error(text),
    );
    const gone = await Promise.race([ended.then(() => null), page.gone]);
    if (gone) {
      failures++;
      console.error(gone);
    }
  } finally {
    await driver.close().catch(() => {});
    await site.close();
  }
  return {
    rows: [...values.values()].map((e) => row(e.name, e.values)),
    adapter,
    browser: driver.version,
    failures,
  };
}

/** A whole round by phase, from a real run through the lab command. */
async function measureLoop({ browser }) {
  const folder = mkdtempSync(join(tmpdir(), "bench-"));
  try {
    const config = join(folder, "config.json");
    writeFileSync(config, JSON.stringify({ curriculum: { rounds: 2 }, budget: { steps: 16 } }));
    const out = join(folder, "run");
    const code = await lab(["run", config, "--out", out, "--browser", browser]);
    const summary = JSON.parse(readFileSync(join(out, "summary.json"), "utf8"));
    const { environment } = JSON.parse(readFileSync(join(out, "config.json"), "utf8"));
    const rows = Object.entries(summary.seconds)
      .filter(([, s]) => s > 0)
      .map(([phase, s]) =>
        row(
          {
            suite: "loop",
            task: `EDCO, two rounds of 8 steps: ${phase}`,
            shape: "builtin:needle",
            impl: "proximal",
            unit: "s",
          },
          [s],
        ),
      );
    return { rows, adapter: environment.adapter, browser: environment.browser, failures: code === 0 ? 0 : 1 };
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

async function measurePageSuite() {
  const { measurePage } = await import("../bench/page.mjs");
  return measurePage();
}

function printTable(rows) {
  const text = (value) => (value >= 100 ? value.toFixed(0) : value.toPrecision(3));
  const cells = rows.map((r) => [
    r.task,
    r.shape,
    r.impl,
    `${text(r.median)} ${r.unit}`,
    `${text(r.min)} … ${text(r.max)}`,
    `n ${r.n}`,
  ]);
  const widths = [0, 1, 2, 3, 4, 5].map((c) => Math.max(...cells.map((row_) => row_[c].length)));
  for (const line of cells)
    console.log(
      line.map((cell, c) => (c === 3 ? cell.padStart(widths[c]) : cell.padEnd(widths[c]))).join("  "),
    );
}

if (isMain(import.meta.url)) {
  const args = options(HELP, {
    suite: "string",
    filter: "string",
    rounds: "string",
    browser: "string",
    json: "string",
  });
  if (args.suite && !SUITES.includes(args.suite)) usage(HELP, `unknown suite "${args.suite}"`);
  const rounds = args.rounds === undefined ? 5 : Number(args.rounds);
  if (!Number.isInteger(rounds) || rounds < 1)
    usage(HELP, `--rounds: expected a whole number ≥ 1, got "${args.rounds}"`);
  const job = { suite: args.suite, filter: args.filter ?? "", rounds, browser: args.browser ?? "chromium" };
  const made = await (args.suite === "loop"
    ? measureLoop(job)
    : args.suite === "page"
      ? measurePageSuite()
      : measure(job));
  if (made.rows.length > 0) printTable(made.rows);
  console.log(
    `${made.browser}, ${made.adapter || "no adapter"}, ${cpus().length} × ${cpus()[0]?.model ?? "unknown CPU"}`,
  );
  const out = {
    browser: made.browser,
    adapter: made.adapter,
    date: new Date().toISOString(),
    rounds,
    rows: made.rows,
  };
  if (args.json) writeFileSync(args.json, `${JSON.stringify(out, null, 2)}\n`);
  console.log(
    `${made.rows.length} rows${made.failures ? `, ${made.failures} failures` : ""}${args.json ? `: ${args.json}` : ""}`,
  );
  process.exit(made.failures || made.rows.length === 0 ? 1 : 0);
}
