// Is it fair, or stuck? How often each sample was picked, most picked first.
import { scaleLinear } from "d3-scale";
import { count, percent } from "../../lib/format";
import type { RunView } from "../../log/view";
import { label, rect, type Mark } from "../../ui/charts/scene";
import type { Picture } from "../picture";

/** [sample, times picked], most often first. */
function timesPicked({ rounds }: RunView): [number, number][] {
  const times = new Map<number, number>();
  for (const { picks } of rounds)
    for (const { sample } of picks ?? []) times.set(sample, (times.get(sample) ?? 0) + 1);
  return [...times].sort((a, b) => b[1] - a[1] || a[0] - b[0]);
}

const chosen = ({ rounds }: RunView) => rounds.flatMap(({ picks }) => (picks ? [picks] : []));

export const picture: Picture = {
  id: "frequency",
  place: 100,
  question: "Is it fair, or stuck?",
  follows: ["picks", "pool", "run"],
  applies: ({ run }) => run.samples.length > 0 && chosen(run).length > 1,
  sentence({ run }) {
    const size = run.samples.length;
    const rounds = chosen(run);
    const times = timesPicked(run);
    const picks = rounds.reduce((sum, { length }) => sum + length, 0);
    // Uniform draws without replacement inside a round: what random order would reach on average.
    const missed = rounds.reduce((share, { length }) => share * (1 - length / size), 1);
    return (
      `${count(picks)} picks fell on ${count(times.length)} of ${count(size)} samples (${percent(times.length / size)}); ` +
      `random order would reach ${percent(1 - missed)} on average. The most picked sample was picked in ` +
      `${count(times[0]?.[1] ?? 0)} of ${count(rounds.length)} rounds.`
    );
  },
  figure({ run }, width) {
    const times = timesPicked(run);
    const most = times[0]?.[1] ?? 1;
    const height = 160;
    const x = scaleLinear([0, times.length], [30, width - 8]);
    const y = scaleLinear([0, most], [height - 20, 8]);
    // Samples picked equally often are one bar.
    const marks: Mark[] = [];
    for (let from = 0, to = 0; from < times.length; from = to) {
      while (to < times.length && times[to][1] === times[from][1]) to++;
      const n = times[from][1];
      marks.push(rect(x(from), y(n), x(to) - x(from) - 0.5, y(0) - y(n), { fill: "var(--e3)" }));
    }
    marks.push(
      label(24, y(most) + 4, String(most), { "text-anchor": "end", fill: "var(--faint)" }),
      label(24, y(0), "0", { "text-anchor": "end", fill: "var(--faint)" }),
      label(x(0), height - 4, "most picked", { fill: "var(--faint)" }),
      label(x(times.length), height - 4, `${count(times.length)} samples`, {
        "text-anchor": "end",
        fill: "var(--faint)",
      }),
    );
    return { width, height, marks };
  },
  table: ({ run }) => ({
    columns: ["Sample", "Question", "#Times picked"],
    rows: timesPicked(run).map(([sample, n]) => [
      run.samples[sample]?.sampleId ?? String(sample),
      run.samples[sample]?.prompt ?? "",
      n,
    ]),
  }),
  key: () => [{ mark: "k-e3", text: "times picked, a sample after another" }],
};
