// `npm run conformance -- DIR`: golden cases and malformed inputs on real WebGPU, a row a check.
import { existsSync, readdirSync } from "node:fs";
import { basename, join, relative, resolve, sep } from "node:path";
import type { ConformanceJobs, ConformanceLine } from "../src/conformance/page";
import type { Row } from "../src/conformance/runCase";
import { engineOf } from "./browsers";
import { writeJson } from "./json";
import { isMain, options, usage } from "./options";
import { answer, mount, secret } from "./site";
import type { Print } from "./tally";
import { watchPage } from "./watched";

const HELP = `Runs golden cases and malformed inputs on real WebGPU.

  npm run conformance -- DIR [--kinds a,b] [--json FILE] [--browser chromium|firefox] [--runtime node]

  DIR             a folder with cases (case.json) and bad inputs (expect.json), at any depth
  --kinds a,b     only checks of these kinds (logits, greedy, …; "bad" = malformed inputs)
  --json FILE     also write the rows there
  --browser NAME  chromium (default) or firefox
  --runtime NAME  browser (default) or node: in Node on Dawn, without a browser
`;
/** Seconds without a row after which the page is given up. */
const SILENCE_S = 300;

/** All jobs under a folder; `base` is where the page finds each. */
export function findJobs(root: string, prefix: string): Pick<ConformanceJobs, "cases" | "bad" | "bases"> {
  const jobs: ReturnType<typeof findJobs> = { cases: [], bad: [], bases: [] };
  const visit = (folder: string) => {
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

/** A row as it arrives: Infinity is no JSON and travels as null. */
type SentRow = Omit<Row, "share"> & { share: number | null };

export interface Conformance {
  passed: number;
  failed: number;
  rows: (SentRow & { ok: boolean })[];
  browser: string;
  adapter: string;
}

export async function runConformance({
  folder,
  kinds = null,
  browser = "chromium",
  print = console.log,
}: {
  folder: string;
  kinds?: string[] | null;
  browser?: string;
  print?: Print;
}): Promise<Conformance> {
  const prefix = `/${secret()}/`;
  const jobs = findJobs(resolve(folder), prefix);
  const badCount = jobs.bad.length + jobs.bases.length;
  const leftOut = new Map<string, number>();
  const leave = (kind: string, count: number) => leftOut.set(kind, (leftOut.get(kind) ?? 0) + count);
  if (kinds && !kinds.includes("bad") && badCount > 0) {
    leave("bad", badCount);
    Object.assign(jobs, { bad: [], bases: [] });
  }
  const rows: Conformance["rows"] = [];
  let adapter = "";
  const width = Math.max(20, ...[...jobs.cases, ...jobs.bad, ...jobs.bases].map((j) => j.label.length));
  const addRow = (row: SentRow) => {
    const ok = row.share !== null && row.share <= 1 && !row.message;
    rows.push({ ...row, ok });
    const share = row.share === null ? "–" : row.share.toFixed(3);
    print(`${row.case.padEnd(width)}  ${row.check.padEnd(22)} ${share.padStart(9)}  ${ok ? "PASS" : "FAIL"}`);
    if (!ok) print(`    ${row.message || "the worst error is beyond its tolerance"}`);
  };
  const {
    end,
    trouble,
    browser: version,
  } = await watchPage<ConformanceLine, string>({
    browser,
    page: "conformance.html",
    inbox: "/__report",
    routes: [answer("/__jobs", () => ({ kinds, ...jobs })), mount(prefix, resolve(folder))],
    silenceS: SILENCE_S,
    awaited: "row",
    log: print,
    take(line, ended) {
      if (line.type === "row") addRow(line.row);
      if (line.type === "device") adapter = line.adapter;
      if (line.type === "outcome") {
        if (line.outcome.note) print(`note  ${line.outcome.note}`);
        for (const { kind, count } of line.outcome.leftOut) leave(kind, count);
      }
      if (line.type === "end") ended(line.reason);
    },
  });
  const message = end || trouble;
  if (message)
    addRow({
      case: "conformance",
      check: "runs to its end",
      kind: "run",
      share: null,
      message,
      elapsedMs: 0,
    });
  for (const [kind, count] of leftOut) print(`left out: ${count} of kind ${kind}`);
  if (jobs.cases.length + badCount === 0) print("no case.json and no expect.json found");
  print(`${version}, ${adapter || "no adapter"}`);
  const passed = rows.filter((r) => r.ok).length;
  return { passed, failed: rows.length - passed, rows, browser: version, adapter };
}

if (isMain(import.meta.url)) {
  const args = options(HELP, { kinds: "string", json: "string", browser: "string", runtime: "string" });
  if (args._.length !== 1) usage(HELP, "expected one folder");
  if (!existsSync(args._[0])) usage(HELP, `${args._[0]} does not exist`);
  const out = await runConformance({
    folder: args._[0],
    kinds: args.kinds?.split(",") ?? null,
    browser: engineOf(args),
  });
  if (args.json) writeJson(args.json, out, 1);
  console.log(`${out.passed} passed, ${out.failed} failed`);
  process.exit(out.failed || out.passed === 0 ? 1 : 0);
}
