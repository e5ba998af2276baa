// A run of one's own is told by itself, not by the story it was started from.
import { describe, expect, it } from "vitest";
import { emptyView, type RunView } from "../log/view";
import { cautionsOf, datasetName, toldOf } from "./told";
import { samples } from "../log/testing/log";

const view = (change: Partial<RunView>): RunView => ({
  ...emptyView(),
  status: "running",
  seed: 7,
  planned: { rounds: 2, steps: 4, scoredPerRound: 6 },
  ...change,
});
const sft = { data: { train: "stored:units.csv" }, curriculum: { strategy: "edco", perRound: 8 } };

describe("what a run is told as", () => {
  it("names its questions, who chooses, how much and the seed", () => {
    expect(toldOf(view({ config: sft, poolName: "units.csv", samples, testSize: 4 }))).toEqual({
      title: "EDCO on units.csv",
      question: "6 questions of units.csv to study, 4 to test. EDCO, 2 rounds of 8 picks, 4 steps; seed 7.",
    });
  });
  it("has the name that the person gave it", () => {
    expect(toldOf(view({ config: { ...sft, name: "Tuesday" } })).title).toBe("Tuesday");
    expect(toldOf(view({ config: sft })).question).toMatch(/^Questions of units.csv\./);
  });
  it("of rewards is told in steps, whoever chooses", () => {
    const trainer = { kind: "grpo", samplesPerBatch: 6, rollouts: 8, warmStartSteps: 40 };
    const config = { data: { train: "builtin:comm" }, trainer, curriculum: { strategy: "random" } };
    const told = toldOf(view({ config, poolName: "comm", samples, testSize: 4 }));
    expect(told.title).toBe("Random order on comm");
    expect(told.question).toContain(
      "4 steps of 6 prompts × 8 answers, after a warm start of 40 steps; seed 7.",
    );
  });
  it("says what puts it in doubt, and nothing else of its notes", () => {
    const note = (code: string) => ({ code, text: `text of ${code}`, atMs: 0 });
    const notes = ["warm-start", "test-in-pool", "code-changed"].map(note);
    expect(cautionsOf(view({ notes }))).toEqual(["text of test-in-pool", "text of code-changed"]);
  });
  it("says so before its log has come", () => {
    expect(toldOf(emptyView()).question).toBe("The model and the questions are being loaded.");
    expect(datasetName("https://host/a/units.csv?x=1")).toBe("units.csv");
  });
});
