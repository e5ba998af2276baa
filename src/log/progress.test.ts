// Words for the progress of a run, with and without numbers.
import { describe, expect, it } from "vitest";
import { phases } from "./phases";
import { leftWords, loadingWords, phaseWords, roundWords } from "./progress";

describe("words for progress", () => {
  it("name the round, and the time before the first", () => {
    expect(roundWords(2, 5)).toBe("Round 2 of 5");
    expect(roundWords(0, 5)).toBe("Before training");
  });

  it("say how far a phase is, else how much there is, else the phase alone", () => {
    expect(phaseWords("score", { done: 412, total: 2000 })).toBe("scoring 412 of 2,000 questions");
    expect(phaseWords("score", { done: 0, total: 0 }, { pool: 603, test: 103 })).toBe(
      "scoring 603 questions",
    );
    expect(phaseWords("evaluate", null, { pool: 603, test: 1 })).toBe("testing on 1 question");
    expect(phaseWords("score", null)).toBe("scoring");
    expect(phaseWords("train", { done: 6, total: 8 })).toBe("training step 6 of 8");
  });

  it("have words of every phase", () => {
    const words = phases.map((phase) => phaseWords(phase, null));
    expect(new Set(words).size).toBe(phases.length);
    for (const word of words) expect(word).toMatch(/^[a-z]+( [a-z]+)*$/);
  });

  it("give the time left as a range until its ends agree", () => {
    expect(leftWords(null)).toBe("");
    expect(leftWords([95_000, 190_000])).toBe("90 s to 3 min left");
    expect(leftWords([38_000, 41_000])).toBe("about 40 s left");
  });

  it("count what is loaded in its own unit", () => {
    expect(loadingWords({ done: 1.1e6, total: 2.2e6, unit: "bytes" })).toBe("1.1 MB of 2.2 MB, 50 %");
    expect(loadingWords({ done: 3, total: 41, unit: "kernels" })).toBe("3 of 41 kernels");
  });
});
