// Builds the Frame that a picture is drawn from out of the lab's state, and redraws only when something that the
// picture follows has changed.
import { strategyOf } from "../../log/config";
import type { Topic } from "../../log/view";
import type { Frame, Picture } from "../../pictures/picture";
import { useLab, useLabQueued, useView } from "../../store/hooks";

const choices: ReadonlySet<string> = new Set(["axis", "round", "sort", "choice"]);
const isTopic = (followed: Picture["follows"][number]): followed is Topic => !choices.has(followed);
const nothing: Frame["whole"] = {
  scoreMax: 0,
  spent: { steps: 0, trainTokens: 0, allTokens: 0, seconds: 0 },
};

export interface Followed {
  frame: Frame;
  /** Changes when the figure must be drawn again. */
  news: string;
}

/** @param follows of a picture: the same list at every call */
export function useFrame(follows: Picture["follows"]): Followed {
  const topics = follows.filter(isTopic);
  const player = useLab((state) => state.player);
  const baselinePlayer = useLabQueued((state) => state.baseline);
  const baselineEntry = useLab((state) => state.baselineEntry);
  const seeds = useLabQueued((state) => state.seeds);
  const axis = useLab((state) => (follows.includes("axis") ? state.axis : "allTokens"));
  const sort = useLab((state) => (follows.includes("sort") ? state.sort : "first-pick"));
  const focus = useLab((state) => (follows.includes("round") ? state.round : null));
  const chosen = useLab((state) => (follows.includes("choice") ? state.choice : null));
  const run = useView(player, ...topics);
  const other = useView(baselinePlayer, ...topics);
  const baseline = baselinePlayer ? other : null;
  const round = focus !== null && focus <= run.rounds.length ? focus : run.rounds.length;
  const choice = chosen ?? run.judged.length - 1;
  const whole = player?.outline ?? nothing;
  return {
    frame: {
      run,
      baseline,
      baselineStrategy: baselineEntry?.strategy ?? (baseline ? strategyOf(baseline) : ""),
      baselineRecorded: baselineEntry !== null && player?.kind !== "recorded",
      seeds,
      whole,
      axis,
      round,
      sort,
      choice,
      room: true,
    },
    news: [
      ...topics.map((topic) => `${run.version[topic]}/${other.version[topic]}`),
      ...[axis, sort, round, choice, seeds.length, whole.scoreMax, Math.round(whole.spent[axis])],
    ].join(" "),
  };
}
