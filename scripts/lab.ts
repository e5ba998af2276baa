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
import { startBrowser } from "./browsers";
import { Progress } from "./lab-progress";
import { FileSets, RunLog, listFiles } from "./lab-files";
import { isMain, options, usage } from "./options";
import { fileRoute, inbox, mount, openSite, secret } from "./site";
import { loadSource } from "./source";

const HELP = `Runs the lab without a window, on real WebGPU.

  npm run lab -- run CONFIG.json --out DIR        one run
  npm run lab -- run --resume --out DIR           goes on where DIR's run stopped
  npm run lab -- score CONFIG.json --out DIR      scores the pool once, no training
  npm run lab -- generate CONFIG.json --prompts FILE.jsonl --out FILE.jsonl

  --seed N             instead of the config's seed
  --browser NAME       chromium (default) or firefox
  --adapter DIR        generate: with this adapter (a PEFT folder)
  --max-new-tokens N   generate: longest answer (40)
  --temperature T      generate: 0 = greedy (0)
  --top-p P            generate: nucleus sampling (1 = off)

CONFIG.json may be {}: everything has a default. Paths in it are relative to its folder.
Ctrl-C stops politely, with a checkpoint; a second one at once. Exit code: 0 done, 1 failed, 2 wrong usage, 130 stopped.
`;
/** Seconds without any word from the page after which it is given up. */
const SILENCE_S = 900;

function readConfig(file) {
  let config;
  try {
    config = JSON.parse(readFileSync(file, "utf8"));
  } catch (thrown) {
    usage(HELP, `${file} cannot be read as JSON: ${thrown.message}`);
  }
  if (config === null || typeof config !== "object" || Array.isArray(config))
    usage(HELP, `${file}: expected an object`);
  // What a run wrote beside its settings is no setting.
  delete config.environment;
  return config;
}

/**
 * Replaces local paths of a config by addresses that the page can read, and remembers them.
 * @returns {{ config: object, routes: object[], original: Map<string, string>, files: Map<string, string> }}
 *   `original`: address → path as written; `files`: path as written → absolute path
 */
export function serveLocalFiles(config, folder, token) {
  const routes = [];
  const original = new Map();
  const files = new Map();
  const local = (value) => {
    if (typeof value !== "string" || value.startsWith("builtin:") || /^https?:/.test(value)) return null;
    const path = isAbsolute(value) ? value : resolve(folder, value);
    return existsSync(path) ? path : null;
  };
  const known = new Map();
  const address = (kind, value) => {
    const path = local(value);
    if (!path) return value;
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
  const place = (group, key, kind) => {
    if (!out[group] || out[group][key] === undefined || out[group][key] === null) return;
    out[group][key] = address(kind, out[group][key]);
  };
  place("model", "source", "model");
  place("data", "train", "train");
  place("data", "test", "test");
  return { config: out, routes, original, files };
}

/** Turns the marked addresses into absolute ones once the server's address is known. */
function withOrigin(config, origin) {
  return JSON.parse(
    JSON.stringify(config, (_, value) =>
      value && typeof value === "object" && typeof value.at === "string" && Object.keys(value).length === 1
        ? new URL(value.at, origin).href
        : value,
    ),
  );
}

/** Drives one job in a headless page. Resolves with its last line. */
async function drive({ job, routes, browser, onLine, sets, log, onStop }) {
  let finish;
  const ended = new Promise((resolve_) => (finish = resolve_));
  let beat = Date.now();
  const take = (line) => {
    beat = Date.now();
    if (line.type === "end") finish(line);
    else onLine(line);
  };
  const answer = {
    prefix: "/__job",
    handle: (_, response) => (response.end(JSON.stringify(job.current)), true),
  };
  const site = await openSite([inbox("/__lines", take), sets.route("/__file"), answer, ...routes], { log });
  let driver = null;
  let timer = null;
  let signals = 0;
  let page = null;
  const onSignal = () => {
    if (++signals === 1 && page) {
      onStop();
      page.evaluate("stopRun()").catch(() => {});
    } else
      finish({
        status: "failed",
        reason: "stopped at once, without a checkpoint of the last steps",
        hint: "",
      });
  };
  process.on("SIGINT", onSignal).on("SIGTERM", onSignal);
  try {
    job.current = job.make(site.url);
    driver = await startBrowser(browser, { log });
    page = await driver.open(
      `${site.url}headless.html`,
      (kind, text) => kind === "error" && !text.startsWith("Failed to load resource") && log(`page: ${text}`),
    );
    const silent = new Promise((resolve_) => {
      timer = setInterval(
        () => Date.now() - beat > SILENCE_S * 1000 && resolve_(`no sign of life for ${SILENCE_S} s`),
        1000,
      );
    });
    const trouble = (reason) => ({ status: "failed", reason, hint: "" });
    const last = await Promise.race([ended, page.gone.then(trouble), silent.then(trouble)]);
    return { ...last, browser: driver.version };
  } finally {
    clearInterval(timer);
    process.off("SIGINT", onSignal).off("SIGTERM", onSignal);
    await driver?.close().catch(() => {});
    await site.close();
  }
}

const percent = (share) => `${(100 * share).toFixed(1)} %`;

function outcomeLine(summary, out) {
  const { status, before, after, reason } = summary;
  const change =
    before && after ? `, ${after.metric} ${percent(before.value)} before, ${percent(after.value)} after` : "";
  return `${status}${reason ? ` (${reason})` : ""}${change}: ${out}`;
}

/** `run` and `score`: both leave a folder with the log, its summary and its report. */
async function runOrScore(command, args) {
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
  let device = null;
  const onLine = (line) => {
    if (line.type === "device") {
      device = line.device;
      progress.note(`on ${device.adapter}`);
    } else if (line.type === "events") {
      log.add(line.first, line.events);
      for (const event of log.events.slice(line.first)) {
        // At the very start: a run that is cut off can then be resumed without its config at hand.
        if (event.type === "run.started")
          writeConfig(out, event, { files: served.files, device, browser: args.browser ?? "chromium" });
        progress.event(event);
      }
    } else if (line.event?.type === "run.progress") {
      gpuBytes.created = Math.max(gpuBytes.created, line.event.gpuBytes);
      progress.run(line.event);
    } else if (line.event?.type === "model.progress") progress.model(line.event);
    else if (line.event?.type === "model.ready")
      gpuBytes.planned = Object.values(line.event.memory).reduce((a, b) => a + b, 0);
  };
  const checkpoint = resume ? listFiles(join(out, "checkpoint")) : null;
  const routes = [...served.routes, mount("/__in/checkpoint/", join(out, "checkpoint"))];
  const job = {
    make: (origin) => {
      for (const [at, path] of served.original) {
        log.rename(new URL(at, origin).href, path);
        sets.rename(new URL(at, origin).href, path);
      }
      const config = withOrigin(served.config, origin);
      const runId = "lab";
      return command === "run" ? { command, runId, config, checkpoint } : { command, runId, config };
    },
  };
  const last = await drive({
    job,
    routes,
    browser: args.browser ?? "chromium",
    onLine,
    sets,
    log: (text) => progress.note(text),
    onStop: () => progress.note("stopping after this step …"),
  });
  progress.end();
  if (last.status === "failed" && !log.grew) {
    // A run that never began leaves nothing behind, and one that may not go on stays as it was.
    if (!resume) rmSync(join(out, "events.jsonl"), { force: true });
    if (!existed && readdirSync(out).length === 0) rmdirSync(out);
    console.error(`failed: ${last.reason}${last.hint ? ` ${last.hint}` : ""}`);
    return 1;
  }
  return conclude({ command, out, log, last, gpuBytes });
}

/**
 * The resolved config beside the run, with what it ran on. Local paths are given from DIR, so that the file can be
 * used as a config where it lies. A resumed run keeps the one it has.
 */
function writeConfig(out, started, { files, device, browser }) {
  const { version } = JSON.parse(readFileSync(new URL("../package.json", import.meta.url), "utf8"));
  const config = structuredClone(started.config);
  const moved = (value) => (files.has(value) ? relative(out, files.get(value)) : value);
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
  writeFileSync(join(out, "config.json"), `${JSON.stringify({ ...config, environment }, null, 2)}\n`);
}

/** Writes summary.json and report.html; returns the exit code. */
async function conclude({ command, out, log, last, gpuBytes }) {
  const { summarize } = await loadSource("src/headless/summary.ts");
  const { report } = await loadSource("src/headless/report/report.ts");
  const summary = summarize(log.events, gpuBytes);
  // A score has no run to finish: it is done when the page says so.
  if (command === "score" && last.status === "done") {
    summary.status = "done";
    delete summary.reason;
  } else if (last.status === "failed") Object.assign(summary, { status: "failed", reason: last.reason });
  writeFileSync(join(out, "summary.json"), `${JSON.stringify(summary, null, 2)}\n`);
  writeFileSync(join(out, "report.html"), report(log.events, summary));
  if (summary.status === "failed")
    console.error(`failed: ${summary.reason}${last.hint ? ` ${last.hint}` : ""}`);
  console.log(outcomeLine(summary, out));
  return summary.status === "done" ? 0 : summary.status === "stopped" ? 130 : 1;
}

function readPrompts(file) {
  const lines = readFileSync(file, "utf8").split("\n");
  const prompts = [];
  for (const [i, line] of lines.entries()) {
    if (!line.trim()) continue;
    let value;
    try {
      value = JSON.parse(line);
    } catch (thrown) {
      usage(HELP, `${file}:${i + 1}: not valid JSON: ${thrown.message}`);
    }
    const prompt = typeof value === "string" ? value : value?.prompt;
    if (typeof prompt !== "string")
      usage(HELP, `${file}:${i + 1}: expected a text or an object with "prompt"`);
    prompts.push(prompt);
  }
  if (prompts.length === 0) usage(HELP, `${file} has no prompts`);
  return prompts;
}

const numberOption = (args, key, fallback) => {
  const value = args[key] === undefined ? fallback : Number(args[key]);
  return Number.isFinite(value) ? value : usage(HELP, `--${key}: expected a number, got "${args[key]}"`);
};

async function generate(args) {
  const file = args._[1] ?? usage(HELP, "generate: expected CONFIG.json");
  if (!args.prompts) usage(HELP, "generate: expected --prompts FILE.jsonl");
  const settings = readConfig(file);
  const served = serveLocalFiles(settings, dirname(resolve(file)), secret());
  const progress = new Progress();
  let answers = null;
  const onLine = (line) => {
    if (line.type === "device") progress.note(`on ${line.device.adapter}`);
    else if (line.event?.type === "model.progress") progress.model(line.event);
    else if (line.event?.type === "run.progress") progress.run(line.event);
    else if (line.type === "answers") answers = line.answers;
  };
  const adapter = args.adapter ? resolve(args.adapter) : null;
  if (adapter && !existsSync(join(adapter, "adapter_config.json")))
    usage(HELP, `${args.adapter} is no adapter folder (adapter_config.json is missing)`);
  const prompts = readPrompts(args.prompts);
  const job = {
    make: (origin) => ({
      command: "generate",
      config: withOrigin(served.config, origin),
      prompts,
      maxNewTokens: numberOption(args, "max-new-tokens", 40),
      temperature: numberOption(args, "temperature", 0),
      topP: numberOption(args, "top-p", 1),
      seed: numberOption(args, "seed", settings.seed ?? 1),
      adapter: adapter ? listFiles(adapter) : null,
    }),
  };
  const routes = [...served.routes, ...(adapter ? [mount("/__in/adapter/", adapter)] : [])];
  const last = await drive({
    job,
    routes,
    browser: args.browser ?? "chromium",
    onLine,
    sets: new FileSets(null),
    log: (text) => progress.note(text),
    onStop: () => {},
  });
  progress.end();
  if (!answers) {
    console.error(`failed: ${last.reason || "no answer came"}${last.hint ? ` ${last.hint}` : ""}`);
    return 1;
  }
  writeFileSync(args.out, answers.map((a) => `${JSON.stringify(a)}\n`).join(""));
  console.log(`${answers.length} answers: ${resolve(args.out)}`);
  return 0;
}

/** @returns {Promise<number>} the exit code */
export async function lab(argv) {
  const kinds = {
    out: "string",
    resume: "boolean",
    seed: "string",
    browser: "string",
    prompts: "string",
    adapter: "string",
    "max-new-tokens": "string",
    temperature: "string",
    "top-p": "string",
  };
  const args = options(HELP, kinds, argv);
  if (!args.out) usage(HELP, "expected --out");
  if (args.seed !== undefined && !Number.isInteger(Number(args.seed)))
    usage(HELP, `--seed: expected a whole number, got "${args.seed}"`);
  const [command] = args._;
  if (command === "run" || command === "score") return runOrScore(command, args);
  if (command === "generate") return generate(args);
  return usage(HELP, command ? `unknown command "${command}"` : "expected run, score or generate");
}

if (isMain(import.meta.url)) process.exit(await lab(process.argv.slice(2)));
