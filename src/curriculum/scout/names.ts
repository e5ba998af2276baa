// A name for each neighbourhood: the pair of words (or the word) that its texts share and others do not.
import { wordsOf } from "./grams";

/** Texts a group that its name is made of. */
const READ = 200;
/** Characters of a text that stands in where no words are shared. */
const SHOWN = 28;

/**
 * Names, all different, one a group.
 *
 * @param of group of each text
 */
export function namesOf(of: readonly number[], groups: number, textOf: (i: number) => string): string[] {
  const first: number[] = [];
  const counts: Map<string, number>[] = Array.from({ length: groups }, () => new Map<string, number>());
  const read = new Array<number>(groups).fill(0);
  const everywhere = new Map<string, number>();
  of.forEach((group, i) => {
    first[group] ??= i;
    if (read[group] >= READ) return;
    read[group]++;
    for (const name of new Set(candidates(wordsOf(textOf(i))))) {
      counts[group].set(name, (counts[group].get(name) ?? 0) + 1);
      everywhere.set(name, (everywhere.get(name) ?? 0) + 1);
    }
  });
  const all = read.reduce((sum, n) => sum + n, 0);
  const taken = new Set<string>();
  return counts.map((own, group) => {
    // How many of its texts have it, times how rare it is in all; the first of equals.
    let best = "";
    let most = 0;
    for (const [name, n] of own) {
      const value =
        (n / read[group]) * Math.log((all + 1) / everywhere.get(name)!) * (name.includes(" ") ? 1.2 : 1);
      if (value > most && !taken.has(name)) [best, most] = [name, value];
    }
    const base = best || textOf(first[group]).trim().slice(0, SHOWN) || "without words";
    let name = base;
    for (let again = 2; taken.has(name); again++) name = `${base} (${again})`;
    taken.add(name);
    return name;
  });
}

/** Pairs of neighbouring words, and single words; of letters only, three or more each. */
function candidates(words: readonly string[]): string[] {
  const fit = words.map((word) => /^\p{L}{3,}$/u.test(word));
  const single = words.filter((_, i) => fit[i]);
  const pairs = words.slice(1).flatMap((word, i) => (fit[i] && fit[i + 1] ? [`${words[i]} ${word}`] : []));
  return [...pairs, ...single];
}
