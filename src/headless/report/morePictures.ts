// Further pictures of a report: how often samples were picked, how their ranks moved, difficulty against score.
import { count, percent, score } from "../../lib/format";
import { linear, niceCeil } from "../../ui/charts/scale";
import { circle, label, path, rect, through, type Mark } from "../../ui/charts/scene";
import type { Gathered } from "./gather";
import type { Picture } from "./pictures";

const WIDTH = 860;
/** Samples by name in a table at most: the rest is in the log. */
const TABLE_ROWS = 40;

export function frequency(data: Gathered): Picture | null {
  const { pool, rounds } = data;
  if (rounds.length < 2 || pool.length === 0) return null;
  const times = new Map<number, number>();
  let picks = 0;
  for (const round of rounds) {
    for (const { sample } of round.picks) times.set(sample, (times.get(sample) ?? 0) + 1);
    picks += round.picks.length;
  }
  const sorted = [...times].sort((a, b) => b[1] - a[1]);
  const most = sorted[0]?.[1] ?? 1;
  const height = 160;
  const x = linear([0, sorted.length], [30, WIDTH - 8]);
  const y = linear([0, most], [height - 20, 8]);
  const marks: Mark[] = sorted.map(([, n], i) =>
    rect(x(i), y(n), Math.max(0.5, x(i + 1) - x(i) - 0.3), y(0) - y(n), { fill: "var(--e3)" }),
  );
  marks.push(
    label(24, y(most) + 4, String(most), { "text-anchor": "end", fill: "var(--faint)" }),
    label(24, y(0), "0", { "text-anchor": "end", fill: "var(--faint)" }),
  );
  // Uniform draws without replacement inside a round: what random order would reach on average.
  const missed = rounds.reduce((share, r) => share * (1 - r.picks.length / pool.length), 1);
  return {
    id: "frequency",
    question: "Is it fair, or stuck?",
    sentence: `${count(picks)} picks fell on ${count(times.size)} of ${count(pool.length)} samples (${percent(times.size / pool.length)}); random order would reach ${percent(1 - missed)} on average. The most picked sample was picked in ${count(most)} of ${count(rounds.length)} rounds.`,
    figure: { width: WIDTH, height, marks },
    table: {
      head: ["sample", "prompt", "times picked"],
      rows: sorted
        .slice(0, TABLE_ROWS)
        .map(([sample, n]) => [
          pool[sample]?.sampleId ?? String(sample),
          pool[sample]?.prompt ?? "",
          String(n),
        ]),
    },
  };
}

/** Ranks, 1 = highest score; samples without a score have none. */
function ranksOf(scores: readonly number[]): (number | null)[] {
  const order = scores.map((_, i) => i).filter((i) => !Number.isNaN(scores[i]));
  order.sort((a, b) => scores[b] - scores[a] || a - b);
  const out = new Array<number | null>(scores.length).fill(null);
  order.forEach((sample, i) => (out[sample] = i + 1));
  return out;
}

export function rankFlow(data: Gathered): Picture | null {
  const rounds = data.rounds.filter((r) => r.scores.some((v) => !Number.isNaN(v)));
  if (rounds.length < 2) return null;
  const ranks = rounds.map((r) => ranksOf(r.scores));
  const last = ranks.length - 1;
  const moved = data.pool
    .map((_, sample) => ({ sample, from: ranks[0][sample], to: ranks[last][sample] }))
    .filter((m): m is { sample: number; from: number; to: number } => m.from !== null && m.to !== null)
    .sort((a, b) => a.to - a.from - (b.to - b.from));
  if (moved.length === 0) return null;
  const middle = Math.floor(moved.length / 2);
  const shown = [...new Set([...moved.slice(0, 4), ...moved.slice(middle, middle + 4), ...moved.slice(-4)])];
  const [height, left] = [260, 40];
  const x = linear([0, last], [left, WIDTH - 90]);
  const y = linear([1, data.pool.length], [10, height - 20]);
  const marks: Mark[] = rounds.map((r, i) =>
    label(x(i), height - 4, `round ${r.round}`, {
      "text-anchor": i === 0 ? "start" : "middle",
      fill: "var(--faint)",
    }),
  );
  for (const { sample, from, to } of shown) {
    const points = ranks.map((r, i) => [x(i), r[sample] === null ? NaN : y(r[sample] ?? 0)] as const);
    const color = to < from ? "var(--pick)" : to > from ? "var(--e3)" : "var(--edge)";
    marks.push(
      path(through(points), { fill: "none", stroke: color, "stroke-width": 1.8 }),
      label(WIDTH - 84, y(to) + 4, data.pool[sample].sampleId, { fill: "var(--soft)" }),
    );
  }
  return {
    id: "ranks",
    question: "Who rose, who was mastered?",
    sentence: `Rank by score, 1 on top: the four samples that rose most, the four that fell most and four from the middle. ${data.pool[moved[0].sample].sampleId} rose from ${count(moved[0].from)} to ${count(moved[0].to)}.`,
    figure: { width: WIDTH, height, marks },
    table: {
      head: ["sample", ...rounds.map((r) => `round ${r.round}`)],
      rows: shown.map(({ sample }) => [
        data.pool[sample].sampleId,
        ...ranks.map((r) => String(r[sample] ?? "–")),
      ]),
    },
  };
}

export function difficulty(data: Gathered): Picture | null {
  const first = data.rounds.find((r) => r.scores.some((v) => !Number.isNaN(v)));
  const points = data.pool
    .map((sample, i) => ({ sample, hard: sample.difficulty ?? NaN, value: first?.scores[i] ?? NaN }))
    .filter((p) => !Number.isNaN(p.hard) && !Number.isNaN(p.value));
  const hardest = Math.max(...points.map((p) => p.hard));
  const easiest = Math.min(...points.map((p) => p.hard));
  if (!first || points.length === 0 || hardest === easiest) return null;
  const height = 240;
  const x = linear([easiest, hardest], [50, WIDTH - 20]);
  const top = niceCeil(Math.max(...points.map((p) => p.value)));
  const y = linear([0, top], [height - 24, 10]);
  const marks: Mark[] = points.map((p) =>
    circle(x(p.hard), y(p.value), 2.4, { fill: "var(--e3)", opacity: 0.45 }),
  );
  for (const end of [easiest, hardest])
    marks.push(label(x(end), height - 6, String(end), { "text-anchor": "middle", fill: "var(--faint)" }));
  for (const end of [0, top])
    marks.push(label(44, y(end) + 4, end.toFixed(1), { "text-anchor": "end", fill: "var(--faint)" }));
  const levels = [...new Set(points.map((p) => p.hard))].sort((a, b) => a - b);
  const meanAt = (level: number) => {
    const own = points.filter((p) => p.hard === level);
    return own.reduce((sum, p) => sum + p.value, 0) / own.length;
  };
  return {
    id: "difficulty",
    question: "Is “hard” the same as “informative”?",
    sentence: `The dataset's difficulty (across) against the score of round ${first.round} (up) for ${count(points.length)} samples.`,
    figure: { width: WIDTH, height, marks },
    table: {
      head: ["difficulty", "samples", "mean score"],
      rows: levels
        .slice(0, TABLE_ROWS)
        .map((l) => [
          String(l),
          String(points.filter((p) => p.hard === l).length),
          score(meanAt(l), data.unit),
        ]),
    },
  };
}
