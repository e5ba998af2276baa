// Is “hard” the same as “informative”? The dataset's own difficulty against the score of the first scored round.
import { nice } from "d3-array";
import { count, score } from "../../lib/format";
import type { RunView } from "../../log/view";
import { scatter, type Dot } from "../../ui/charts/scatter";
import type { Picture } from "../picture";

interface Point {
  hard: number;
  value: number;
}

function pointsOf(run: RunView): Point[] {
  const scores = run.rounds.find((round) => round.scores)?.scores;
  return run.samples
    .map((sample, i) => ({ hard: sample.difficulty ?? NaN, value: scores?.[i] ?? NaN }))
    .filter((point) => !Number.isNaN(point.hard) && !Number.isNaN(point.value));
}

/** Difficulties that occur, easiest first. */
const levelsOf = (points: readonly Point[]): number[] =>
  [...new Set(points.map(({ hard }) => hard))].sort((a, b) => a - b);

/** Samples at nearly the same place are one dot, whose area is their number; 10,000 single dots would be unreadable. */
function dotsOf(points: readonly Point[], top: number, unit: string): Dot[] {
  const places = new Map<string, Dot>();
  for (const { hard, value } of points) {
    const y = (Math.round((value / top) * 60) / 60) * top;
    const dot = places.get(`${hard} ${y}`) ?? { x: hard, y, n: 0, color: "var(--e3)", title: "" };
    dot.n++;
    dot.title = `${count(dot.n)} of difficulty ${hard}, about ${score(y, unit)}`;
    places.set(`${hard} ${y}`, dot);
  }
  return [...places.values()];
}

const unitOf = (run: RunView): string => run.rounds.find((round) => round.scores)?.unit ?? "nats";

export const picture: Picture = {
  id: "difficulty",
  place: 120,
  question: "Is “hard” the same as “informative”?",
  follows: ["scores", "pool", "run"],
  applies: ({ run }) => levelsOf(pointsOf(run)).length > 1,
  sentence({ run }) {
    const round = run.rounds.find(({ scores }) => scores)?.round ?? 1;
    return `The dataset’s difficulty (across) against the score of round ${round} (up) for ${count(pointsOf(run).length)} samples.`;
  },
  figure({ run }, width) {
    const points = pointsOf(run);
    const levels = levelsOf(points);
    const top = nice(0, points.reduce((most, { value }) => Math.max(most, value), 0) || 1, 5)[1];
    const room = (levels[levels.length - 1] - levels[0]) * 0.03;
    const dots = dotsOf(points, top, unitOf(run));
    const most = dots.reduce((largest, { n }) => Math.max(largest, n), 1);
    return scatter({
      width,
      height: 290,
      xDomain: [levels[0] - room, levels[levels.length - 1] + room],
      yDomain: [0, top],
      xName: "difficulty",
      yName: `score, ${unitOf(run)}`,
      dots,
      curves: [],
      radius: Math.min(3, 12 / Math.sqrt(most)),
    });
  },
  table({ run }) {
    const points = pointsOf(run);
    return {
      columns: ["#Difficulty", "#Samples", "#Mean score"],
      rows: levelsOf(points).map((level) => {
        const own = points.filter(({ hard }) => hard === level);
        return [level, own.length, score(own.reduce((sum, p) => sum + p.value, 0) / own.length, unitOf(run))];
      }),
    };
  },
  key: () => [{ mark: "k-e3 k-round", text: "samples; a dot’s area says how many" }],
};
