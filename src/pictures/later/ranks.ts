// Who rose, who was mastered? Ranks by score over the rounds: the samples that moved most and some in between.
import { scaleLinear } from "d3-scale";
import { count } from "../../lib/format";
import { ranksOf } from "../../log/order";
import type { RunView } from "../../log/view";
import { label, path, through, type Mark } from "../../ui/charts/scene";
import type { Picture } from "../picture";

interface Moved {
  sample: number;
  from: number;
  to: number;
}

/** Rounds with their ranks: 1 = highest score, 0 = not scored. */
const ranked = (run: RunView): { round: number; ranks: Uint32Array }[] =>
  run.rounds.flatMap(({ round, scores }) => (scores ? [{ round, ranks: ranksOf(scores) }] : []));

/** Samples with a rank at both ends, those that rose most first. */
function movedOf(run: RunView): Moved[] {
  const rounds = ranked(run);
  const [first, last] = [rounds[0]?.ranks, rounds.at(-1)?.ranks];
  if (rounds.length < 2 || !first || !last) return [];
  return run.samples
    .map((_, sample) => ({ sample, from: first[sample], to: last[sample] }))
    .filter(({ from, to }) => from > 0 && to > 0)
    .sort((a, b) => a.to - a.from - (b.to - b.from));
}

/** The four that rose most, four from the middle, the four that fell most. */
function shownOf(moved: readonly Moved[]): Moved[] {
  const middle = Math.floor(moved.length / 2);
  return [...new Set([...moved.slice(0, 4), ...moved.slice(middle, middle + 4), ...moved.slice(-4)])];
}

const color = ({ from, to }: Moved): string =>
  to < from ? "var(--pick)" : to > from ? "var(--e3)" : "var(--edge)";

export const picture: Picture = {
  id: "ranks",
  place: 110,
  question: "Who rose, who was mastered?",
  follows: ["scores", "pool", "run"],
  applies: ({ run }) => movedOf(run).length > 0,
  sentence({ run }) {
    const [top] = movedOf(run);
    const name = run.samples[top.sample].sampleId;
    return (
      `Rank by score, 1 on top: the four samples that rose most, the four that fell most and four from the middle. ` +
      `${name} ${top.to < top.from ? "rose" : "went"} from ${count(top.from)} to ${count(top.to)}.`
    );
  },
  figure({ run }, width) {
    const rounds = ranked(run);
    const last = rounds.length - 1;
    const shown = shownOf(movedOf(run));
    const longest = Math.max(...shown.map(({ sample }) => run.samples[sample].sampleId.length));
    const names = Math.min(width / 3, 12 + 6.4 * longest);
    const height = 260;
    const x = scaleLinear([0, last], [40, width - names]);
    const y = scaleLinear([1, Math.max(2, run.samples.length)], [12, height - 24]);
    const marks: Mark[] = rounds.map(({ round }, i) =>
      label(x(i), height - 5, i === 0 || width > 480 ? `round ${round}` : String(round), {
        "text-anchor": i === 0 ? "start" : "middle",
        fill: "var(--faint)",
      }),
    );
    for (const end of [1, run.samples.length])
      marks.push(label(34, y(end) + 4, count(end), { "text-anchor": "end", fill: "var(--faint)" }));
    const ends = shown.map(({ to }) => y(to));
    for (const one of shown) {
      const points = rounds.map(({ ranks }, i): [number, number] => [
        x(i),
        ranks[one.sample] > 0 ? y(ranks[one.sample]) : NaN,
      ]);
      marks.push(path(through(points), { fill: "none", stroke: color(one), "stroke-width": 1.8 }));
    }
    // Names that would lie on one another are moved apart, the highest first.
    let free = -Infinity;
    for (const i of shown.map((_, at) => at).sort((a, b) => ends[a] - ends[b])) {
      const at = Math.max(ends[i] + 4, free);
      free = at + 12;
      marks.push(label(x(last) + 6, at, run.samples[shown[i].sample].sampleId, { fill: "var(--soft)" }));
    }
    return { width, height: Math.max(height, free), marks };
  },
  table({ run }) {
    const rounds = ranked(run);
    return {
      columns: ["Sample", ...rounds.map(({ round }) => `#Round ${round}`)],
      rows: shownOf(movedOf(run)).map(({ sample }) => [
        run.samples[sample].sampleId,
        ...rounds.map(({ ranks }) => (ranks[sample] > 0 ? ranks[sample] : "–")),
      ]),
    };
  },
  key: () => [
    { mark: "k-line k-pick", text: "rose" },
    { mark: "k-line k-e3", text: "fell" },
  ],
};
