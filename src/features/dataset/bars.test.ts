// The small pictures of the data page: a bar for each count, tall as it says, and sentences that follow from the counts.
import { describe, expect, it } from "vitest";
import { answerFigure, answerSentence, answerTable, lengthFigure, lengthName, lengthSentence } from "./bars";

const bins = [
  { from: 0, to: 10, rows: 4 },
  { from: 10, to: 20, rows: 8 },
  { from: 20, to: 900, rows: 1 },
];
const counted = {
  prompt: bins,
  answer: [],
  tokens: [],
  longest: { prompt: 899, answer: 0, tokens: 0 },
  answers: [
    { text: "so 4", rows: 12 },
    { text: "so 5", rows: 3 },
  ],
  otherAnswers: { different: 7, rows: 7 },
};
const rects = (figure: ReturnType<typeof lengthFigure>) =>
  figure.marks.filter(({ tag }) => tag === "rect").map(({ attrs }) => attrs);

describe("lengths", () => {
  it("are bars of equal width, in proportion to their rows, the chosen one in another colour", () => {
    const [first, second, third] = rects(lengthFigure(bins, [10, 20], 300));
    expect([first.width, second.width, third.width]).toEqual([99, 99, 99]);
    expect(Number(second.height)).toBeCloseTo(2 * Number(first.height), 0);
    expect([first.fill, second.fill]).toEqual(["var(--e2)", "var(--pick)"]);
  });

  it("are told in a sentence, with the half of the rows and the longest", () => {
    expect(lengthSentence(bins, 899, "question")).toBe(
      "Half of the 13 questions have at most 19 characters; the longest has 899.",
    );
    expect(lengthSentence([], 0, "question")).toBe("There is no question yet.");
    expect([lengthName(bins[2]), lengthName({ from: 4, to: 5, rows: 1 })]).toEqual([
      "20 to 899 characters",
      "4 characters",
    ]);
  });
});

describe("answers", () => {
  it("have a bar each, as long as they are many", () => {
    const [first, second] = rects(answerFigure(counted, null, 240));
    expect([first.width, second.width]).toEqual([240, 60]);
  });

  it("are told with the number of different ones, and the others have a row of the table", () => {
    expect(answerSentence(counted)).toBe("“so 4” comes most often, 12 times; there are 9 different answers.");
    expect(answerTable(counted).rows.at(-1)).toEqual(["7 other answers", 7]);
    const once = { ...counted, answers: [{ text: "a", rows: 1 }], otherAnswers: { different: 0, rows: 0 } };
    expect(answerSentence(once)).toBe("No answer comes twice: 1 different answer in all.");
  });
});
