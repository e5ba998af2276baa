// A tiny race through the lab command, on a file of one's own: whole, and stopped in its second run and given again. Both
// must leave the same race.json but for seconds.
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { RaceFile } from "../src/race/race";
import { listFiles } from "./lab-files";
import { runLab } from "./process";
import { readJson } from "./json";
import type { Check } from "./tally";

const STEPS = 2;
const CONFIG = {
  data: { train: "own.jsonl", test: null, testShare: 0.25 },
  curriculum: { rounds: 2, perRound: 8 },
  evaluation: { probes: 0, maxNewTokens: 12 },
  race: { strategies: ["random", "length"], seeds: [3], cost: "steps", budget: STEPS },
};

const readRace = (folder: string) => readJson<RaceFile>(join(folder, "race.json"));

/** Seconds are measured: they differ between any two races. */
const timeless = (race: RaceFile): string =>
  JSON.stringify(race, (key, value: unknown) => (key === "seconds" ? undefined : value));

/** The fixed shape of race.json, key by key. */
function shape(race: RaceFile): boolean {
  const keys = (value: object) => Object.keys(value).join();
  return (
    keys(race) === "cost,budget,pool,test,runs,pairs,more" &&
    keys(race.pool) === "name,hash" &&
    keys(race.test) === "n,hash" &&
    race.runs.every(
      (run) =>
        keys(run) === "strategy,seed,evaluations" &&
        run.evaluations.every((test) => keys(test) === "step,trainTokens,tokens,seconds,value"),
    ) &&
    race.pairs.every((pair) => keys(pair) === "strategy,against,measure,difference,interval,seeds")
  );
}

/** @param rows lines of a JSONL file that its owner might have: questions, answers and a skill */
export async function checkRace(rows: string, check: Check): Promise<void> {
  const folder = mkdtempSync(join(tmpdir(), "race-"));
  try {
    const [whole, broken] = [join(folder, "whole"), join(folder, "broken")];
    const config = join(folder, "config.json");
    writeFileSync(config, JSON.stringify(CONFIG));
    writeFileSync(join(folder, "own.jsonl"), rows);
    const first = await runLab(["race", config, "--out", whole]);
    if (!check("a race on an own file ends well", first.code === 0, first.output)) return;
    const race = readRace(whole);
    check("race.json has the documented shape", shape(race), JSON.stringify(race, null, 1));
    check(
      "both orders were tested before and after two steps, on the same held-out questions",
      race.runs.map(({ strategy }) => strategy).join() === "random,length" &&
        race.runs.every(({ evaluations }) => evaluations.map(({ step }) => step).join() === "0,1,2") &&
        race.test.n === Math.round(CONFIG.data.testShare * rows.split("\n").filter(Boolean).length),
    );
    check(
      "order against random order by end, area and time to a share",
      race.pairs.map(({ strategy, against, measure }) => `${strategy}/${against}/${measure}`).join() ===
        "length/random/end,length/random/area,length/random/timeTo:0.7",
    );
    const report = readFileSync(join(whole, "report.html"), "utf8");
    check(
      "the report draws the race and links its runs",
      /<svg/.test(report) && report.includes("length-3/report.html"),
    );
    const stopped = await runLab(
      ["race", config, "--out", broken],
      (line, stop) => void (/^race 2\/2/.test(line) && setTimeout(stop, 2000)),
    );
    const partial = listFiles(broken).includes("race.json") ? readRace(broken) : null;
    check(
      "Ctrl-C in the second run keeps the first",
      stopped.code !== 0 && partial?.runs.length === 1 && partial.more.missing.length === 1,
      stopped.output,
    );
    const resumed = await runLab(["race", config, "--out", broken]);
    check("the same command goes on to the end", resumed.code === 0, resumed.output);
    check(
      "stopped and resumed gives the same race.json but for seconds",
      timeless(readRace(broken)) === timeless(race),
      `${timeless(readRace(broken))}\n${timeless(race)}`,
    );
    const other = { ...CONFIG, race: { ...CONFIG.race, budget: 3 } };
    writeFileSync(config, JSON.stringify(other));
    const refused = await runLab(["race", config, "--out", broken]);
    check(
      "another race is refused in a folder that holds one",
      refused.code === 1 && /holds another race/.test(refused.output),
      refused.output,
    );
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}
