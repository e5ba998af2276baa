// A short real EDCO run through the lab command, as part of `npm test`: trains the built-in model on WebGPU, does
// the same again with an interruption in the middle, and checks that both give the same bits.
import { createHash } from "node:crypto";
import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { isDeepStrictEqual } from "node:util";
import { ROOT } from "./build";
import { listFiles } from "./lab-files";
import { runLab, runProgram } from "./process";
import { findPython } from "./python";
import { checkRace } from "./race-run";
import type { RunEvent, RunEventOf, RunIdentity } from "../src/lib/events";
import { openSafetensors, readFloats } from "../src/data/safetensors";
import { nodeFolder } from "../src/data/testing/nodeFolder";
import type { Summary } from "../src/headless/summary";
import { readJson, readLines, timeless } from "./json";
import { checkInto, emptyTally, type Check, type Print, type Tally } from "./tally";

/** Rows of the built-in pool that are enough here: scoring all of it would take minutes on a software adapter. */
const [POOL_ROWS, TEST_ROWS] = [96, 24];
const CONFIG = {
  data: { train: "pool.jsonl", test: "test.jsonl" },
  curriculum: { strategy: "edco", rounds: 2, perRound: 16 },
  budget: { steps: 4 },
  evaluation: { probes: 2 },
  seed: 5,
};

/** Rows spread over a built-in pool, so that new and mastered ones are among them. */
function rows(pool: string, count: number): string {
  const all = readFileSync(join(ROOT, "public", "pools", `${pool}.jsonl`), "utf8")
    .split("\n")
    .filter(Boolean);
  return Array.from({ length: count }, (_, i) => `${all[Math.floor((i * all.length) / count)]}\n`).join("");
}

const readLog = (folder: string) => readLines<RunEvent>(join(folder, "events.jsonl"));
const readSummary = (folder: string) => readJson<Summary>(join(folder, "summary.json"));
/** What the log says first: what the run was made of. */
const identityOf = (folder: string) =>
  (readLog(folder)[0] as RunEventOf<"run.started">).identity as RunIdentity;
/** The run's adapter, read by the lab's own parser. */
const adapterOf = (folder: string) =>
  openSafetensors(nodeFolder(join(folder, "adapter")), "adapter_model", "adapter");
const ADAPTER = join("adapter", "adapter_model.safetensors");

const sha256 = (content: string | Buffer) => createHash("sha256").update(content).digest("hex");

/** What a run on these rows and the built-in model is made of, computed here from the files. */
function madeOf(folder: string): Omit<RunIdentity, "code"> {
  const rowsOf = (name: string) => {
    const lines = readFileSync(join(folder, name), "utf8").split("\n").filter(Boolean);
    const hashed = lines.map((line) => {
      const { prompt, answer, difficulty, ...extra } = JSON.parse(line) as Record<string, unknown>;
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
async function saysWhatItIs(folder: string, wanted: Omit<RunIdentity, "code">): Promise<boolean> {
  const { code, ...made } = identityOf(folder);
  const report = readFileSync(join(folder, "report.html"), "utf8");
  const { metadata } = await adapterOf(folder);
  const all = [readSummary(folder).identity, JSON.parse(metadata.proximal)];
  return (
    isDeepStrictEqual(made, wanted) &&
    all.every((one: unknown) => isDeepStrictEqual(one, { ...made, code })) &&
    [made.train.hash, made.test.hash, made.weights.hash].every((hash) => report.includes(hash)) &&
    /^\d+\.\d+\.\d+/.test(code)
  );
}

/** What a run must have left, check by check. */
async function outcomes(folder: string): Promise<[what: string, ok: boolean][]> {
  const summary = readSummary(folder);
  const log = readLog(folder);
  const scored = log.filter((event) => event.type === "pool.scored");
  const files = listFiles(folder);
  const picks = log.filter((event) => event.type === "round.selected").map((event) => event.picks);
  const { tensors } = await adapterOf(folder);
  const trained = await Promise.all(
    [...tensors.values()].filter(({ name }) => name.includes("lora_B")).map((tensor) => readFloats(tensor)),
  );
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
          Math.min(...p.map((x) => x.score ?? NaN)) >=
          scored[i].values.filter((v) => v !== null).sort((a, b) => b - a)[p.length - 1] - 1e-9,
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
async function askPeft(adapter: string, check: Check, tally: Tally, print: Print): Promise<void> {
  const python = await findPython(["torch", "transformers", "peft", "safetensors"]);
  if (python.reason !== undefined) {
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

export async function checkShortRun(print: Print): Promise<Tally> {
  const folder = mkdtempSync(join(tmpdir(), "short-run-"));
  const tally = emptyTally();
  const check = checkInto(tally, print);
  try {
    const config = join(folder, "config.json");
    const [whole, broken] = [join(folder, "whole"), join(folder, "broken")];
    writeFileSync(config, JSON.stringify(CONFIG));
    writeFileSync(join(folder, "pool.jsonl"), rows("needle_train", POOL_ROWS));
    writeFileSync(join(folder, "test.jsonl"), rows("needle_test", TEST_ROWS));
    const first = await runLab(["run", config, "--out", whole]);
    if (!check("the lab command ends well", first.code === 0, first.output)) return tally;
    for (const [name, ok] of await outcomes(whole)) check(name, ok);
    check(
      "log, summary, report and adapter say what the run was made of",
      await saysWhatItIs(whole, madeOf(folder)),
      JSON.stringify([identityOf(whole), madeOf(folder)], null, 1),
    );
    await askPeft(join(whole, "adapter"), check, tally, print);
    const stopped = await runLab(
      ["run", config, "--out", broken],
      (line, stop) => void (line.startsWith("round 2:") && stop()),
    );
    check(
      "Ctrl-C in round 2 stops politely",
      stopped.code === 130 && readSummary(broken).status === "stopped",
      stopped.output,
    );
    const resumed = await runLab(["run", "--resume", "--out", broken]);
    if (!check("the stopped run goes on to its end", resumed.code === 0, resumed.output)) return tally;
    check(
      "its adapter equals the uninterrupted one to the bit",
      readFileSync(join(whole, ADAPTER)).equals(readFileSync(join(broken, ADAPTER))),
    );
    const [a, b] = [timeless(readLog(whole)), timeless(readLog(broken))];
    const at = a.findIndex((line, i) => line !== b[i]);
    check(
      "its log equals the uninterrupted one but for times",
      at < 0 && a.length === b.length,
      `event ${at}: ${a[at]?.slice(0, 300)}\n${b[at]?.slice(0, 300)}`,
    );
    await checkRace(rows("needle_train", 32), check);
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
  return tally;
}
