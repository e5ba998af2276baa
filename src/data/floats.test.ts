// f32 written as halves: every half comes back as it was, and what lies between goes to the nearest, ties to even.
import { describe, expect, it } from "vitest";
import { fromFloat32, halfToFloat, toFloat32 } from "./floats";

const bitsOf = (value: number, dtype: "F16" | "BF16"): number =>
  new Uint16Array(fromFloat32(Float32Array.of(value), dtype).buffer)[0]!;

describe("values in 16 bits", () => {
  const all = Uint16Array.from({ length: 65_536 }, (_, bits) => bits);

  it.each(["F16", "BF16"] as const)("%s: each of them comes back", (dtype) => {
    const exponent = dtype === "F16" ? 0x7c00 : 0x7f80;
    const numbers = all.filter((bits) => (bits & exponent) !== exponent || (bits & ~exponent & 0x7fff) === 0);
    const values = toFloat32(new Uint8Array(numbers.slice().buffer), dtype);
    expect(new Uint16Array(fromFloat32(values, dtype).buffer)).toEqual(numbers);
  });

  it.each([
    ["a tie below an odd half", 1 + 2 ** -11, 0x3c00],
    ["a tie above it", 1 + 3 * 2 ** -11, 0x3c02],
    ["just above a tie", 1 + 2 ** -11 + 2 ** -20, 0x3c01],
    ["the largest half", 65_504, 0x7bff],
    ["what rounds beyond it", 65_520, 0x7c00],
    ["half of the smallest", 2 ** -25, 0],
    ["more than half of it", 1.5 * 2 ** -25, 1],
    ["a subnormal tie", 1.5 * 2 ** -24, 2],
    ["minus zero", -0, 0x8000],
    ["infinity", -Infinity, 0xfc00],
  ])("F16: %s", (_, value, bits) => {
    expect(bitsOf(value, "F16")).toBe(bits);
  });

  it.each([
    ["a tie below an odd one", 1 + 2 ** -8, 0x3f80],
    ["a tie above it", 1 + 3 * 2 ** -8, 0x3f82],
    ["just above a tie", 1 + 2 ** -8 + 2 ** -20, 0x3f81],
    ["a carry into the exponent", 2 - 2 ** -23, 0x4000],
    ["what rounds beyond the largest", 3.4e38, 0x7f80],
  ])("BF16: %s", (_, value, bits) => {
    expect(bitsOf(value, "BF16")).toBe(bits);
  });

  it("keeps a NaN one", () => {
    const odd = new Float32Array(Uint32Array.of(0x7f800001).buffer);
    expect(halfToFloat(new Uint16Array(fromFloat32(odd, "F16").buffer)[0]!)).toBeNaN();
    expect(toFloat32(fromFloat32(odd, "BF16"), "BF16")[0]).toBeNaN();
  });
});
