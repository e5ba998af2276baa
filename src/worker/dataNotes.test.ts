// What a run says of its data before it begins.
import { describe, expect, it } from "vitest";
import { dataNotes } from "./dataNotes";

const test = [3, 41, 120].map((length) => ({ answerIds: Array.from({ length }, () => 1) }));
const data = { notes: [], test, maxNewTokens: 120, hasChatTemplate: true };

describe("dataNotes", () => {
  it("has nothing to say of data that fits", () => {
    expect(dataNotes(data)).toEqual([]);
  });

  it("counts the reference answers that no test answer can reach", () => {
    const [note] = dataNotes({ ...data, maxNewTokens: 40 });
    expect(note.code).toBe("references-cut");
    expect(note.text).toMatch(/^2 of 3 reference answers have more than the 40 tokens .* the longest 120: /);
  });

  it("passes on what was found in the rows, and tells of a plain template", () => {
    const told = dataNotes({ ...data, notes: ["One.", "Two."], hasChatTemplate: false });
    expect(told.map(({ code }) => code)).toEqual(["data", "data", "plain-template"]);
    expect(told[1].text).toBe("Two.");
  });
});
