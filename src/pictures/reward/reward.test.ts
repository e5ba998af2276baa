// The parabola's arithmetic: binary rewards lie on it, unreadable forecasts are counted and not dropped.
import { describe, expect, it } from "vitest";
import type { GroupView, JudgedView } from "../../store/view";
import {
  forecastSentence,
  forecastsOf,
  frontier,
  isBinary,
  parabolaCurves,
  parabolaDots,
  parabolaSentence,
} from "./reward";

function group(step: number, rewards: number[], variancePredicted: number | null = null): GroupView {
  const mean = rewards.reduce((sum, r) => sum + r, 0) / rewards.length;
  const variance = rewards.reduce((sum, r) => sum + (r - mean) ** 2, 0) / rewards.length;
  const advantages = rewards.map((r) => r - mean);
  return {
    type: "group.rolled",
    atMs: 0,
    round: 1,
    step,
    sample: step,
    rewards,
    advantages,
    variance,
    variancePredicted,
    tokens: 10,
  };
}

const groups = [
  group(1, [0, 0, 0, 0], 0),
  group(2, [1, 0, 0, 1], 0.25),
  group(3, [1, 0, 0, 0], 0.2),
  group(3, [1, 1, 1, 1], null),
];
const judged: JudgedView[] = [
  {
    type: "step.judged",
    atMs: 0,
    step: 1,
    candidates: [1, 2, 3],
    forecasts: [0, null, 0.25],
    selected: [1],
    exploration: [],
    rewards: [0],
    baseline: 0,
    tokens: 5,
    elapsedMs: 1,
  },
];

describe("the parabola", () => {
  it("has every group with 0/1 rewards on its curve", () => {
    expect(isBinary(groups)).toBe(true);
    for (const dot of parabolaDots(groups)) expect(dot.y).toBeCloseTo(dot.x * (1 - dot.x), 12);
  });
  it("draws what n rollouts show of it: three quarters at n = 4", () => {
    const [curve, seen] = parabolaCurves(4);
    expect(seen.points[25][1]).toBeCloseTo(curve.points[25][1] * 0.75, 12);
  });
  it("counts the groups that teach nothing", () => {
    expect(parabolaSentence(groups)).toContain("Of 4 groups, 50 % have no variance");
  });
});

describe("forecasts", () => {
  it("meet their outcomes, and the unreadable are counted", () => {
    const forecasts = forecastsOf(groups, judged);
    expect(forecasts.pairs).toHaveLength(3);
    expect(forecastSentence(forecasts)).toContain("1 of 3 forecasts could not be read");
    expect(forecastSentence(forecasts)).toContain("agree in rank with 1.00");
  });
});

describe("the frontier", () => {
  it("is the mean of a step's groups", () => {
    expect(frontier(groups)[2]).toEqual({ step: 3, reward: 0.625, variance: 0.09375 });
  });
});
