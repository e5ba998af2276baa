// Answers as graders compare them: the same letters whatever their bytes, and parts found only at word borders.

/** Characters that show nothing. Joiners stay: they change words of some scripts, and emoji. */
const INVISIBLE = /[\u200b\u2060\ufeff\u00ad]/gu;

/** Unicode's composed form (NFC), any space or line break as a plain space, nothing invisible. */
export function plain(text: string): string {
  return text.normalize("NFC").replace(INVISIBLE, "").replace(/\r\n?/g, "\n");
}

/** Runs of white space as one space, none at the ends. */
export function normal(text: string): string {
  return plain(text).trim().replace(/\s+/gu, " ");
}

const WORD = /[\p{L}\p{N}\p{M}_]/u;
/** Scripts that put no space between words. */
const UNSPACED =
  /[\p{Script=Han}\p{Script=Hiragana}\p{Script=Katakana}\p{Script=Thai}\p{Script=Lao}\p{Script=Khmer}\p{Script=Myanmar}]/u;
const isJoined = (a: string, b: string): boolean =>
  WORD.test(a) && WORD.test(b) && !UNSPACED.test(a) && !UNSPACED.test(b);

const charBefore = (text: string, at: number): string =>
  Array.from(text.slice(Math.max(0, at - 2), at)).at(-1) ?? "";
const charAt = (text: string, at: number): string => {
  const code = text.codePointAt(at);
  return code === undefined ? "" : String.fromCodePoint(code);
};

/** Whether `part`, which stands at `at`, begins and ends where words do: "so" not in "also", "12" not in "123". */
export function isWhole(text: string, part: string, at: number): boolean {
  const [first, last] = [charAt(part, 0), charBefore(part, part.length)];
  const [before, after] = [charBefore(text, at), charAt(text, at + part.length)];
  return !isJoined(before, first) && !isJoined(last, after);
}

/** Where `part` stands last in the text as a whole word; −1 where it does not. */
function lastWhole(text: string, part: string): number {
  for (let at = text.lastIndexOf(part); at >= 0; at = at === 0 ? -1 : text.lastIndexOf(part, at - 1))
    if (isWhole(text, part, at)) return at;
  return -1;
}

/** What follows the last marker that is a word of its own, trimmed; all of it where there is none. */
export function finalAnswer(text: string, marker: string): string {
  const [whole, wanted] = [plain(text), plain(marker)];
  if (wanted === "") return whole.trim();
  const spaced = (one: string) => one.replace(/\s/gu, " ");
  const at = lastWhole(spaced(whole), spaced(wanted));
  return (at < 0 ? whole : whole.slice(at + wanted.length)).trim();
}

/** Same words after the marker; a full stop at the end is no difference. */
export function sameFinalAnswer(text: string, answer: string, marker: string): boolean {
  const end = (whole: string) => normal(finalAnswer(whole, marker)).replace(/(?<!\.)\.$/, "");
  return end(text) === end(answer);
}

/** Whether the text has `part` as whole words, in upper or lower case, and not as a piece of a longer number. */
export function contains(text: string, part: string): boolean {
  const [whole, wanted] = [normal(text).toLowerCase(), normal(part).toLowerCase()];
  if (wanted === "") return false;
  for (let at = whole.indexOf(wanted); at >= 0; at = whole.indexOf(wanted, at + 1)) {
    const [before, after] = [whole.slice(0, at), whole.slice(at + wanted.length)];
    const cutsNumber =
      (/^\d/.test(wanted) && /(?:\d[.,]|[-\u2212])$/.test(before)) ||
      (/\d$/.test(wanted) && /^[.,]\d/.test(after));
    if (isWhole(whole, wanted, at) && !cutsNumber) return true;
  }
  return false;
}
