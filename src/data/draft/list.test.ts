// Search, filters and distributions of rows, against counts made by hand.
import { describe, expect, it } from "vitest";
import { counted, found, lengthBins, NO_FILTER, type Listed } from "./list";

const row = (index: number, prompt: string, answer: string, change: Partial<Listed> = {}): Listed => ({
  ...{ index, place: `line ${index + 1}`, kinds: [], problem: "", hint: "", part: "train" },
  sample: { sampleId: `row-${index}`, prompt, answer, extra: {} },
  ...change,
});
const rows = [
  row(0, "How many metres?", "so 4"),
  row(1, "How many miles are there?", "so 5 "),
  row(2, "Which Ärger?", "so 4", { part: "test", kinds: ["duplicate"] }),
  row(3, "", "", { sample: null, raw: '{"prompt":"broken"', kinds: ["unusable"], part: "" }),
];

describe("found", () => {
  it("needs every word, in any case, in question, answer or raw text, or a place", () => {
    const search = (text: string) => found(rows, { ...NO_FILTER, search: text });
    expect(search("MANY m")).toEqual([0, 1]);
    expect(search("ärger")).toEqual([2]);
    expect(search("broken")).toEqual([3]);
    expect(search("line 4")).toEqual([3]);
    expect(search("many ärger")).toEqual([]);
  });

  it("joins filters of length, answer, kind and part", () => {
    expect(found(rows, { ...NO_FILTER, prompt: [12, 17] })).toEqual([0, 2]);
    expect(found(rows, { ...NO_FILTER, text: "so 4" })).toEqual([0, 2]);
    expect(found(rows, { ...NO_FILTER, text: "so 5" })).toEqual([1]);
    expect(found(rows, { ...NO_FILTER, kind: "unusable" })).toEqual([3]);
    expect(found(rows, { ...NO_FILTER, text: "so 4", part: "test" })).toEqual([2]);
  });
});

describe("distributions", () => {
  it("count every sample in one bar, the longest in the last", () => {
    const lengths = Array.from({ length: 500 }, (_, i) => i % 50).concat(9000);
    const bins = lengthBins(lengths);
    expect(bins.reduce((sum, bin) => sum + bin.rows, 0)).toBe(501);
    expect(bins[0]).toEqual({ from: 0, to: 5, rows: 50 });
    expect(bins.at(-1)).toEqual({ from: 50, to: 9001, rows: 1 });
    for (let i = 1; i < bins.length; i++) expect(bins[i].from).toBe(bins[i - 1].to);
    for (const { from, to, rows } of bins)
      expect(lengths.filter((length) => length >= from && length < to).length).toBe(rows);
  });

  it("of one length, or of none, are one bar or none", () => {
    expect(lengthBins([4, 4, 4]).reduce((sum, bin) => sum + bin.rows, 0)).toBe(3);
    expect(lengthBins([])).toEqual([]);
  });

  it("name the answers that come most often, and count the others", () => {
    const many = Array.from({ length: 30 }, (_, i) => row(i, "?", i < 12 ? "yes" : `no ${i}`));
    const { answers, otherAnswers } = counted(many);
    expect(answers[0]).toEqual({ text: "yes", rows: 12 });
    expect(answers).toHaveLength(8);
    expect(otherAnswers).toEqual({ different: 11, rows: 11 });
  });
});
