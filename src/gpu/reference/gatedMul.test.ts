// The gated activation against known values, and its reference gradient against central differences.
import { describe, expect, test } from "vitest";
import { centralDifferences, inner } from "../testing/differences";
import { seeded } from "../testing/suite";
import { gatedMulGradReference, gatedMulReference, GATES } from "./gatedMul";

/** torch.nn.functional.gelu(gate, approximate="tanh") in float64, with its gradient by autograd. */
const TORCH = [
  { gate: 0, value: 0, slope: 0.5 },
  { gate: 1, value: 0.8411919906082768, slope: 1.0829640838457826 },
  { gate: -1, value: -0.1588080093917233, slope: -0.08296408384578258 },
  { gate: 3, value: 2.996362607918227, slope: 1.0115841666309695 },
  { gate: -3, value: -0.0036373920817729943, slope: -0.011584166630969648 },
  { gate: 0.5, value: 0.34571400982514394, slope: 0.8673699035346424 },
  { gate: 10, value: 10, slope: 1 },
];

describe("known values", () => {
  test("silu(1) = 1 / (1 + e⁻¹)", () => {
    const act = gatedMulReference(GATES.silu, [1, 0, -1, 0, 2, 5, 3, 5], 4);
    expect(act[0]).toBeCloseTo(2 * 0.7310585786300049, 14);
    expect(act[1]).toBe(0);
    expect(act[2]).toBeCloseTo(-3 * 0.2689414213699951, 14);
  });

  test.each(TORCH)("gelu_tanh($gate) as PyTorch has it", ({ gate, value, slope }) => {
    expect(gatedMulReference(GATES.gelu_tanh, [gate, 2], 1)[0]).toBeCloseTo(2 * value, 14);
    const [dGate, dUp] = gatedMulGradReference(GATES.gelu_tanh, [3], [gate, 2], 1);
    expect(dGate).toBeCloseTo(6 * slope, 13);
    expect(dUp).toBeCloseTo(3 * value, 14);
  });

  test("rows keep their own gates", () => {
    const two = gatedMulReference(GATES.gelu_tanh, [1, 0, 5, 7, 0, 1, 7, 5], 2);
    expect(two).toEqual(Float64Array.of(5 * 0.8411919906082768, 0, 0, 5 * 0.8411919906082768));
  });
});

describe.each(Object.entries(GATES))("gatedMulGradReference with %s", (_, gate) => {
  test.each([
    { why: "control", rows: 3, width: 4, scale: 2 },
    { why: "one row", rows: 1, width: 4, scale: 1 },
    { why: "saturated gates", rows: 2, width: 4, scale: 30 },
  ])("$why", ({ rows, width, scale }) => {
    const gateUp = seeded(4, 2 * rows * width, scale);
    const dAct = seeded(5, rows * width);
    const got = gatedMulGradReference(gate, dAct, gateUp, width);
    const want = centralDifferences((moved) => inner(gatedMulReference(gate, moved, width), dAct), gateUp);
    for (let i = 0; i < got.length; i++) expect(got[i]).toBeCloseTo(want[i], 7);
  });

  test("gates of ±1e4 give finite gradients", () => {
    const got = gatedMulGradReference(gate, [1, 1, 1, 1], [1e4, -1e4, 0, 0, 3, 3, 3, 3], 4);
    expect(Array.from(got.subarray(0, 3), Math.abs)).toEqual([3, 0, 1.5]);
    expect(got[4]).toBe(1e4);
    expect(Math.abs(got[5])).toBe(0);
  });
});
