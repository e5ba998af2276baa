// Packing of golden sequences: bounds, first tokens, cuts.
import { expect, it } from "vitest";
import { chunks, packDocuments, splitDocuments } from "./packed";

it("lays documents end to end, each alone", () => {
  const batch = packDocuments([[7, 8, 9], [], [5, 6]]);
  expect([...batch.tokens]).toEqual([7, 8, 9, 5, 6]);
  expect([...batch.position]).toEqual([0, 1, 2, 0, 1]);
  expect([...batch.documentStart]).toEqual([0, 0, 0, 3, 3]);
  expect([...batch.visibleEnd]).toEqual([3, 3, 3, 5, 5]);
  expect([...batch.prefixStart]).toEqual([...batch.prefixEnd]);
});

it("cuts by bounds and refuses bounds that do not fit", () => {
  expect(splitDocuments([1, 2, 3], [0, 1, 3]).map((d) => [...d])).toEqual([[1], [2, 3]]);
  expect(() => splitDocuments([1, 2, 3], [0, 2])).toThrow("3 tokens");
  expect(() => splitDocuments([1, 2, 3], [0, 3, 2, 3])).toThrow("before");
});

it("predicts every token but the first of a document, in batches of whole documents", () => {
  const documents = [[10, 11, 12], [20], [30, 31]].map((d) => Uint32Array.from(d));
  const [one, two, ...more] = chunks(documents, () => true, 4);
  expect(more).toEqual([]);
  expect(one.targets).toEqual([1, 2]);
  expect([...one.head.rows]).toEqual([0, 1]);
  expect([...one.head.targets]).toEqual([11, 12]);
  expect(one.batch.tokens.length).toBe(4);
  expect(two.targets).toEqual([5]);
  expect([...two.head.rows]).toEqual([0]);
  expect([...two.head.targets]).toEqual([31]);
});

it("leaves out a batch in which nothing is wanted", () => {
  const documents = [
    [1, 2],
    [3, 4],
  ].map((d) => Uint32Array.from(d));
  expect(chunks(documents, (t) => t === 3, 2).map((c) => c.targets)).toEqual([[3]]);
});
