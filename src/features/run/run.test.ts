// Status sentences, and the byte count on the button.
import { readdirSync, statSync } from "node:fs";
import { describe, expect, it } from "vitest";
import { percent } from "../../lib/format";
import { Player } from "../../store/player";
import { reduceRun } from "../../log/fold";
import { choosingShare } from "../../log/share";
import { tinyLog } from "../../log/testing/log";
import { costSentence } from "../../pictures/race/cost";
import { MODEL_BYTES } from "./modelBytes";
import { missingDatasetSentence } from "./MissingDataset";
import { statusOf, statusSentence, type LiveProgress } from "./status";

function at(ms: number) {
  const player = new Player("recorded");
  player.append(tinyLog());
  player.close();
  player.seek(ms);
  return statusSentence(statusOf(player.view, player.outline, player.clockMs, "recorded", null));
}

describe("status", () => {
  it.each([
    [150, "Before training, loading the model, about 5 s left."],
    [500, "Round 1 of 2, scoring 6 questions, about 4 s left."],
    [2000, "Round 1 of 2, training step 2 of 2, about 3 s left."],
    [4100, "Round 2 of 2, training step 2 of 2, about 1 s left."],
    [4700, "Round 2 of 2, testing on 4 questions."],
    [4800, "Finished, 2 rounds, 4 steps in 4.8 s."],
  ])("at %d ms", (ms, words) => expect(at(ms)).toBe(words));

  it("gives choosing the share that the cost picture gives it, and says of what", () => {
    const view = reduceRun(tinyLog());
    const share = choosingShare(view) ?? NaN;
    expect(share).toBeCloseTo(2000 / 4000, 1);
    const words = `${percent(share)} of the time for choosing and training`;
    expect(statusOf(view, new Player("recorded").outline, 0, "recorded", null).cost).toContain(words);
    expect(costSentence(view)).toContain(words);
  });

  it("reads no log that it has: the playhead may stand before the first record", () => {
    const player = new Player("recorded");
    const words = () => statusSentence(statusOf(player.view, player.outline, 0, "recorded", null));
    expect(words()).toBe("Opening, reading the run log.");
    player.append(tinyLog().map((event) => ({ ...event, atMs: event.atMs + 50 })));
    expect(words()).toBe("At the start, nothing has happened yet.");
  });

  it("says that a live run is starting while its log is empty", () => {
    const { view, outline } = new Player("live");
    expect(statusSentence(statusOf(view, outline, 0, "live", null))).toMatch(/^Starting, /);
  });

  it("gives a live run's time left as a range until it is known", () => {
    const player = new Player("live");
    player.append(tinyLog().slice(0, 7));
    const progress: LiveProgress = {
      state: "running",
      phase: "score",
      round: 1,
      rounds: 2,
      step: 0,
      steps: 4,
      done: 412,
      total: 2000,
      leftMs: [95_000, 190_000],
      tokensPerSecond: 900,
      gpuBytes: 1e8,
    };
    const status = statusOf(player.view, player.outline, player.clockMs, "live", progress);
    expect(statusSentence(status)).toBe("Round 1 of 2, scoring 412 of 2,000 questions, 90 s to 3 min left.");
  });
});

describe("questions that a link names", () => {
  it("are asked for where they are not here, and told apart where they are others", () => {
    expect(missingDatasetSentence("a.csv", 20, null)).toMatch(
      /dataset a\.csv, 20 questions, which is not in this browser/,
    );
    expect(missingDatasetSentence("a.csv", 20, 12)).toMatch(
      /in this browser has 12 questions, so it is a different one/,
    );
    expect(missingDatasetSentence("a.csv", 20, 20)).toBe("");
    expect(missingDatasetSentence("a.csv", null, 12)).toBe("");
  });
});

describe("the main button", () => {
  it("names the bytes that the model really has", () => {
    const folder = "public/models/tiny";
    const total = readdirSync(folder).reduce((sum, file) => sum + statSync(`${folder}/${file}`).size, 0);
    expect(MODEL_BYTES).toBe(total);
  });
});
