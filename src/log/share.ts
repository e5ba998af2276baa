// The share of time spent on choosing: one definition with one denominator for the whole page. Pure.
import { costOf } from "./phases";
import type { RunView } from "./view";

/** Scoring and judging, as a share of the time for choosing and learning; testing, loading, saving left out. null before there is any. */
export function choosingShare({ spentMs }: RunView): number | null {
  const choosing = spentMs.score + spentMs.judge;
  const all = costOf(spentMs);
  return all > 0 ? choosing / all : null;
}

/** What it is a share of. */
export const SHARE_OF = "of the time for choosing and training";
