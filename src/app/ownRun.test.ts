// A run of the user's own gets its title from itself, not from the story it was started from.
import { describe, expect, it } from "vitest";
import { emptyView, type RunView } from "../log/view";
import { cautionsOf, datasetName, titleOf } from "./ownRun";
import { samples } from "../log/testing/log";

const view = (change: Partial<RunView>): RunView => ({
  ...emptyView(),
  status: "running",
  seed: 7,
  planned: { rounds: 2, steps: 4, scoredPerRound: 6 },
  ...change,
});
const sft = { data: { train: "stored:units.csv" }, curriculum: { strategy: "edco", perRound: 8 } };

describe("the title of a run", () => {
  it("names its questions, who chooses, how much and the seed", () => {
    expect(titleOf(view({ config: sft, poolName: "units.csv", samples, testSize: 4 }))).toEqual({
      title: "EDCO on units.csv",
      question: "6 questions of units.csv to study, 4 to test. EDCO, 2 rounds of 8 picks, 4 steps; seed 7.",
    });
  });
  it("has the name that the user gave it", () => {
    expect(titleOf(view({ config: { ...sft, name: "Tuesday" } })).title).toBe("Tuesday");
    expect(titleOf(view({ config: sft })).question).toMatch(/^Questions of units.csv\./);
  });
  it("counts in steps under reinforcement, whatever the strategy", () => {
    const trainer = { kind: "grpo", samplesPerBatch: 6, rollouts: 8, warmStartSteps: 40 };
    const config = { data: { train: "builtin:comm" }, trainer, curriculum: { strategy: "random" } };
    const title = titleOf(view({ config, poolName: "comm", samples, testSize: 4 }));
    expect(title.title).toBe("Random order on comm");
    expect(title.question).toContain(
      "4 steps of 6 prompts × 8 answers, after a warm start of 40 steps; seed 7.",
    );
  });
  it("says what puts it in doubt, and nothing else of its notes", () => {
    const note = (code: string) => ({ code, text: `text of ${code}`, atMs: 0 });
    const notes = ["warm-start", "test-in-pool", "code-changed"].map(note);
    expect(cautionsOf(view({ notes }))).toEqual(["text of test-in-pool", "text of code-changed"]);
  });
  it("says so before its log has come", () => {
    expect(titleOf(emptyView()).question).toBe("The model and the questions are being loaded.");
    expect(datasetName("https://host/a/units.csv?x=1")).toBe("units.csv");
  });
});
