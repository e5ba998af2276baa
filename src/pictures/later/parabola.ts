// Where is the learning? Each group of rollouts by its mean reward and variance; groups that are all right or all
// wrong teach nothing.
import { baselineGroups } from "../reward/baseline";
import { groupTable, rolloutsOf } from "../reward/groups";
import { parabolaFigure, parabolaSentence } from "../reward/parabola";
import { SQUARE_WIDEST, type Picture } from "../picture";

export const picture: Picture = {
  id: "parabola",
  place: 51,
  question: "Where is the learning?",
  follows: ["groups", "run"],
  applies: ({ run }) => run.groups.length > 0,
  sentence: (frame) => parabolaSentence(frame.run.groups, baselineGroups(frame)),
  figure: ({ run }, width) =>
    parabolaFigure(run.groups, { width: Math.min(width, SQUARE_WIDEST), height: 290 }),
  table: ({ run }) => groupTable(run.groups),
  key: ({ run }) => [
    { mark: "k-pick k-round", text: "groups of the newest third" },
    { mark: "k-ring k-round", text: "earlier groups" },
    {
      mark: "",
      text: `line: p(1 − p); dashed: what ${rolloutsOf(run.groups)} [[rollout|rollouts]] show of it on average`,
    },
  ],
};
