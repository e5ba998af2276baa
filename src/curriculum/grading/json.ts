// JSON in answers: the same value whatever the order of keys, and a share of it where only some keys are right.

/** Same JSON value. Share of the reference's keys that match, for two objects; keys too many count against it. */
export function jsonReward(text: string, answer: string): number {
  const want = parse(answer);
  const got = [text, between(text, "{", "}"), between(text, "[", "]")]
    .map(parse)
    .find((value) => value !== undefined);
  if (want === undefined || got === undefined) return 0;
  if (!isObject(want) || !isObject(got)) return same(want, got) ? 1 : 0;
  const keys = Object.keys(want);
  const extra = Object.keys(got).filter((key) => !Object.hasOwn(want, key)).length;
  const right = keys.filter((key) => Object.hasOwn(got, key) && same(want[key], got[key])).length;
  return keys.length + extra === 0 ? 1 : right / (keys.length + extra);
}

/** Texts and numbers of JSON, so that numbers inside texts are left alone. */
const TOKEN = /"(?:[^"\\]|\\.)*"(\s*:)?|-?\d+(?:\.\d+)?(?:[eE][-+]?\d+)?/g;
/** Stands before the digits of a whole number that a double does not hold. */
const LARGE = "\u0000digits ";

/** @returns undefined for what is no JSON, and for an object that names a key twice. */
function parse(text: string | null): unknown {
  if (text === null) return undefined;
  let names = 0;
  const exact = text.normalize("NFC").replace(TOKEN, (token, name: string | undefined) => {
    if (name !== undefined) names++;
    const isLarge = /^-?\d{16,}$/.test(token) && !Number.isSafeInteger(Number(token));
    return isLarge ? JSON.stringify(LARGE + token) : token;
  });
  try {
    const value = JSON.parse(exact) as unknown;
    return keyCount(value) === names ? value : undefined;
  } catch {
    return undefined;
  }
}

function keyCount(value: unknown): number {
  if (value === null || typeof value !== "object") return 0;
  const own = Array.isArray(value) ? 0 : Object.keys(value).length;
  return Object.values(value).reduce((sum: number, item) => sum + keyCount(item), own);
}

/** From the first opening to the last closing sign: a value inside other words. */
function between(text: string, open: string, close: string): string | null {
  const [from, to] = [text.indexOf(open), text.lastIndexOf(close)];
  return from >= 0 && to > from ? text.slice(from, to + 1) : null;
}

export function isObject(value: unknown): value is Record<string, unknown> {
  return value !== null && typeof value === "object" && !Array.isArray(value);
}

function same(a: unknown, b: unknown): boolean {
  if (Array.isArray(a) && Array.isArray(b))
    return a.length === b.length && a.every((item, i) => same(item, b[i]));
  if (isObject(a) && isObject(b)) {
    const keys = Object.keys(a);
    return (
      keys.length === Object.keys(b).length &&
      keys.every((key) => Object.hasOwn(b, key) && same(a[key], b[key]))
    );
  }
  return a === b;
}
