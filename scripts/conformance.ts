// `npm run conformance -- DIR`: golden cases and malformed inputs on real WebGPU, a row a check.
import { existsSync, readdirSync, writeFileSync } from "node:fs";
import { basename, join, relative, resolve, sep } from "node:path";
import { startBrowser } from "./browsers";
import { isMain, options, usage } from "./options";
import { inbox, mount, openSite, secret } from "./site";

const HELP = `Runs golden cases and malformed inputs on real WebGPU.

  npm run conformance -- DIR [--kinds a,b] [--json FILE] [--browser chromium|firefox]

  DIR             a folder with cases (case.json) and bad inputs (expect.json), at any depth
  --kinds a,b     only checks of these kinds (logits, greedy, …; "bad" = malformed inputs)
  --json FILE     also write the rows there
  --browser NAME  chromium (default) or firefox
`;
/** Seconds without a row after which the page is given up. */
const SILENCE_S = 300;

/** All jobs under a folder; `base` is where the page finds each. */
export function findJobs(root, prefix) {
  const jobs = { cases: [], bad: [], bases: [] };
  const visit = (folder) => {
    const entries = readdirSync(folder, { withFileTypes: true }).sort((a, b) => (a.name < b.name ? -1 : 1));
    const path = relative(root, folder).split(sep).join("/");
    const base = `${prefix}${path ? `${path.split("/").map(encodeURIComponent).join("/")}/` : ""}`;
    const label = path || basename(root);
    const files = entries.filter((e) => e.isFile()).map((e) => e.name);
    for (const file of files) {
      if (file === "case.json") jobs.cases.push({ label, base, file, optional: false });
      if (/^case_.*\.json$/.test(file))
        jobs.cases.push({ label: `${label} ${file}`, base, file, optional: true });
    }
    if (files.includes("expect.json")) jobs.bad.push({ label, base });
    // The good model that the malformed ones beside it were made from.
    if (basename(folder) === "_base" && existsSync(join(folder, "model"))) {
      jobs.bases.push({ label, base, adapter: existsSync(join(folder, "adapter")) });
    }
    for (const entry of entries) if (entry.isDirectory()) visit(join(folder, entry.name));
  };
  visit(root);
  return jobs;
}

/** @returns {Promise<{ passed: number, failed: number, rows: object[], browser: string, adapter: string }>} */
export async function runConformance({ folder, kinds = null, browser = "chromium", print = console.log }) {
  const prefix = `/${secret()}/`;
  const jobs = findJobs(resolve(folder), prefix);
  const badCount = jobs.bad.length + jobs.bases.length;
  const leftOut = new Map();
  const leave = (kind, count) => leftOut.set(kind, (leftOut.get(kind) ?? 0) + count);
  if (kinds && !kinds.includes("bad") && badCount > 0) {
    leave("bad", badCount);
    Object.assign(jobs, { bad: [], bases: [] });
  }
  const rows = [];
  let adapter = "";
  let beat = Date.now();
  let finish;
  const ended = new Promise((resolve_) => (finish = resolve_));
  const width = Math.max(20, ...[...jobs.cases, ...jobs.bad, ...jobs.bases].map((j) => j.label.length));
  const addRow = (row) => {
    const ok = row.share !== null && row.share <= 1 && !row.message;
    rows.push({ ...row, ok });
    const share = row.share === null ? "–" : row.share.toFixed(3);
    print(`${row.case.padEnd(width)}  ${row.check.padEnd(22)} ${share.padStart(9)}  ${ok ? "PASS" : "FAIL"}`);
    if (!ok) print(`    ${row.message || "the worst error is beyond its tolerance"}`);
  };
  const fail = (message) =>
    addRow({
      case: "conformance",
      check: "runs to its end",
      kind: "run",
      share: null,
      message,
      elapsedMs: 0,
    });
  const onLine = (line) => {
    beat = Date.now();
    if (line.type === "row") addRow(line.row);
    if (line.type === "device") adapter = line.adapter;
    if (line.type === "outcome") {
      if (line.outcome.note) print(`note  ${line.outcome.note}`);
      for (const { kind, count } of line.outcome.leftOut) leave(kind, count);
    }
    if (line.type === "end") {
      if (line.reason) fail(line.reason);
      finish();
    }
  };
  const answerJobs = {
    prefix: "/__jobs",
    handle: (_, response) => (response.end(JSON.stringify({ kinds, ...jobs })), true),
  };
  const site = await openSite([inbox("/__report", onLine), answerJobs, mount(prefix, resolve(folder))], {
    log: print,
  });
  let driver = null;
  let watchdog = null;
  try {
    driver = await startBrowser(browser, { log: print });
    const page = await driver.open(
      `${site.url}conformance.html`,
      (kind, text) =>
        kind === "error" && !text.startsWith("Failed to load resource") && print(`page  ${text}`),
    );
    const silent = new Promise((resolve_) => {
      watchdog = setInterval(
        () => Date.now() - beat > SILENCE_S * 1000 && resolve_(`no row for ${SILENCE_S} s`),
        1000,
      );
    });
    const trouble = await Promise.race([ended.then(() => null), page.gone, silent]);
    if (trouble) fail(trouble);
  } finally {
    clearInterval(watchdog);
    await driver?.close().catch(() => {});
    await site.close();
  }
  for (const [kind, count] of leftOut) print(`left out: ${count} of kind ${kind}`);
  if (jobs.cases.length + badCount === 0) print("no case.json and no expect.json found");
  print(`${driver.version}, ${adapter || "no adapter"}`);
  const passed = rows.filter((r) => r.ok).length;
  return { passed, failed: rows.length - passed, rows, browser: driver.version, adapter };
}

if (isMain(import.meta.url)) {
  const args = options(HELP, { kinds: "string", json: "string", browser: "string" });
  if (args._.length !== 1) usage(HELP, "expected one folder");
  if (!existsSync(args._[0])) usage(HELP, `${args._[0]} does not exist`);
  const out = await runConformance({
    folder: args._[0],
    kinds: args.kinds?.split(",") ?? null,
    browser: args.browser,
  });
  if (args.json) writeFileSync(args.json, JSON.stringify(out, null, 1));
  console.log(`${out.passed} passed, ${out.failed} failed`);
  process.exit(out.failed || out.passed === 0 ? 1 : 0);
}
