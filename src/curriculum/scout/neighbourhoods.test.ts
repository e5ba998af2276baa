// Neighbourhoods of texts: those that read alike come together, and pools without any structure do no harm.
import { describe, expect, it } from "vitest";
import { indices, Random } from "../random";
import { BUCKETS, sparseRows, wordsOf } from "./grams";
import { membersOf, nextRow } from "./members";
import { neighbourhoods, partsOf } from "./neighbourhoods";

const KINDS = [
  (n: number) => `A cell feeds ${n} dBm into an antenna with ${n + 3} dB gain. Radiated power?`,
  (n: number) => `Tom takes ${n} tablets of ${n + 5} mg. Dose?`,
  (n: number) => `A claim arose in ${1990 + n}. Is it barred?`,
];
const mixed = indices(90).map((i) => KINDS[i % 3](i));
const part = (texts: readonly string[], seed = 1, wanted?: number) =>
  neighbourhoods(texts.length, (i) => texts[i], seed, wanted);

describe("neighbourhoods", () => {
  it("come apart by their words, whatever their numbers", () => {
    const { of, names } = part(mixed, 1, 3);
    expect(new Set(of).size).toBe(3);
    for (const kind of [0, 1, 2]) expect(new Set(of.filter((_, i) => i % 3 === kind)).size).toBe(1);
    expect(names.every((name) => mixed.some((text) => text.toLowerCase().includes(name)))).toBe(true);
  });

  it("are the same for the same seed, numbered by size, and named apart", () => {
    const texts = [...mixed, ...indices(40).map((i) => KINDS[1](i))];
    expect(part(texts, 4)).toEqual(part(texts, 4));
    const { of, names } = part(texts, 4);
    const sizes = names.map((_, p) => of.filter((x) => x === p).length);
    expect([...sizes].sort((a, b) => b - a)).toEqual(sizes);
    expect(Math.min(...sizes)).toBeGreaterThan(0);
    expect(new Set(names).size).toBe(names.length);
  });

  it("bear degenerate pools: all alike, all different, no words, one row", () => {
    expect(new Set(part(Array<string>(200).fill("the same question?")).of).size).toBe(1);
    const random = new Random(3, "letters");
    const letters = () => String.fromCharCode(97 + random.below(26));
    const different = indices(500).map(() => indices(12).map(letters).join(""));
    const parts = part(different, 1, 500);
    expect(parts.of).toHaveLength(500);
    expect(new Set(parts.names).size).toBe(parts.names.length);
    expect(part(["", " ", ""]).of).toEqual([0, 0, 0]);
    expect(part(["one"]).names).toEqual(["one"]);
  });

  it("are about the square root of the pool", () => {
    expect([1, 100, 603, 100_000].map(partsOf)).toEqual([1, 10, 25, 128]);
  });
});

describe("texts as vectors", () => {
  it("read numbers as one word and keep other alphabets", () => {
    expect(wordsOf("Add 12 to 3.5, Straße!")).toEqual(["add", "0", "to", "0", ".", "0", ",", "straße", "!"]);
  });
  it("have length 1, or 0 where every word is common", () => {
    const { start, weight, bucket } = sparseRows(mixed.length, (i) => mixed[i]);
    for (let i = 0; i < mixed.length; i++) {
      const own = weight.subarray(start[i], start[i + 1]);
      expect(own.reduce((sum, x) => sum + x * x, 0)).toBeCloseTo(1, 5);
    }
    expect(Math.max(...bucket)).toBeLessThan(BUCKETS);
  });
});

describe("rows of a neighbourhood", () => {
  it("come unseen first, then all again", () => {
    const seen = new Set([7]);
    const drawn: number[] = [];
    for (let at = 0, i = 0; i < 6; i++) {
      const next = nextRow([5, 7, 9], at, (row) => seen.has(row));
      [at] = [next.drawn];
      drawn.push(next.row);
      seen.add(next.row);
    }
    expect(drawn).toEqual([5, 9, 5, 7, 9, 5]);
  });
  it("are each in one neighbourhood", () => {
    const parts = part(mixed);
    expect(
      membersOf(parts, 1)
        .flat()
        .sort((a, b) => a - b),
    ).toEqual(indices(90));
  });
});
