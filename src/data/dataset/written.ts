// JSON whose numbers stay as they are written: 1.0 is not 1, and an id of 19 digits keeps its last ones.

/** Texts and numbers of JSON: numbers inside texts are left alone. */
const TOKEN = /"(?:[^"\\]|\\.)*"|-?\d+(?:\.\d+)?(?:[eE][-+]?\d+)?/g;
/** Stands before a number that was put into quotes. */
const MARK = "\u0000number ";
/** Deepest nesting of a value. */
const MAX_DEPTH = 64;

/** Thrown at a value nested deeper than anything reads. */
export class TooDeep extends Error {
  constructor() {
    super(`it is nested deeper than ${MAX_DEPTH} levels`);
  }
}

/**
 * A JSON text as a value. A number whose text is not what JavaScript writes for it is a text where it stands directly in
 * a row (an object at `rowDepth`), and a number elsewhere.
 * @throws SyntaxError, TooDeep
 */
export function parseAsWritten(text: string, rowDepth = 0): unknown {
  const marked = text.replace(TOKEN, (token) =>
    token.startsWith('"') || String(Number(token)) === token ? token : JSON.stringify(MARK + token),
  );
  const value = JSON.parse(marked) as unknown;
  return unmarked(value, 0, rowDepth + 1);
}

function unmarked(value: unknown, depth: number, keptAt: number): unknown {
  if (depth > MAX_DEPTH) throw new TooDeep();
  if (typeof value === "string" && value.startsWith(MARK)) {
    const written = value.slice(MARK.length);
    return depth === keptAt ? written : Number(written);
  }
  if (Array.isArray(value)) return value.map((item) => unmarked(item, depth + 1, keptAt));
  if (value !== null && typeof value === "object")
    return Object.fromEntries(
      Object.entries(value).map(([key, item]) => [key, unmarked(item, depth + 1, keptAt)]),
    );
  return value;
}
