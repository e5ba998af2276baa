// The sentences of the pool's pictures, computed from the data. Each is shown above its picture and is its
// accessible name.
import type { LogSample } from "../../lib/events";
import { count, digits, percent, plural, score as withUnit } from "../../lib/format";
import type { RoundView, RunView } from "../../log/view";

const counted = new WeakMap<readonly LogSample[], Map<string, number>>();

/** How often each tag occurs in the pool; counted once a pool. */
function tagCounts(samples: readonly LogSample[]): Map<string, number> {
  const known = counted.get(samples);
  if (known) return known;
  const counts = new Map<string, number>();
  for (const sample of samples)
    for (const tag of sample.tags ?? []) counts.set(tag, (counts.get(tag) ?? 0) + 1);
  counted.set(samples, counts);
  return counts;
}

/** The tag that is most over-represented among the picks, if any clearly is. */
export function favourite(
  view: RunView,
  round: RoundView,
): { tag: string; picked: number; pool: number } | null {
  const picks = round.picks;
  if (!picks || picks.length < 8) return null;
  const pool = tagCounts(view.samples);
  const picked = new Map<string, number>();
  for (const pick of picks)
    for (const tag of view.samples[pick.sample]?.tags ?? []) picked.set(tag, (picked.get(tag) ?? 0) + 1);
  let best: { tag: string; picked: number; pool: number } | null = null;
  for (const [tag, n] of picked) {
    const all = pool.get(tag) ?? n;
    const lift = n / picks.length / (all / view.samples.length);
    if (n < picks.length * 0.3 || lift < 2) continue;
    if (!best || n > best.picked) best = { tag, picked: n, pool: all };
  }
  return best;
}

/** The tiers of the built-in pools, as their generator made them. */
const tiers: Record<string, string> = {
  A: "of a kind the model has practised",
  B: "of a kind the model has met rarely",
  C: "in a wording the model has never met",
  D: "out of the model’s reach",
  N: "without a right answer",
};

export function tagWords(tag: string, pool: string): string {
  return (isBuiltin(pool) ? tiers[tag] : undefined) ?? `“${tag.replace(/_/g, " ")}”`;
}

const isBuiltin = (pool: string): boolean => /^(needle|mastered|noisy|stubborn|comm|med|law|rl)$/.test(pool);

/** What did it study, and when? */
export function studySentence(view: RunView, shown: number): string {
  const round = view.rounds[shown - 1];
  const size = view.samples.length;
  if (size === 0) return "The pool is being loaded.";
  if (!round) return `${plural(size, "question")} in the pool; nothing has been picked yet.`;
  if (!round.picks)
    return `Round ${shown} has scored ${count(round.scores ? scoredIn(round.scores) : 0)} of ${count(size)} and is about to pick.`;
  const fresh =
    shown === 1
      ? "all for the first time"
      : `${round.newPicks === 0 ? "none" : count(round.newPicks)} for the first time, ${count(round.overlap)} also in round ${shown - 1}`;
  const tag = favourite(view, round);
  const tail = tag
    ? ` ${count(tag.picked)} of them are ${tagWords(tag.tag, view.poolName)}, which is ${percent(tag.pool / size)} of the pool.`
    : "";
  return `Round ${shown} picked ${count(round.picks.length)} of ${count(size)}: ${fresh}.${tail}`;
}

const SURE = 0.01;

interface Stats {
  scored: number;
  mean: number;
  /** Share under SURE. */
  sure: number;
}

const stats = new WeakMap<Float32Array, Stats>();

/** Computed once per round; every picture uses the same result. */
function statsOf(scores: Float32Array): Stats {
  const known = stats.get(scores);
  if (known) return known;
  let sum = 0;
  let scored = 0;
  let sure = 0;
  for (const value of scores) {
    if (Number.isNaN(value)) continue;
    sum += value;
    scored++;
    if (value < SURE) sure++;
  }
  const found = { scored, mean: scored > 0 ? sum / scored : NaN, sure: scored > 0 ? sure / scored : NaN };
  stats.set(scores, found);
  return found;
}

export const scoredIn = (scores: Float32Array): number => statsOf(scores).scored;
export const meanOf = (scores: Float32Array): number => statsOf(scores).mean;
export const shareSure = (scores: Float32Array): number => statsOf(scores).sure;

/** Is it getting surer? */
export function surerSentence(view: RunView, shown: number): string {
  const scored = view.rounds.filter((round) => round.scores && round.round <= shown);
  const first = scored[0];
  const last = scored.at(-1);
  if (!first?.scores || !last?.scores)
    return view.planned.scoredPerRound === 0 && view.rounds.length > 0
      ? "This order does not score the pool, so there is no entropy to show."
      : "No round has been scored yet.";
  const unit = last.unit;
  const sure = `${percent(shareSure(last.scores))} of the pool is under ${SURE} ${unit}`;
  if (first === last)
    return `Mean entropy is ${withUnit(meanOf(last.scores), unit)} over ${count(scoredIn(last.scores))}; ${sure}.`;
  const bar =
    first.threshold !== null && last.threshold !== null
      ? `, the threshold from ${digits(first.threshold)} to ${withUnit(last.threshold, unit)}`
      : "";
  return (
    `From round ${first.round} to ${last.round} mean entropy went from ${digits(meanOf(first.scores))} to ` +
    `${withUnit(meanOf(last.scores), unit)}${bar}; ${sure}.`
  );
}

/** Why these? */
export function picksSentence(view: RunView, shown: number): string {
  const round = view.rounds[shown - 1];
  if (!round?.picks) return "The list appears when the round has picked.";
  const chosen = round.picks.filter(({ reason }) => reason === "neighbourhood").length;
  if (chosen > 0)
    return `${plural(round.picks.length, "question")}: ${count(round.picks.length - chosen)} in random order, ${count(chosen)} out of neighbourhoods that may teach more. Nothing was scored.`;
  if (round.threshold === null)
    return `${plural(round.picks.length, "question")}, drawn at random: nothing was scored, so there is no better reason.`;
  const missed = round.missed.length > 0 ? " The first rows below it are shown too." : "";
  return `The ${count(round.picks.length)} highest of ${count(round.scored)}. The last one in has ${withUnit(round.threshold, round.unit)}.${missed}`;
}
