// Checks, as part of `npm test`, a reward function that allocates memory without end in the lab command: one error
// sentence, exit code 1, no half-written files, and the run can be finished with a corrected function.
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { Summary } from "../src/headless/summary";
import type { RunEvent } from "../src/lib/events";
import { readJson, readLines } from "./json";
import { runLab } from "./process";
import { checkInto, emptyTally, type Print, type Tally } from "./tally";

const config = (code: string) => ({
  data: { train: "builtin:comm", test: "builtin:comm" },
  trainer: {
    kind: "grpo",
    samplesPerBatch: 2,
    rollouts: 3,
    maxNewTokens: 6,
    reward: { kind: "function", code, timeoutMs: 3000 },
  },
  curriculum: { strategy: "uniform", rounds: 1, perRound: null },
  budget: { steps: 2 },
  evaluation: { every: "never", probes: 0 },
});
const BAD = "const kept = []; for (;;) kept.push(new Uint8Array(1e6).fill(1));";
const GOOD = "return text.length / 1000;";
const SENTENCE =
  /The reward function (needed more than 64 MB of memory|took longer than 3000 ms for 6 answers) and was ended\./;

export async function checkRewardRun(print: Print): Promise<Tally> {
  const folder = mkdtempSync(join(tmpdir(), "reward-"));
  const tally = emptyTally();
  const check = checkInto(tally, print);
  try {
    const out = join(folder, "run");
    const write = (name: string, code: string) => {
      const file = join(folder, name);
      writeFileSync(file, JSON.stringify(config(code)));
      return file;
    };
    const broken = await runLab(["run", write("bad.json", BAD), "--out", out]);
    const summary = () => readJson<Summary>(join(out, "summary.json"));
    check("a reward function without end fails the run", broken.code === 1, broken.output);
    check("one sentence says why", SENTENCE.test(summary().reason ?? ""), String(summary().reason));
    const mended = await runLab(["run", write("good.json", GOOD), "--resume", "--out", out]);
    check("the run goes on when mended", mended.code === 0 && summary().status === "done", mended.output);
    const events = readLines<RunEvent>(join(out, "events.jsonl"));
    const types: string[] = events.map((event) => ("code" in event ? event.code : null) ?? event.type);
    check(
      "its log has every step once and says that the function changed",
      types.filter((type) => type === "step.finished").length === 2 && types.includes("reward-mended"),
      types.join(" "),
    );
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
  return tally;
}
