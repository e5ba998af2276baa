// Checks `--runtime node` through the lab command, as part of `npm test`: a short run in Node gives the log of the same
// run in Chromium on the same adapter, and goes on to the same bits when it was stopped.
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { ROOT } from "./build";
import { reasonOf } from "./json";
import { findDawn } from "./node/dawn";
import { runLab } from "./process";
import { firstDifference, readEvents } from "./same-log";
import { checkInto, emptyTally, type Print, type Tally } from "./tally";

const CONFIG = {
  data: { train: "pool.jsonl", test: "test.jsonl" },
  curriculum: { strategy: "edco", rounds: 2, perRound: 8 },
  trainer: { kind: "sft", samplesPerBatch: 4 },
  budget: { steps: 4 },
  evaluation: { probes: 2 },
  seed: 3,
};
const ADAPTER = join("adapter", "adapter_model.safetensors");

/** Every so many rows of a built-in pool, so that new and mastered ones are among them. */
const rows = (pool: string, count: number): string => {
  const all = readFileSync(join(ROOT, "public", "pools", `${pool}.jsonl`), "utf8")
    .split("\n")
    .filter(Boolean);
  return all.filter((_, i) => i % Math.floor(all.length / count) === 0).join("\n");
};

export async function checkNodeRun(print: Print): Promise<Tally> {
  const tally = emptyTally();
  try {
    await findDawn(print);
  } catch (thrown) {
    tally.skipped.push({ name: "the engine in Node", reason: reasonOf(thrown) });
    return tally;
  }
  const check = checkInto(tally, print);
  const folder = mkdtempSync(join(tmpdir(), "node-run-"));
  const at = (name: string) => join(folder, name);
  try {
    writeFileSync(at("config.json"), JSON.stringify(CONFIG));
    writeFileSync(at("pool.jsonl"), rows("needle_train", 32));
    writeFileSync(at("test.jsonl"), rows("needle_test", 8));
    const run = (out: string, ...more: string[]) =>
      runLab(["run", at("config.json"), "--out", at(out), ...more], (line, stop) => {
        if (out === "broken" && line.startsWith("round 2:")) stop();
      });
    const inBrowser = await run("browser");
    if (!check("the run ends well in Chromium", inBrowser.code === 0, inBrowser.output)) return tally;
    const inNode = await run("node", "--runtime", "node");
    if (!check("the same run ends well in Node", inNode.code === 0, inNode.output)) return tally;
    const difference = firstDifference(readEvents(at("browser")), readEvents(at("node")), true);
    check("both logs agree", difference === null, difference ?? "");
    const stopped = await run("broken", "--runtime", "node");
    check("Ctrl-C in round 2 stops it politely", stopped.code === 130, stopped.output);
    const resumed = await runLab(["run", "--resume", "--runtime", "node", "--out", at("broken")]);
    if (!check("it goes on to its end", resumed.code === 0, resumed.output)) return tally;
    // A stop in the middle of a round leaves one checkpoint more.
    const steps = (out: string) => readEvents(at(out)).filter(({ type }) => type !== "checkpoint.saved");
    const again = firstDifference(steps("node"), steps("broken"));
    check("its log is the uninterrupted one's, but for checkpoints", again === null, again ?? "");
    check(
      "its adapter equals the uninterrupted one to the bit",
      readFileSync(join(at("node"), ADAPTER)).equals(readFileSync(join(at("broken"), ADAPTER))),
    );
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
  return tally;
}
