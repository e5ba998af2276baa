// Test helper: texts made to be cut wrongly (odd spaces, digits of many scripts, contractions, combining marks, control tokens
// as text). Seeded, and the same line by line as scripts/tokenizers/texts.py, which explains why.
import { readFileSync } from "node:fs";
import { draws, type Draw } from "./mutate";

interface Pieces {
  odd: string[];
  words: string[];
  controls: string[];
  /** First and last code point. */
  ranges: [number, number][];
}
const PIECES = JSON.parse(readFileSync("e2e/golden/tokenizers/pieces.json", "utf8")) as Pieces;

/** @param controls control tokens may stand in it */
function textOf(draw: Draw, controls: boolean): string {
  const kind = draw.below(10);
  const times = <T>(count: number, make: () => T): T[] => Array.from({ length: count }, make);
  if (kind < 2) return times(1 + draw.below(12), () => draw.pick(PIECES.words)).join(" ");
  if (kind < 4)
    return times(1 + draw.below(16), () => {
      const [low, high] = draw.pick(PIECES.ranges);
      return String.fromCodePoint(low + draw.below(high - low + 1));
    }).join("");
  return times(2 + draw.below(11), () => {
    const odd = draw.below(12);
    return draw.pick(PIECES[odd === 0 && controls ? "controls" : odd === 1 ? "words" : "odd"]);
  }).join("");
}

/** `count` texts, each from a generator of its own. */
export function adversarialTexts(seed: number, count: number, controls = true): string[] {
  return Array.from({ length: count }, (_, index) => textOf(draws(seed + index), controls));
}
