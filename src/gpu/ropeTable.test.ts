// The rotary table against plain cosines, and llama3 scaling at its three bands.
import { describe, expect, test } from "vitest";
import { ropeFrequencies, ropeTable, ropeTableWidth } from "./ropeTable";

const plain = { headDim: 32, ropeTheta: 10_000, ropeScaling: null };
const llama3 = {
  headDim: 64,
  ropeTheta: 500_000,
  ropeScaling: {
    type: "llama3" as const,
    factor: 32,
    lowFreqFactor: 1,
    highFreqFactor: 4,
    originalMaxPosition: 8192,
  },
};

describe("ropeFrequencies", () => {
  test("theta to the power −2i/D", () => {
    const got = ropeFrequencies(plain);
    expect(got).toHaveLength(16);
    expect(got[0]).toBe(1);
    // f32 holds 24 bits, and a power is rounded three times on the way.
    got.forEach((value, i) => expect(value / 10_000 ** (-i / 16)).toBeCloseTo(1, 6));
  });

  test("llama3: short waves stay, long ones are slowed by the factor, between is between", () => {
    const got = ropeFrequencies(llama3);
    const before = ropeFrequencies({ ...llama3, ropeScaling: null });
    let between = 0;
    got.forEach((value, i) => {
      const wavelength = (2 * Math.PI) / before[i];
      const smooth = Math.min(1, Math.max(0, (8192 / wavelength - 1) / 3));
      expect(value / (((1 - smooth) * before[i]) / 32 + smooth * before[i])).toBeCloseTo(1, 5);
      if (smooth > 0 && smooth < 1) between++;
    });
    expect(got[0]).toBe(before[0]);
    expect(got[31]).toBe(Math.fround(before[31] / 32));
    expect(between).toBeGreaterThan(0);
  });
});

describe("ropeTable", () => {
  test.each([
    { headDim: 2, positions: 1, why: "one pair, one position" },
    { headDim: 10, positions: 7, why: "half a head is not whole vec4s" },
    { headDim: 32, positions: 4096, why: "thousands of positions" },
  ])("$why", ({ headDim, positions }) => {
    const shape = { ...plain, headDim };
    const table = ropeTable(shape, positions);
    const width = ropeTableWidth(headDim);
    const frequencies = ropeFrequencies(shape);
    expect(width % 8).toBe(0);
    expect(table).toHaveLength(positions * width);
    for (const position of [0, positions >> 1, positions - 1]) {
      for (let i = 0; i < width / 2; i++) {
        const angle = position * frequencies[i];
        const inside = i < headDim / 2;
        // Rounded to f32 once.
        expect(table[position * width + i]).toBeCloseTo(inside ? Math.cos(angle) : 0, 7);
        expect(table[position * width + width / 2 + i]).toBeCloseTo(inside ? Math.sin(angle) : 0, 7);
      }
    }
  });
});
