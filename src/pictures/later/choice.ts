// Which prompts did it choose, and why? The candidates of one reinforcement step in the order they were ranked.
import { choiceFigure, choiceSentence, choiceTable, ranksOnly } from "../reward/choice";
import type { Judged } from "../reward/groups";
import type { Frame, KeyEntry, Picture } from "../picture";

const stepOf = ({ run, choice }: Frame): Judged => run.judged[Math.min(choice, run.judged.length - 1)];

const promptOf =
  ({ run }: Frame) =>
  (sample: number): string =>
    run.samples[sample]?.prompt ?? `sample ${sample}`;

export const picture: Picture = {
  id: "choice",
  place: 50,
  question: "Which prompts did it choose, and why?",
  follows: ["groups", "run", "choice"],
  applies: ({ run }) => run.judged.length > 0,
  sentence: (frame) => choiceSentence(stepOf(frame), frame.run.groups),
  figure: (frame, width) => choiceFigure(stepOf(frame), frame.run.groups, promptOf(frame), width),
  table: (frame) => choiceTable(stepOf(frame), frame.run.groups, promptOf(frame)),
  key(frame) {
    const entries: KeyEntry[] = ranksOnly(stepOf(frame))
      ? [{ mark: "", text: "numbers: rank among the step’s candidates" }]
      : [
          { mark: "k-pick", text: "forecast of the studied" },
          { mark: "k-e2", text: "of those left out" },
          { mark: "k-unread", text: "unreadable: counted as the stand-in" },
        ];
    return [...entries, { mark: "k-ring k-round", text: "[[variance]] of the rewards that followed" }];
  },
};
