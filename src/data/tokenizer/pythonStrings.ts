// Python's string methods for chat templates. @huggingface/jinja ignores what `strip`, `lstrip` and `rstrip` are told to take
// off (`content.lstrip('\n')` also took the spaces of an indented answer) and knows JavaScript's white space only; the
// calls are therefore led to the functions below, in the parsed template.
import { isRecord } from "../files";

/** What Python's `str.isspace` holds for white space. */
const SPACES = "\t\n\v\f\r\x1c-\x1f \x85\xa0\u1680\u2000-\u200a\u2028\u2029\u202f\u205f\u3000";
const FIRST = new RegExp(`[^${SPACES}]`);
const IS_SPACE = new RegExp(`^[${SPACES}]$`);

type Side = "strip" | "lstrip" | "rstrip";
const SIDES: readonly Side[] = ["strip", "lstrip", "rstrip"];

/** `text.strip(characters)` of Python, or of its left or right side alone; without characters, white space. */
export function strip(text: string, characters: string | null = null, side: Side = "strip"): string {
  const chars = Array.from(text);
  const taken = characters === null ? null : new Set(characters);
  const goes = (char: string | undefined) =>
    char !== undefined && (taken ? taken.has(char) : IS_SPACE.test(char));
  let [from, to] = [0, chars.length];
  while (side !== "rstrip" && from < to && goes(chars[from])) from++;
  while (side !== "lstrip" && to > from && goes(chars[to - 1])) to--;
  return chars.slice(from, to).join("");
}

/** The text has a character that is no white space. */
export const hasInk = (text: string): boolean => FIRST.test(text);

/** Names no template has: the functions that `ledToPython` calls. */
const nameOf = (side: Side): string => `python_${side}`;

/** To be given to a template that was led to them. */
export const pythonStrings: Readonly<Record<string, (...args: unknown[]) => string>> = Object.fromEntries(
  SIDES.map((side) => [
    nameOf(side),
    (value: unknown, characters: unknown) => {
      const told = typeof characters === "string" ? characters : null;
      if (value === null) return "None";
      if (Array.isArray(value) || isRecord(value) || value instanceof Map)
        throw new Error(`a list or an object has no ${side}()`);
      return strip(value === undefined ? "" : String(value as string | number | boolean), told, side);
    },
  ]),
);

/** A part of a parsed template with each `text.strip(…)` and `text | trim` made a call of our functions. */
export function ledToPython(node: unknown): unknown {
  if (Array.isArray(node)) return node.map(ledToPython);
  if (node instanceof Map)
    return new Map([...node].map(([key, value]) => [ledToPython(key), ledToPython(value)]));
  if (!isRecord(node)) return node;
  for (const [key, value] of Object.entries(node)) node[key] = ledToPython(value);
  const { type, callee, filter } = node;
  if (type === "CallExpression" && isRecord(callee) && callee.type === "MemberExpression") {
    const side = callee.computed === true ? undefined : sideOf(callee.property);
    return side ? call(side, callee.object, node.args) : node;
  }
  if (type === "FilterExpression" && isRecord(filter)) {
    if (filter.type === "Identifier" && filter.value === "trim") return call("strip", node.operand, []);
    const named = filter.type === "CallExpression" && isRecord(filter.callee) ? filter.callee.value : null;
    if (named === "trim") return call("strip", node.operand, filter.args);
  }
  return node;
}

const sideOf = (property: unknown): Side | undefined =>
  isRecord(property) && property.type === "Identifier"
    ? SIDES.find((side) => side === property.value)
    : undefined;

const call = (side: Side, text: unknown, args: unknown): unknown => ({
  type: "CallExpression",
  callee: { type: "Identifier", value: nameOf(side) },
  args: [text, ...(Array.isArray(args) ? (args as unknown[]) : [])],
});
