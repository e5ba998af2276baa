// The generator against the vectors its authors publish, and the numbers made from its words.
import { describe, expect, test } from "vitest";
import { gumbel, philox, tokenWord, uniforms, unit } from "./random";

const ones = 0xffffffff;

describe("philox", () => {
  // Random123's known-answer file, lines "philox4x32 10".
  test.each([
    {
      why: "zeros",
      counter: [0, 0, 0, 0],
      key: [0, 0],
      want: [0x6627e8d5, 0xe169c58d, 0xbc57ac4c, 0x9b00dbd8],
    },
    {
      why: "ones",
      counter: [ones, ones, ones, ones],
      key: [ones, ones],
      want: [0x408f276d, 0x41c83b0e, 0xa20bc7c6, 0x6d5451fd],
    },
    {
      why: "digits of pi",
      counter: [0x243f6a88, 0x85a308d3, 0x13198a2e, 0x03707344],
      key: [0xa4093822, 0x299f31d0],
      want: [0xd16cfe09, 0x94fdcceb, 0x5001e420, 0x24126ea1],
    },
  ])("known answer: $why", ({ counter, key, want }) => {
    expect(philox(counter, key)).toEqual(want);
  });
});

describe("unit", () => {
  test("stays inside (0, 1) and is an f32 at both ends and at every step of its width", () => {
    for (let bit = 0; bit < 32; bit++) {
      for (const word of [2 ** bit, 2 ** bit - 1, (2 ** (bit + 1) - 1) >>> 0]) {
        const u = unit(word);
        expect(u).toBeGreaterThan(0);
        expect(u).toBeLessThan(1);
        expect(Math.fround(u)).toBe(u);
        expect(Math.abs(u - (word + 0.5) / 2 ** 32)).toBeLessThanOrEqual(2 ** -24);
      }
    }
  });

  test("never falls as the word rises", () => {
    for (let bit = 1; bit < 32; bit++) expect(unit(2 ** bit)).toBeGreaterThan(unit(2 ** bit - 1));
  });
});

test("gumbel: mean is Euler's constant, variance π²/6", () => {
  const next = uniforms(7, 1);
  const words = Array.from({ length: 40000 }, () => Math.floor(next() * 2 ** 32));
  const noise = words.map(gumbel);
  const mean = noise.reduce((a, b) => a + b) / noise.length;
  const variance = noise.reduce((a, b) => a + (b - mean) ** 2, 0) / noise.length;
  // Standard errors of 40,000 draws: 0.0064 and 0.017; three of each.
  expect(Math.abs(mean - 0.5772156649)).toBeLessThan(0.02);
  expect(Math.abs(variance - Math.PI ** 2 / 6)).toBeLessThan(0.05);
});

test("every part of a draw's key changes its word", () => {
  const draw = { seed: 1, key: 2, rollout: 3, emitted: 4 };
  const word = tokenWord(draw, 5);
  expect(tokenWord({ ...draw }, 5)).toBe(word);
  for (const name of ["seed", "key", "rollout", "emitted"] as const) {
    expect(tokenWord({ ...draw, [name]: 9 }, 5)).not.toBe(word);
  }
  expect(tokenWord(draw, 6)).not.toBe(word);
  expect(tokenWord(draw, 9)).not.toBe(word);
});

test("uniforms: repeatable, apart by seed, stream and place", () => {
  const head = (seed: number, stream: number, place?: number) => {
    const next = uniforms(seed, stream, place);
    return Array.from({ length: 9 }, next);
  };
  expect(head(1, 2, 3)).toEqual(head(1, 2, 3));
  const all = [head(1, 2, 3), head(2, 2, 3), head(1, 3, 3), head(1, 2, 4)].flat();
  expect(new Set(all).size).toBe(all.length);
});
