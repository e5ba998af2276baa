// A short real EDCO run through the lab command, as part of `npm test`: trains the built-in model on WebGPU, then does
// the same again with an interruption in the middle, and compares the two to the bit.
import { spawn } from "node:child_process";
import { createHash } from "node:crypto";
import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { isDeepStrictEqual } from "node:util";
import { ROOT } from "./build";
import { listFiles } from "./lab-files";
import { command, runProgram } from "./process";
import { findPython } from "./python";

/** Rows of the built-in pool that are enough here: scoring all of it would take minutes on a software adapter. */
const [POOL_ROWS, TEST_ROWS] = [96, 24];
const CONFIG = {
  data: { train: "pool.jsonl", test: "test.jsonl" },
  curriculum: { strategy: "edco", rounds: 2, perRound: 16 },
  budget: { steps: 4 },
  evaluation: { probes: 2 },
  seed: 5,
};
const TIMEOUT_S = 900;

/** Runs the lab command. `onLine` gets its progress lines; `stop()` is Ctrl-C. */
export function lab(args, onLine = () => {}) {
  return new Promise((resolve) => {
    const child = spawn(process.execPath, [...command("lab"), ...args], {
      cwd: ROOT,
      stdio: ["ignore", "pipe", "pipe"],
    });
    const timer = setTimeout(() => child.kill("SIGKILL"), TIMEOUT_S * 1000);
    let output = "";
    const take = (chunk) => {
      output += chunk;
      for (const line of String(chunk).split("\n")) if (line) onLine(line, () => child.kill("SIGINT"));
    };
    child.stdout.on("data", take);
    child.stderr.on("data", take);
    child.on("close", (code) => {
      clearTimeout(timer);
      resolve({ code, output });
    });
  });
}

/** Rows spread over a built-in pool, so that new and mastered ones are among them. */
function rows(pool, count) {
  const all = readFileSync(join(ROOT, "public", "pools", `${pool}.jsonl`), "utf8")
    .split("\n")
    .filter(Boolean);
  return Array.from({ length: count }, (_, i) => `${all[Math.floor((i * all.length) / count)]}\n`).join("");
}

const readJson = (file) => JSON.parse(readFileSync(file, "utf8"));
const readLog = (folder) =>
  readFileSync(join(folder, "events.jsonl"), "utf8")
    .split("\n")
    .filter(Boolean)
    .map((line) => JSON.parse(line));
/** A log without its times and without the names of single runs. */
const timeless = (events) =>
  events.map((event) => JSON.stringify(event, (key, value) => (key.endsWith("Ms") ? undefined : value)));

/** F32 tensors of a safetensors file whose name matches. */
function tensors(file, pattern) {
  const bytes = readFileSync(file);
  const header = Number(bytes.readBigUInt64LE(0));
  const table = JSON.parse(bytes.toString("utf8", 8, 8 + header));
  const start = 8 + header;
  return Object.entries(table)
    .filter(([name]) => pattern.test(name))
    .map(
      ([
        ,
        {
          data_offsets: [from, to],
        },
      ]) =>
        new Float32Array(bytes.buffer.slice(bytes.byteOffset + start + from, bytes.byteOffset + start + to)),
    );
}

const sha256 = (content) => createHash("sha256").update(content).digest("hex");

/** What a run on these rows and the built-in model is made of, computed here from the files. */
function madeOf(folder) {
  const rowsOf = (name) => {
    const lines = readFileSync(join(folder, name), "utf8").split("\n").filter(Boolean);
    const hashed = lines.map((line) => {
      const { prompt, answer, difficulty, ...extra } = JSON.parse(line);
      delete extra.id;
      return `${JSON.stringify([prompt, answer, { difficulty, extra }])}\n`;
    });
    return { name, rows: lines.length, hash: sha256(hashed.join("")) };
  };
  const tiny = join(ROOT, "public", "models", "tiny");
  const read = [
    "config.json",
    "generation_config.json",
    "model.safetensors",
    "tokenizer.json",
    "tokenizer_config.json",
  ];
  const list = read.filter((name) => existsSync(join(tiny, name)));
  const sums = list.map((name) => `${sha256(readFileSync(join(tiny, name)))}  ${name}\n`).join("");
  return {
    train: rowsOf("pool.jsonl"),
    test: rowsOf("test.jsonl"),
    weights: { name: "builtin:tiny", hash: sha256(sums) },
  };
}

/** The log, the summary, the report and the adapter say what the run was made of, and all the same. */
function saysWhatItIs(folder, wanted) {
  const { code, ...made } = readLog(folder)[0].identity;
  const file = readFileSync(join(folder, "adapter", "adapter_model.safetensors"));
  const header = JSON.parse(file.toString("utf8", 8, 8 + Number(file.readBigUInt64LE(0))));
  const report = readFileSync(join(folder, "report.html"), "utf8");
  const all = [readJson(join(folder, "summary.json")).identity, JSON.parse(header.__metadata__.proximal)];
  return (
    isDeepStrictEqual(made, wanted) &&
    all.every((one) => isDeepStrictEqual(one, { ...made, code })) &&
    [made.train.hash, made.test.hash, made.weights.hash].every((hash) => report.includes(hash)) &&
    /^\d+\.\d+\.\d+/.test(code)
  );
}

/** What a run must have left, check by check. */
function outcomes(folder) {
  const summary = readJson(join(folder, "summary.json"));
  const log = readLog(folder);
  const scored = log.filter((event) => event.type === "pool.scored");
  const files = listFiles(folder);
  const picks = log.filter((event) => event.type === "round.selected").map((event) => event.picks);
  const trained = tensors(join(folder, "adapter", "adapter_model.safetensors"), /lora_B/);
  return [
    ["the run is done", summary.status === "done"],
    [
      "two rounds scored the whole pool",
      scored.length === 2 &&
        scored.every((event) => event.values.every((v) => v === null || Number.isFinite(v))),
    ],
    [
      "each round picked 16 different samples",
      picks.length === 2 && picks.every((p) => new Set(p.map((x) => x.sample)).size === 16),
    ],
    [
      "picks are the highest scores",
      picks.every(
        (p, i) =>
          Math.min(...p.map((x) => x.score)) >=
          [...scored[i].values].sort((a, b) => b - a)[p.length - 1] - 1e-9,
      ),
    ],
    ["four finite losses", summary.losses.length === 4 && summary.losses.every(Number.isFinite)],
    [
      "accuracy before and after on the whole test set",
      summary.before?.n === TEST_ROWS && summary.after?.n === TEST_ROWS,
    ],
    ["scoring and training tokens are counted", summary.tokens.score > 0 && summary.tokens.train > 0],
    [
      "the adapter was trained",
      trained.length > 0 &&
        trained.every((values) => values.every(Number.isFinite)) &&
        trained.some((values) => values.some((v) => v !== 0)),
    ],
    [
      "config, report, checkpoint and probe are there",
      ["config.json", "report.html", "adapter/adapter_config.json", "adapter/probe.safetensors"].every((f) =>
        files.includes(f),
      ) && files.some((f) => f.startsWith("checkpoint/")),
    ],
  ];
}

/** The exported adapter in real PEFT, where there is one. */
async function askPeft(adapter, check, tally, print) {
  const python = await findPython(["torch", "transformers", "peft", "safetensors"]);
  if (python.reason) {
    tally.skipped.push({ name: "the exported adapter in PEFT", reason: python.reason });
    print(`skip  the exported adapter in PEFT: ${python.reason}`);
    return;
  }
  const script = join("scripts", "golden", "check_export.py");
  const base = join(ROOT, "public", "models", "tiny");
  const { code, output } = await runProgram(python.path, [
    script,
    adapter,
    base,
    "--prompt",
    "What is 12+7?",
  ]);
  check("the exported adapter loads in PEFT and gives the same logits", code === 0, output);
  if (code === 0) for (const line of output.trim().split("\n")) print(`      ${line}`);
}

/** @returns {Promise<{ passed: number, failed: number, skipped: { name: string, reason: string }[] }>} */
export async function checkShortRun(print) {
  const folder = mkdtempSync(join(tmpdir(), "short-run-"));
  const tally = { passed: 0, failed: 0, skipped: [] };
  const check = (name, ok, detail = "") => {
    tally[ok ? "passed" : "failed"]++;
    print(
      `${ok ? "ok   " : "FAIL "} ${name}${ok || !detail ? "" : `\n      ${detail.trimEnd().replaceAll("\n", "\n      ")}`}`,
    );
    return ok;
  };
  try {
    const config = join(folder, "config.json");
    const [whole, broken] = [join(folder, "whole"), join(folder, "broken")];
    writeFileSync(config, JSON.stringify(CONFIG));
    writeFileSync(join(folder, "pool.jsonl"), rows("needle_train", POOL_ROWS));
    writeFileSync(join(folder, "test.jsonl"), rows("needle_test", TEST_ROWS));
    const first = await lab(["run", config, "--out", whole]);
    if (!check("the lab command ends well", first.code === 0, first.output)) return tally;
    for (const [name, ok] of outcomes(whole)) check(name, ok);
    check(
      "log, summary, report and adapter say what the run was made of",
      saysWhatItIs(whole, madeOf(folder)),
      JSON.stringify([readLog(whole)[0].identity, madeOf(folder)], null, 1),
    );
    await askPeft(join(whole, "adapter"), check, tally, print);
    const stopped = await lab(
      ["run", config, "--out", broken],
      (line, stop) => line.startsWith("round 2:") && stop(),
    );
    check(
      "Ctrl-C in round 2 stops politely",
      stopped.code === 130 && readJson(join(broken, "summary.json")).status === "stopped",
      stopped.output,
    );
    const resumed = await lab(["run", "--resume", "--out", broken]);
    if (!check("the stopped run goes on to its end", resumed.code === 0, resumed.output)) return tally;
    const file = join("adapter", "adapter_model.safetensors");
    check(
      "its adapter equals the uninterrupted one to the bit",
      readFileSync(join(whole, file)).equals(readFileSync(join(broken, file))),
    );
    const [a, b] = [timeless(readLog(whole)), timeless(readLog(broken))];
    const at = a.findIndex((line, i) => line !== b[i]);
    check(
      "its log equals the uninterrupted one but for times",
      at < 0 && a.length === b.length,
      `event ${at}: ${a[at]?.slice(0, 300)}\n${b[at]?.slice(0, 300)}`,
    );
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
  return tally;
}
