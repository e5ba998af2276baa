// `npm run lab`: trains, scores or generates without a window, in a real browser with the page's own worker.
import {
  existsSync,
  mkdirSync,
  readFileSync,
  readdirSync,
  rmSync,
  rmdirSync,
  statSync,
  writeFileSync,
} from "node:fs";
import { basename, dirname, isAbsolute, join, relative, resolve } from "node:path";
import type * as summaryModule from "../src/headless/summary";
import type { HeadlessJob, HeadlessLine, Outcome } from "../src/headless/page";
import type { Summary } from "../src/headless/summary";
import type { ResolvedConfig } from "../src/config/tree";
import type { RunEventOf } from "../src/lib/events";
import type { DeviceReport, GeneratedText } from "../src/worker/protocol";
import { engineOf, type DrivenPage } from "./browsers";
import { ROOT, type Log } from "./build";
import { readJson, reasonOf, writeJson } from "./json";
import { Progress } from "./lab-progress";
import { FileSets, RunLog, listFiles } from "./lab-files";
import { holdsRun, reportAgain, writeReport } from "./lab-report";
import { exportFiles, KINDS, servedAdapter, type ServedAdapter } from "./lab-export";
import { isMain, options, usage, type Given } from "./options";
import { race } from "./race";
import type { Route } from "./serve";
import { answer, fileRoute, mount, secret } from "./site";
import { loadSource } from "./source";
import { watchPage } from "./watched";

const HELP = `Runs the lab without a window, on real WebGPU.

  npm run lab -- run CONFIG.json --out DIR        one run
  npm run lab -- run --resume --out DIR           goes on where DIR's run stopped
  npm run lab -- race CONFIG.json --out DIR       orders × seeds under one budget; given again, it goes on
  npm run lab -- report --out DIR --baseline RUN  writes DIR/report.html anew, with the run in folder RUN beside it
  npm run lab -- plan CONFIG.json                 memory and minutes of a run, before anything is loaded
  npm run lab -- score CONFIG.json --out DIR      scores the pool once, no training
  npm run lab -- generate CONFIG.json --prompts FILE.jsonl --out FILE.jsonl
  npm run lab -- export RUN --as KIND --out PATH  the adapter of the run in folder RUN, for other programs
  npm run lab -- export CONFIG.json --adapter PATH --as KIND --out PATH    any adapter of CONFIG's model

  --seed N             instead of the config's seed
  --baseline RUN       run: draws the run in folder RUN beside it in the report, if pool, test and budget agree
  --browser NAME       chromium (default) or firefox
  --runtime NAME       browser (default) or node: in Node on Dawn, without a browser
  --adapter PATH       generate, export: this adapter (a PEFT folder, or a .tar of one)
  --as KIND            export: peft (a folder), gguf (one file for llama.cpp), or merged (the whole model, a folder)
  --max-new-tokens N   generate: longest answer (40)
  --temperature T      generate: 0 = greedy (0)
  --top-p P            generate: nucleus sampling (1 = off)

CONFIG.json may be {}: everything has a default. A race adds
  "race": { "strategies": ["NAME", …], "seeds": [1, 2, 3], "cost": "steps" | "trainTokens" | "tokens" | "seconds",
            "budget": 12000 }   every order trains until its own total is spent
and leaves race.json, report.html and a folder a run. Paths are relative to the folder of CONFIG.json.
Ctrl-C stops politely, with a checkpoint; a second one at once. Exit code: 0 done, 1 failed, 2 wrong usage, 130 stopped.
`;
/** Seconds without any word from the page after which it is given up. */
const SILENCE_S = 900;

const OPTIONS = {
  out: "string",
  resume: "boolean",
  seed: "string",
  baseline: "string",
  browser: "string",
  runtime: "string",
  prompts: "string",
  adapter: "string",
  as: "string",
  "max-new-tokens": "string",
  temperature: "string",
  "top-p": "string",
} as const;
/** The options with `--out` and what is driven, which every command needs. */
type Args = Given<typeof OPTIONS> & { out: string; browser: string };

/** A config as a user wrote it: unchecked, but for being an object. */
interface Settings {
  model?: { source?: unknown };
  data?: { train?: unknown; test?: unknown };
  seed?: number;
  environment?: unknown;
}

function readConfig(file: string): Settings {
  let config: unknown;
  try {
    config = readJson(file);
  } catch (thrown) {
    usage(HELP, `${file} cannot be read as JSON: ${reasonOf(thrown)}`);
  }
  if (config === null || typeof config !== "object" || Array.isArray(config))
    usage(HELP, `${file}: expected an object`);
  // What a run wrote beside its settings is no setting.
  const settings: Settings = { ...config };
  delete settings.environment;
  return settings;
}

interface Served {
  config: Settings;
  routes: Route[];
  /** Address → path as written. */
  original: Map<string, string>;
  /** Path as written → absolute path. */
  files: Map<string, string>;
}

/**
 * Nothing lies where a config points. Ends the command unless the name means something else: a built-in or stored one, an
 * address, or a model on the hub, of which the user is told.
 */
function checkNamed(kind: string, value: string, folder: string): void {
  if (/^(?:builtin:|stored:|library:|https?:)/.test(value)) return;
  const path = isAbsolute(value) ? value : resolve(folder, value);
  const isHubId =
    kind === "model" && /^[\w-][\w.-]*\/[\w-][\w.-]*$/.test(value) && !/\.(?:gguf|tar)$/.test(value);
  if (!isHubId) usage(HELP, `${SETTING[kind]}: there is no file or folder at ${path}`);
  process.stderr.write(`${value} is looked for on the model hub: there is no folder at ${path}\n`);
}
const SETTING: Record<string, string> = { model: "model.source", train: "data.train", test: "data.test" };

/** Replaces local paths of a config by addresses that the page can read, and remembers them. */
export function serveLocalFiles(config: Settings, folder: string, token: string): Served {
  const routes: Route[] = [];
  const original = new Map<string, string>();
  const files = new Map<string, string>();
  const local = (value: string) => {
    if (value.startsWith("builtin:") || /^https?:/.test(value)) return null;
    const path = isAbsolute(value) ? value : resolve(folder, value);
    return existsSync(path) ? path : null;
  };
  const known = new Map<string, string>();
  const address = (kind: string, value: unknown): unknown => {
    const path = typeof value === "string" ? local(value) : null;
    if (typeof value === "string" && !path) checkNamed(kind, value, folder);
    if (typeof value !== "string" || !path) return value;
    // One path, one address: a file that is both pool and test set must be recognised as the same.
    if (!known.has(path)) {
      const name = encodeURIComponent(basename(path));
      const isFile = statSync(path).isFile();
      const at = `/${token}/${kind}/${name}${isFile ? "" : "/"}`;
      routes.push(isFile ? fileRoute(at, path) : mount(at, path));
      original.set(at, value);
      files.set(value, path);
      known.set(path, at);
    }
    return { at: known.get(path) };
  };
  const out = structuredClone(config);
  if (out.model?.source) out.model.source = address("model", out.model.source);
  if (out.data?.train) out.data.train = address("train", out.data.train);
  if (out.data?.test) out.data.test = address("test", out.data.test);
  return { config: out, routes, original, files };
}

/** Turns the marked addresses into absolute ones once the server's address is known. */
function withOrigin(config: Settings, origin: string): unknown {
  return JSON.parse(
    JSON.stringify(config, (_, value: unknown) =>
      value &&
      typeof value === "object" &&
      "at" in value &&
      typeof value.at === "string" &&
      Object.keys(value).length === 1
        ? new URL(value.at, origin).href
        : value,
    ),
  );
}

type Line = Exclude<HeadlessLine, { type: "end" }>;

interface Drive {
  /** Makes the job once the site's address is known. */
  job: (origin: string) => HeadlessJob;
  routes: Route[];
  browser: string;
  onLine: (line: Line) => void;
  sets: FileSets;
  log: Log;
  onStop: () => void;
}

const EXIT: Record<Outcome["status"], number> = { done: 0, failed: 1, stopped: 130 };
const failed = (reason: string): Outcome => ({ status: "failed", reason, hint: "" });

/** Drives one job in a headless page. Resolves with how it ended. */
async function drive({ job, routes, browser, onLine, sets, log, onStop }: Drive): Promise<Outcome> {
  let made: HeadlessJob | null = null;
  let page: DrivenPage | null = null;
  let signals = 0;
  let finish: (how: Outcome) => void = () => {};
  const onSignal = () => {
    if (++signals === 1 && page) {
      onStop();
      page.evaluate("stopRun()").catch(() => {});
    } else finish(failed("stopped at once, without a checkpoint of the last steps"));
  };
  try {
    const { end, trouble } = await watchPage<HeadlessLine, Outcome>({
      browser,
      page: "headless.html",
      inbox: "/__lines",
      routes: [sets.route("/__file"), answer("/__job", () => made), ...routes],
      silenceS: SILENCE_S,
      awaited: "sign of life",
      take: (line, ended) => (line.type === "end" ? ended(line) : onLine(line)),
      log,
      onSite(url, ended) {
        finish = ended;
        process.on("SIGINT", onSignal).on("SIGTERM", onSignal);
        made = job(url);
      },
      onPage: (opened) => (page = opened),
    });
    return trouble === null ? end : failed(trouble);
  } finally {
    process.off("SIGINT", onSignal).off("SIGTERM", onSignal);
  }
}

const percent = (share: number) => `${(100 * share).toFixed(1)} %`;

function outcomeLine(summary: Summary, out: string): string {
  const { status, before, after, reason } = summary;
  const change =
    before && after ? `, ${after.metric} ${percent(before.value)} before, ${percent(after.value)} after` : "";
  return `${status}${reason ? ` (${reason})` : ""}${change}: ${out}`;
}

/** `run` and `score`: both leave a folder with the log, its summary and its report. */
async function runOrScore(command: "run" | "score", args: Args): Promise<number> {
  const out = resolve(args.out);
  const resume = Boolean(args.resume);
  if (resume && !existsSync(join(out, "checkpoint")))
    usage(HELP, `${args.out} has no checkpoint to go on from`);
  if (!resume && existsSync(join(out, "events.jsonl")))
    usage(HELP, `${args.out} already holds a run: --resume goes on with it, or choose another folder`);
  const file = args._[1] ?? (resume ? join(out, "config.json") : null);
  if (!file) usage(HELP, `${command}: expected CONFIG.json`);
  const settings = readConfig(file);
  if (args.seed !== undefined) settings.seed = Number(args.seed);
  const existed = existsSync(out);
  mkdirSync(out, { recursive: true });
  const served = serveLocalFiles(settings, dirname(resolve(file)), secret());
  const log = new RunLog(out, resume);
  const sets = new FileSets(out);
  const progress = new Progress();
  const gpuBytes = { planned: 0, created: 0 };
  let device: DeviceReport | null = null;
  const onLine = (line: Line) => {
    if (line.type === "device") {
      device = line.device;
      progress.note(`on ${device.adapter}`);
    } else if (line.type === "events") {
      log.add(line.first, line.events);
      for (const event of log.events.slice(line.first)) {
        // At the very start: a run that is cut off can then be resumed without its config at hand.
        if (event.type === "run.started")
          writeConfig(out, event, { files: served.files, device, browser: args.browser });
        progress.event(event);
      }
    } else if (line.type === "passing") {
      const { event } = line;
      if (event.type === "model.progress") progress.model(event);
      else if (event.type === "run.progress") {
        gpuBytes.created = Math.max(gpuBytes.created, event.gpuBytes);
        progress.run(event);
      } else gpuBytes.planned = Object.values(event.memory).reduce((a, b) => a + b, 0);
    }
  };
  const checkpoint = resume ? listFiles(join(out, "checkpoint")) : null;
  const routes = [...served.routes, mount("/__in/checkpoint/", join(out, "checkpoint"))];
  const job = (origin: string): HeadlessJob => {
    for (const [at, path] of served.original) {
      log.rename(new URL(at, origin).href, path);
      sets.rename(new URL(at, origin).href, path, served.files.get(path) ?? path);
    }
    const config = withOrigin(served.config, origin);
    const runId = "lab";
    return command === "run" ? { command, runId, config, checkpoint } : { command, runId, config };
  };
  const last = await drive({
    job,
    routes,
    browser: args.browser,
    onLine,
    sets,
    log: (text) => progress.note(text),
    onStop: () => progress.note("stopping after this step …"),
  });
  progress.end();
  if (last.status !== "done" && !log.grew) {
    // A run that never began leaves nothing behind, and one that may not go on stays as it was.
    if (!resume) rmSync(join(out, "events.jsonl"), { force: true });
    if (!existed && readdirSync(out).length === 0) rmdirSync(out);
    console.error(`${last.status}: ${last.reason}${last.hint ? ` ${last.hint}` : ""}`);
    return EXIT[last.status];
  }
  return conclude({ command, out, log, last, gpuBytes, baseline: args.baseline });
}

/**
 * The resolved config beside the run, with what it ran on. Local paths are given from DIR, so that the file can be
 * used as a config where it lies. A resumed run keeps the one it has.
 */
function writeConfig(
  out: string,
  started: RunEventOf<"run.started">,
  { files, device, browser }: { files: Map<string, string>; device: DeviceReport | null; browser: string },
): void {
  const { version } = readJson<{ version: string }>(join(ROOT, "package.json"));
  const config = structuredClone(started.config) as ResolvedConfig;
  const moved = <T extends string | null>(value: T): T | string => {
    const file = value === null ? undefined : files.get(value);
    return file === undefined ? value : relative(out, file);
  };
  config.model.source = moved(config.model.source);
  config.data.train = moved(config.data.train);
  config.data.test = moved(config.data.test);
  const { adapter = "", maxBufferBytes = 0, features = [] } = device ?? {};
  const environment = {
    ...started.environment,
    proximal: version,
    node: process.version,
    driven: browser,
    adapter,
    maxBufferBytes,
    features,
  };
  writeJson(join(out, "config.json"), { ...config, environment }, 2);
}

/** Writes summary.json and report.html; returns the exit code. */
async function conclude({
  command,
  out,
  log,
  last,
  gpuBytes,
  baseline,
}: {
  command: string;
  out: string;
  log: RunLog;
  last: Outcome;
  gpuBytes: Summary["gpuBytes"];
  baseline: string | undefined;
}): Promise<number> {
  const { summarize } = await loadSource<typeof summaryModule>("src/headless/summary.ts");
  const summary = summarize(log.events, gpuBytes);
  // A score has no run to finish: it is done when the page says so.
  if (command === "score" && last.status === "done") {
    summary.status = "done";
    delete summary.reason;
  } else if (last.status === "failed") Object.assign(summary, { status: "failed", reason: last.reason });
  writeJson(join(out, "summary.json"), summary, 2);
  const fault = await writeReport(out, log.events, summary, baseline);
  if (fault !== null) console.error(fault);
  if (summary.status === "failed")
    console.error(`failed: ${summary.reason}${last.hint ? ` ${last.hint}` : ""}`);
  console.log(outcomeLine(summary, out));
  return EXIT[summary.status];
}

function readPrompts(file: string): string[] {
  const lines = readFileSync(file, "utf8").split("\n");
  const prompts: string[] = [];
  for (const [i, line] of lines.entries()) {
    if (!line.trim()) continue;
    let value: unknown;
    try {
      value = JSON.parse(line);
    } catch (thrown) {
      usage(HELP, `${file}:${i + 1}: not valid JSON: ${reasonOf(thrown)}`);
    }
    const prompt = typeof value === "string" ? value : (value as { prompt?: unknown } | null)?.prompt;
    if (typeof prompt !== "string")
      usage(HELP, `${file}:${i + 1}: expected a text or an object with "prompt"`);
    prompts.push(prompt);
  }
  if (prompts.length === 0) usage(HELP, `${file} has no prompts`);
  return prompts;
}

const numberOption = (
  args: Args,
  key: "max-new-tokens" | "temperature" | "top-p" | "seed",
  fallback: number,
) => {
  const value = args[key] === undefined ? fallback : Number(args[key]);
  return Number.isFinite(value) ? value : usage(HELP, `--${key}: expected a number, got "${args[key]}"`);
};

function neededAdapter(path: string): ServedAdapter {
  return servedAdapter(path) ?? usage(HELP, `${path} is no adapter (adapter_config.json is missing)`);
}

/** `export CONFIG.json --adapter PATH`, or `export RUN` for the adapter that the run in that folder has trained. */
async function exportAdapter(args: Args): Promise<number> {
  const given = args._[1] ?? usage(HELP, "export: expected CONFIG.json or a run's folder");
  const isRun = existsSync(join(given, "config.json"));
  const path =
    args.adapter ?? (isRun ? join(given, "adapter") : usage(HELP, "export: expected --adapter PATH"));
  const as = args.as ?? "peft";
  if (!Object.hasOwn(KINDS, as)) usage(HELP, `--as: expected ${Object.keys(KINDS).join(", ")}, got "${as}"`);
  if (existsSync(args.out)) usage(HELP, `${args.out} is there already: choose another name`);
  const adapter = neededAdapter(path);
  const file = isRun ? join(given, "config.json") : given;
  const served = serveLocalFiles(readConfig(file), dirname(resolve(file)), secret());
  const progress = new Progress();
  const end = await exportFiles({
    ...{ adapter, served, what: KINDS[as], out: args.out },
    config: (origin) => withOrigin(served.config, origin),
    run: (job, sets) =>
      drive({
        ...{ job, sets, routes: [...served.routes, adapter.route], browser: args.browser },
        onLine: (line) => {
          if (line.type === "passing" && line.event.type === "model.progress") progress.model(line.event);
          if (line.type === "note") progress.note(line.text);
        },
        log: (text) => progress.note(text),
        onStop: () => {},
      }),
  });
  progress.end();
  return end;
}

async function generate(args: Args): Promise<number> {
  const file = args._[1] ?? usage(HELP, "generate: expected CONFIG.json");
  if (!args.prompts) usage(HELP, "generate: expected --prompts FILE.jsonl");
  const settings = readConfig(file);
  const served = serveLocalFiles(settings, dirname(resolve(file)), secret());
  const progress = new Progress();
  const answers: GeneratedText[] = [];
  const onLine = (line: Line) => {
    if (line.type === "device") progress.note(`on ${line.device.adapter}`);
    if (line.type === "note") progress.note(line.text);
    if (line.type === "answers") answers.push(...line.answers);
    if (line.type === "passing" && line.event.type === "model.progress") progress.model(line.event);
    if (line.type === "passing" && line.event.type === "run.progress") progress.run(line.event);
  };
  const adapter = args.adapter ? neededAdapter(args.adapter) : null;
  const prompts = readPrompts(args.prompts);
  const job = (origin: string): HeadlessJob => ({
    command: "generate",
    config: withOrigin(served.config, origin),
    prompts,
    maxNewTokens: numberOption(args, "max-new-tokens", 40),
    temperature: numberOption(args, "temperature", 0),
    topP: numberOption(args, "top-p", 1),
    seed: numberOption(args, "seed", settings.seed ?? 1),
    adapter: adapter && adapter.files,
  });
  const routes = [...served.routes, ...(adapter ? [adapter.route] : [])];
  const last = await drive({
    job,
    routes,
    browser: args.browser,
    onLine,
    sets: new FileSets(null),
    log: (text) => progress.note(text),
    onStop: () => {},
  });
  progress.end();
  if (answers.length === 0) {
    console.error(`failed: ${last.reason || "no answer came"}${last.hint ? ` ${last.hint}` : ""}`);
    return 1;
  }
  writeFileSync(args.out, answers.map((a) => `${JSON.stringify(a)}\n`).join(""));
  console.log(`${answers.length} answers: ${resolve(args.out)}`);
  return 0;
}

/** Resolves with the exit code. */
export async function lab(argv: string[]): Promise<number> {
  if (argv[0] === "plan") return (await import("./lab-plan")).plan(argv.slice(1));
  const given = options(HELP, OPTIONS, argv);
  if (!given.out) usage(HELP, "expected --out");
  const args: Args = { ...given, out: given.out, browser: engineOf(given) };
  if (args.seed !== undefined && !Number.isInteger(Number(args.seed)))
    usage(HELP, `--seed: expected a whole number, got "${args.seed}"`);
  const [command] = args._;
  if (args.baseline !== undefined && !holdsRun(args.baseline))
    usage(HELP, `--baseline ${args.baseline} holds no run (events.jsonl is missing)`);
  if (command === "report") {
    if (!holdsRun(args.out)) usage(HELP, `${args.out} holds no run (events.jsonl is missing)`);
    return reportAgain(resolve(args.out), args.baseline);
  }
  if (command === "run" || command === "score") return runOrScore(command, args);
  if (command === "generate") return generate(args);
  if (command === "export") return exportAdapter(args);
  if (command === "race") {
    const file = args._[1] ?? usage(HELP, "race: expected CONFIG.json");
    const { out, browser } = args;
    return race({ config: readConfig(file), folder: dirname(resolve(file)), out, browser, lab });
  }
  return usage(
    HELP,
    command ? `unknown command "${command}"` : "expected run, report, plan, race, score, generate or export",
  );
}

if (isMain(import.meta.url)) process.exit(await lab(process.argv.slice(2)));
