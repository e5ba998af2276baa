// The pictures of reinforcement on a log small enough to check by eye: nothing unreadable is dropped, nothing that
// nobody measured is claimed.
import { describe, expect, it } from "vitest";
import { answersOf, answerTable, groupSentence, openingGroup } from "./answers";
import { candidatesOf, choiceFigure, choiceSentence, choiceTable } from "./choice";
import {
  forecastCurves,
  forecastDots,
  forecastSentence,
  forecastTable,
  forecastsOf,
  offSelectionSentence,
} from "./forecast";
import { frontier, frontierSentence } from "./frontier";
import { isBinary, type ForecastProbe, type Group, type Judged } from "./groups";
import { judgmentSentence, shownJudgments } from "./judgments";
import { parabolaCurves, parabolaDots, parabolaFigure, parabolaSentence } from "./parabola";
import { stepTimeFigure, stepTimeSentence } from "./stepTime";

function group(step: number, rewards: number[], variancePredicted: number | null = null): Group {
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
const judged: Judged[] = [
  {
    type: "step.judged",
    atMs: 0,
    step: 1,
    candidates: [1, 2, 3],
    forecasts: [0, null, 0.25],
    standIn: 0.1,
    selected: [3, 1],
    exploration: [1],
    rewards: [0.9, 0],
    shown: [
      { sample: 3, context: "Q: c V?", judgment: "\\boxed{0.25}", forecast: 0.25 },
      { sample: 2, context: "Q: b V?", judgment: "ree days?", forecast: null },
    ],
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
  it("names both ends of the curve with how many groups lie there", () => {
    const notes = parabolaFigure(groups, { width: 400, height: 200 }).marks.map(({ text }) => text);
    expect(notes).toContain("1 group all wrong");
    expect(notes).toContain("1 group all right");
  });
  it("counts the groups that teach nothing", () => {
    expect(parabolaSentence(groups)).toContain("Of 4 groups, 50 % have no variance");
  });
});

describe("forecasts", () => {
  const forecasts = forecastsOf(groups, judged);
  it("meet their outcomes, and the unreadable are counted", () => {
    expect(forecasts.pairs).toHaveLength(3);
    expect(forecastSentence(forecasts)).toContain("1 of 3 forecasts could not be read");
    expect(forecastSentence(forecasts)).toContain("agree in rank with 1.00");
  });
  it("puts studied prompts without a readable forecast on the margin, left of zero", () => {
    const unread = { ...group(1, [1, 1, 0, 0], null), sample: 2 };
    const dots = forecastDots(forecastsOf([...groups, unread], judged));
    expect(dots.filter(({ x }) => x < 0).map(({ y, n }) => [y, n])).toEqual([[0.25, 1]]);
  });
  it("tells how forecasts fare where nobody selected, and lists them", () => {
    const probe = (step: number, forecasts: (number | null)[]): ForecastProbe => ({
      type: "forecasts.probed",
      atMs: 1,
      round: 1,
      step,
      by: "words",
      samples: [7, 8, 9],
      forecasts,
      variances: [0, 0.1, 0.2],
      tokens: 1,
      elapsedMs: 1,
    });
    const probes = [probe(10, [0.1, null, 0.2]), probe(20, [0.2, 0.1, 0]), probe(30, [0.1, 0.1, 0.1])];
    expect(offSelectionSentence(probes)).toBe(
      " On 3 samples that nobody selected they agree with 1.00, -1.00 and no value at steps 10, 20 and 30.",
    );
    expect(offSelectionSentence([])).toBe("");
    const table = forecastTable(groups, probes.slice(0, 1));
    expect(table.rows.at(-2)).toEqual([10, 8, "", "0.100", "unread", "probe, not studied"]);
    expect(table.rows).toHaveLength(3 + 3);
  });
  it("has a line for a perfect forecast and one for what n rollouts would show of it", () => {
    expect(forecastCurves(8).map(({ points }) => points[1])).toEqual([
      [0.25, 0.25],
      [0.25, 0.25 * 0.875],
    ]);
  });
  it("does not rank forecasts that never vary", () => {
    const same = {
      pairs: [0, 1, 2].map((i) => ({ predicted: 0.1, observed: i / 10 })),
      asked: 3,
      unparsed: 0,
    };
    expect(forecastSentence({ ...same, unread: [] })).toContain("cannot be compared by rank");
  });
});

describe("the frontier", () => {
  it("is the mean of a step's groups", () => {
    expect(frontier(groups)[2]).toEqual({ step: 3, reward: 0.625, variance: 0.09375, dead: 0.5 });
  });
  it("is compared with another order up to the same step only", () => {
    const own = [1, 2, 3, 4].map((step) => group(step, [1, 0, 0, 0]));
    const other = [1, 2, 3, 4, 5, 6].map((step) => group(step, step > 4 ? [1, 1, 1, 1] : [1, 1, 0, 0]));
    expect(frontierSentence(own, { name: "random order", groups: other })).toContain(
      "25 % of the time at first and 25 % lately (random order: 50 % lately)",
    );
    expect(parabolaSentence(own, { name: "random order", groups: other })).toContain(
      "For comparison, random order: 0 % and 0.250 by the same step.",
    );
  });
});

describe("the choice of a step", () => {
  const own = [
    { ...group(1, [1, 0, 0, 1], 0.25), sample: 3 },
    { ...group(1, [0, 0, 0, 0], 0), sample: 1 },
  ];
  it("ranks candidates by forecast, the unreadable by its stand-in, and marks random draws and outcome", () => {
    expect(
      candidatesOf(judged[0], own).map((c) => [c.sample, c.rank, c.chosen, c.explored, c.observed]),
    ).toEqual([
      [3, 1, true, false, 0.25],
      [2, 2, false, false, null],
      [1, 3, true, true, 0],
    ]);
  });
  it("says who was chosen, what that beat, and what came of it", () => {
    expect(choiceSentence(judged[0], own)).toBe(
      "Step 1: of 3 candidates it studied the 1 with the highest forecasts, 0.25 to 0.25, and 1 drawn at random; " +
        "the best left out had 0.10. Their rewards then varied by 0.125 on average; 1 of 2 taught nothing.",
    );
    const why = choiceTable(judged[0], own, (sample) => `q${sample}`).rows.map((row) => row[4]);
    expect(why).toEqual([
      "forecast 0.25, rank 1 of 3",
      "forecast unreadable, counted as 0.10",
      "drawn at random: the random slice",
    ]);
  });
  it("says that equals were decided at random", () => {
    const even: Judged = { ...judged[0], forecasts: [0, 0, 0.25], selected: [3, 2], exploration: [] };
    expect(choiceSentence(even, own)).toContain(
      "; 2 shared the last place, and 1 of them were drawn at random.",
    );
    expect(choiceTable(even, own, String).rows[1][4]).toBe(
      "forecast 0.00, rank 2 of 3, equal to 1 other: decided at random",
    );
  });
  it("names only ranks where nothing was forecast", () => {
    const uniform: Judged = {
      ...judged[0],
      forecasts: [null, null, null],
      ranking: [0, 0, 0],
      exploration: [],
    };
    expect(choiceSentence(uniform, own)).toMatch(/^Step 1: of 3 candidates 2 were studied\./);
  });
  it("draws a row a candidate, at most twenty-four", () => {
    const rows = (count: number) => {
      const many = Array.from({ length: count }, (_, i) => i);
      const step: Judged = { ...judged[0], candidates: many, forecasts: many.map(() => 0.1), selected: [0] };
      return choiceFigure(step, [], String, 560).marks.filter(({ tag }) => tag === "g").length;
    };
    expect([rows(3), rows(100)]).toEqual([3, 24]);
  });
});

describe("the inspectors", () => {
  const mixed: Group = {
    ...group(2, [1, 0]),
    texts: ["so 4", "so"],
    tokenEntropy: [
      [0.5, 1.5, 0],
      [0.5, 0.1],
    ],
    tokenChars: [[2, 2, 0], []],
    moved: [0.2, -0.1],
  };
  it("parts an answer into its tokens where the log can", () => {
    const [first, second] = answersOf(mixed);
    expect(first.pieces).toEqual([
      { text: "so", entropyNats: 0.5 },
      { text: " 4", entropyNats: 1.5 },
      { text: "⏹", entropyNats: 0 },
    ]);
    expect(second.pieces).toEqual([{ text: "so", entropyNats: NaN }]);
    expect(second.meanNats).toBeCloseTo(0.3, 12);
  });
  it("tells which way the step moved good and bad answers, and opens on a group that was measured", () => {
    expect(groupSentence(mixed)).toContain("above the mean by +0.20 nats and of those below by −0.10");
    expect(openingGroup([groups[0], mixed, groups[1]])).toBe(1);
    expect(openingGroup(groups)).toBe(groups.length - 1);
    expect(answerTable(mixed).rows[0]).toEqual(["so 4", 1, "+0.50", "0.667", "+0.20", "0.5 1.5 0"]);
  });
  it("says what became of a judgment, and what nobody knows", () => {
    const own = [{ ...group(1, [1, 0, 0, 1], 0.25), sample: 3 }];
    const [studied, unread] = shownJudgments(judged, own);
    expect(judgmentSentence(studied)).toBe(
      "Step 1: it forecast 0.250, rank 1 of 3. Its rewards then varied by 0.250: judgment reward 0.90 against a baseline of 0.00, so these words became likelier.",
    );
    expect(judgmentSentence(unread)).toContain("no number that can be read");
    expect(judgmentSentence(unread)).toContain("nobody knows");
  });
});

describe("the time of a step", () => {
  const steps = [
    { step: 1, judge: 0, rollout: 1000, train: 1000 },
    { step: 2, judge: 1000, rollout: 1000, train: 1000 },
  ];
  it("is told by part", () => {
    expect(stepTimeSentence(steps)).toBe(
      "A step took 2.5 s on average: judging 20 %, rollouts 40 %, training 40 %. Without judging the same steps would have taken 20 % less.",
    );
    expect(stepTimeSentence(steps.slice(0, 1))).toContain("Nothing was judged");
  });
  it("stacks its parts to its whole", () => {
    const { marks } = stepTimeFigure(steps, { width: 400, height: 200, steps: 2 });
    const bars = marks.filter(({ tag }) => tag === "rect").slice(3);
    const [judge, rollout, train] = bars.map(({ attrs }) => attrs);
    expect(Number(judge.y)).toBeCloseTo(Number(rollout.y) + Number(rollout.height), 0);
    expect(Number(rollout.y)).toBeCloseTo(Number(train.y) + Number(train.height), 0);
  });
});
