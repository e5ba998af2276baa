// Does it stay at the edge? Mean reward of the studied prompts by step, the baseline run in grey.
import { baselineGroups } from "../reward/baseline";
import { frontierFigure, frontierSentence, frontierTable } from "../reward/frontier";
import type { KeyEntry, Picture } from "../picture";

export const picture: Picture = {
  id: "frontier",
  place: 52,
  question: "Does it stay at the edge?",
  follows: ["groups", "run"],
  applies: ({ run }) => run.groups.length > 0,
  sentence: (frame) => frontierSentence(frame.run.groups, baselineGroups(frame)),
  figure(frame, width) {
    const { groups, planned } = frame.run;
    const steps = Math.max(planned.steps, groups.at(-1)?.step ?? 0);
    return frontierFigure(groups, baselineGroups(frame)?.groups ?? null, { width, height: 290, steps });
  },
  table: ({ run }) => frontierTable(run.groups),
  key(frame) {
    const entries: KeyEntry[] = [
      { mark: "k-line k-pick", text: "mean [[reward]] of the studied prompts, each step faint" },
    ];
    const baseline = baselineGroups(frame);
    if (baseline) entries.push({ mark: "k-line k-random", text: baseline.name });
    return entries;
  },
};
