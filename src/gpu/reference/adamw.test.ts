// The reference optimiser against numbers printed by torch.optim.AdamW (float64), and against one step by hand.
import { describe, expect, test } from "vitest";
import { adamwReference } from "./adamw";

const settings = { learningRate: 0.1, beta1: 0.9, beta2: 0.999, epsilon: 1e-8, weightDecay: 0.01 };
const at = (step: number) => ({ ...settings, correction1: 1 - 0.9 ** step, correction2: 1 - 0.999 ** step });
const fresh = () => ({
  param: Float64Array.of(1, -2, 0.5, 0),
  first: new Float64Array(4),
  second: new Float64Array(4),
});

describe("adamwReference", () => {
  test("the first step by hand", () => {
    const state = fresh();
    adamwReference(state, [0.5, -1, 1e-3, 0], [1, 1, 1, 1], at(1));
    // m/(1 − 0.9) = g and sqrt(v/(1 − 0.999)) = |g|, so p = 1·0.999 − 0.1·0.5/(0.5 + 1e-8)
    expect(state.param[0]).toBeCloseTo(0.999 - 0.05 / (0.5 + 1e-8), 12);
    expect(state.param[3]).toBe(0);
  });

  test("three steps of torch 2", () => {
    const state = fresh();
    const grads = [
      [0.5, -1, 1e-3, 0],
      [-0.25, 2, 1e-3, 0],
      [0.125, 0, -4, 0],
    ];
    grads.forEach((grad, i) => adamwReference(state, grad, [1, 1, 1, 1], at(i + 1)));
    const want = [0.8365529176159483, -1.9590795496464593, 0.36265744287825685, 0];
    want.forEach((value, i) => expect(state.param[i]).toBeCloseTo(value, 12));
    [0.0305, 0.099, -0.399829, 0].forEach((value, i) => expect(state.first[i]).toBeCloseTo(value, 12));
    [0.00032756275, 0.004994001, 0.016000001997001, 0].forEach((v, i) =>
      expect(state.second[i]).toBeCloseTo(v, 14),
    );
  });

  test("the clip factor scales the gradient", () => {
    const [clipped, scaled] = [fresh(), fresh()];
    adamwReference(clipped, [4, 8, -12, 0], [1, 9, 0.25, 1], at(1));
    adamwReference(scaled, [1, 2, -3, 0], [1, 9, 1, 1], at(1));
    expect(clipped).toEqual(scaled);
  });

  test("a step that is not finite changes nothing", () => {
    const state = fresh();
    adamwReference(state, [NaN, 1, 1, 1], [1, Infinity, 0, 0], at(1));
    expect(state).toEqual(fresh());
  });
});
