import { describe, expect, it } from "vitest";
import type { ProbeAnswer } from "../../lib/events";
import { emptyView } from "../../log/view";
import { answersSentence, pairsOf, underline } from "./answers";

const answer = (promptId: string, correct: boolean): ProbeAnswer => ({
  promptId,
  prompt: "2+2?",
  expected: "so 4",
  text: "so 4",
  tokens: ["so", " 4"],
  entropy: [0.5, 1],
  correct,
});

describe("before and now", () => {
  const view = emptyView();
  view.probes = [
    { round: 0, step: 0, answers: [answer("a", false), answer("b", true)] },
    { round: 1, step: 8, answers: [answer("b", false), answer("a", true)] },
    { round: 2, step: 16, answers: [answer("a", true), answer("b", true)] },
  ];
  it("pairs the same question, whatever the order", () => {
    const pairs = pairsOf(view, 1);
    expect(pairs.map((pair) => [pair.promptId, pair.now.correct, pair.nowRound])).toEqual([
      ["a", true, 1],
      ["b", false, 1],
    ]);
  });
  it("tells worse answers as readily as better ones", () => {
    expect(answersSentence(pairsOf(view, 1))).toContain("1 answer got worse");
    expect(answersSentence(pairsOf(view, Infinity))).toBe(
      "Of 2 fixed questions, the model had 1 right before and has 2 right after round 2.",
    );
  });
  it("underlines more where the model was less sure", () => {
    expect([0, 1, 2, 9].map(underline)).toEqual([1, 3.5, 6, 6]);
  });
});
