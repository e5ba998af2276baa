// A reward function that allocates without end, through the lab command, as part of `npm test`: one sentence, exit code
// 1, nothing half written, and the run goes on to its end with a mended function.
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { lab } from "./short-run";

const config = (code) => ({
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

/** @returns {Promise<{ passed: number, failed: number, skipped: [] }>} */
export async function checkRewardRun(print) {
  const folder = mkdtempSync(join(tmpdir(), "reward-"));
  const tally = { passed: 0, failed: 0, skipped: [] };
  const check = (ok, what, detail = "") => {
    if (ok) tally.passed++;
    else tally.failed++;
    print(`${ok ? "ok   " : "FAIL "} ${what}${ok ? "" : `\n      ${detail}`}`);
  };
  try {
    const out = join(folder, "run");
    const write = (name, code) => {
      const file = join(folder, name);
      writeFileSync(file, JSON.stringify(config(code)));
      return file;
    };
    const broken = await lab(["run", write("bad.json", BAD), "--out", out]);
    const summary = () => JSON.parse(readFileSync(join(out, "summary.json"), "utf8"));
    check(broken.code === 1, "a reward function without end fails the run", broken.output);
    check(SENTENCE.test(summary().reason), "one sentence says why", String(summary().reason));
    const mended = await lab(["run", write("good.json", GOOD), "--resume", "--out", out]);
    check(mended.code === 0 && summary().status === "done", "the run goes on when mended", mended.output);
    const events = readFileSync(join(out, "events.jsonl"), "utf8").trim().split("\n");
    const types = events.map((line) => JSON.parse(line)).map(({ type, code }) => code ?? type);
    check(
      types.filter((type) => type === "step.finished").length === 2 && types.includes("reward-mended"),
      "its log has every step once and says that the function changed",
      types.join(" "),
    );
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
  return tally;
}
