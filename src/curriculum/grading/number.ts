// Numbers in answers. What counts as one, and what it is worth:
//   1,234.5  1 234  1.234,5  1'234  1_000 thousands in groups of three; 12,5 and 0,500 have a decimal comma
//   −5  1e3  .5  ½  3/4  1 1/2  \frac34  minus signs of every kind, fractions, mixed numbers
//   1.5×10^3  10³                        powers of ten
//   50%  $18  12km  5th  \boxed{42}      a unit before or behind changes nothing; % divides by 100 where only one side has it
//   10-5  2024-05-17  1.2.3  x2  3:15  2^3  no numbers: a sum, a date, a version, a name, a time, another power

/** A number as it was written. */
export interface Read {
  value: number;
  /** Its digits where it is a whole number too large to be held exactly. */
  exact: string | null;
  percent: boolean;
}

const MINUS = /[\u2212\u2010\u2011\u2012\u2013\ufe63\uff0d]/gu;
const SPACES = /[\u00a0\u2007\u2009\u202f]/gu;

const SUPERSCRIPTS = "\u2070\u00b9\u00b2\u00b3\u2074\u2075\u2076\u2077\u2078\u2079";

/** Digits of any script as 0–9, one kind of minus and of narrow space, ½ as 1/2, LaTeX's fractions and powers of ten. */
function ascii(text: string): string {
  return powers(digits(text))
    .replace(
      /\\[dtc]?frac(?:\{(-?\d+)\}\{(\d+)\}|(\d)(\d))/g,
      (_, a?: string, b?: string, c?: string, d?: string) => `\u0000${a ?? c}/${b ?? d}`,
    )
    .replace(/(\d)\u0000/g, "$1 ")
    .replaceAll("\u0000", "")
    .replace(/(?<=\d)['\u2019](?=\d{3}(?!\d))/g, "");
}

/** 1.5×10^3 as 1.5e3; a power of another number is none that is read. */
const powers = (text: string): string =>
  text
    .replace(
      /10(?:[\u00b2\u00b3\u00b9\u2070-\u2079]+)/gu,
      (power) => `10^${[...power.slice(2)].map((sign) => SUPERSCRIPTS.indexOf(sign)).join("")}`,
    )
    .replace(/(?<=\d) ?(?:[×·*x]|\\times|\\cdot) ?10\^\{?(-?\d+)\}?/g, "e$1")
    .replace(/(?<![\d.,])10\^\{?(-?\d+)\}?/g, "1e$1")
    .replace(/\d[\d.,]*\^\{?-?\d+\}?/g, "_")
    .replace(/(?<=[\p{L})])\^\{?-?\d+\}?/gu, "");

function digits(text: string): string {
  return text
    .normalize("NFC")
    .replace(/(\d?)([\u00bc-\u00be\u2150-\u215e\u2189])/gu, (_, whole: string, sign: string) =>
      whole === "" ? sign.normalize("NFKC") : `${whole} ${sign.normalize("NFKC")}`,
    )
    .replaceAll("\u2044", "/")
    .replace(/\p{Nd}/gu, (digit) => String(digitValue(digit)))
    .replace(MINUS, "-")
    .replace(SPACES, " ");
}

/** Decimal digits stand in runs of ten, whose zero is the one whose predecessor is no digit. */
function digitValue(digit: string): number {
  const code = digit.codePointAt(0)!;
  if (code >= 0x30 && code <= 0x39) return code - 0x30;
  const isDigit = (at: number) => /^\p{Nd}$/u.test(String.fromCodePoint(at));
  let run = 0;
  while (run < 50 && isDigit(code - run - 1)) run++;
  return run % 10;
}

/** Digits with what may stand between them. */
const WORD = /(?<![\p{L}\p{N}_.,])[-+]?(?:\d[\d.,_:/-]*|\.\d+)(?:[eE][-+]?\d+)?/gu;
const PLAIN = /^[-+]?(?:\d+(?:\.\d*)?|\.\d+)(?:[eE][-+]?\d+)?$/;
const GROUPS = /^[-+]?\d{1,3}(?:,\d{3})+(?:\.\d+)?$/;
const DOTS = /^[-+]?\d{1,3}(?:\.\d{3}){2,}(?:,\d+)?$/;
const DOTS_AND_COMMA = /^[-+]?\d{1,3}(?:\.\d{3})+,\d+$/;
const COMMA = /^[-+]?\d+,\d+$/;
const UNDERSCORES = /^[-+]?\d{1,3}(?:_\d{3})+(?:\.\d+)?$/;

/** One word as a number; null where it is none. */
function numberOf(word: string): Omit<Read, "percent"> | null {
  const [over, under, ...more] = word.split("/");
  if (under !== undefined) {
    const [a, b] = [numberOf(over), numberOf(under)];
    if (more.length > 0 || !a || !b || b.value === 0 || /^[-+]/.test(under)) return null;
    return { value: a.value / b.value, exact: null };
  }
  let plain: string;
  if (PLAIN.test(word)) plain = word;
  else if (GROUPS.test(word) && !/^[-+]?0/.test(word)) plain = word.replaceAll(",", "");
  else if (UNDERSCORES.test(word)) plain = word.replaceAll("_", "");
  else if (DOTS.test(word) || DOTS_AND_COMMA.test(word)) plain = word.replaceAll(".", "").replace(",", ".");
  else if (COMMA.test(word)) plain = word.replace(",", ".");
  else return null;
  const value = Number(plain);
  if (!Number.isFinite(value)) return null;
  const isLarge = Math.abs(value) > Number.MAX_SAFE_INTEGER && /^[-+]?\d+$/.test(plain);
  return { value, exact: isLarge ? plain.replace(/^\+/, "").replace(/^(-?)0+(?=\d)/, "$1") : null };
}

/** Every number in a text, in order. */
function numbers(text: string): Read[] {
  // Groups parted by spaces become one word, and a mixed number one fraction's worth.
  const joined = ascii(text).replace(
    /(?<![\d.,])(\d{1,3})((?: \d{3})+)(?![\d])/g,
    (_, first: string, rest: string) => first + rest.replaceAll(" ", ""),
  );
  const found: Read[] = [];
  let end = -1;
  let whole: number | null = null;
  for (const match of joined.matchAll(WORD)) {
    const word = match[0].replace(/[.,:/_-]+$/, "");
    const read = numberOf(word);
    const after = joined.slice(match.index + word.length);
    const between = joined.slice(end, match.index);
    end = match.index + word.length;
    if (!read) {
      whole = null;
      continue;
    }
    const isMixed = whole !== null && between === " " && /^\d+\/\d+$/.test(word) && read.value < 1;
    if (isMixed) {
      found.pop();
      found.push({
        value: whole! + Math.sign(whole! || 1) * read.value,
        exact: null,
        percent: /^ ?%/.test(after),
      });
    } else found.push({ ...read, percent: /^ ?%/.test(after) });
    whole = /^-?\d+$/.test(word) ? read.value : null;
  }
  return found;
}

/** The last number in a text, one in brackets only where there is no other; null where there is none. */
export function lastNumber(text: string): Read | null {
  const outside = numbers(text.replace(/\([^()]*\)/g, " "));
  return outside.at(-1) ?? numbers(text).at(-1) ?? null;
}

/** Whether the last numbers of two texts are the same within `tolerance`. */
export function sameNumber(text: string, answer: string, tolerance: number): boolean {
  const [got, want] = [lastNumber(text), lastNumber(answer)];
  if (!got || !want) return false;
  if (got.exact !== null && want.exact !== null && tolerance < 1) return got.exact === want.exact;
  const near = (a: number, b: number) => Math.abs(a - b) <= tolerance;
  if (near(got.value, want.value)) return true;
  if (got.percent === want.percent) return false;
  return got.percent ? near(got.value / 100, want.value) : near(got.value, want.value / 100);
}
