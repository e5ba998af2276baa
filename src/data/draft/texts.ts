// The texts inside a row of a file, each with its place, so that a person can change one of them by hand: columns, and the
// messages of a conversation.
import type { Values } from "../dataset/layout";

export interface RowText {
  /** From the row inwards: ["messages", 1, "content"]. */
  path: readonly (string | number)[];
  /** For people: "answer", "messages 2, assistant". */
  label: string;
  text: string;
}

/** Deepest place of a text that is offered. */
const DEPTH = 3;
/** Most texts that are offered. */
const MOST = 60;

/** The texts under the columns, in their order; an empty or missing column is a text that can be filled in. */
export function textsOf(values: Values, columns: readonly string[]): RowText[] {
  const found: RowText[] = [];
  const walk = (value: unknown, path: (string | number)[], label: string): void => {
    if (found.length >= MOST) return;
    if (value === null || value === undefined || typeof value === "string" || typeof value === "number")
      found.push({ path, label, text: String(value ?? "") });
    else if (Array.isArray(value) && path.length < DEPTH)
      value.forEach((item, index) => walk(item, [...path, index], `${label} ${index + 1}`));
    else if (typeof value === "object" && path.length < DEPTH) {
      const turn = value as Values;
      const role = turn.role ?? turn.from;
      const said = typeof role === "string" ? `, ${role}` : "";
      for (const key of Object.keys(turn))
        if (key === "content" || key === "value" || key === "text")
          walk(turn[key], [...path, key], `${label}${said}`);
    }
  };
  for (const column of columns) walk(values[column], [column], column);
  return found;
}

/** The row with other texts at these places; a text that was not changed keeps its kind. */
export function withTexts(values: Values, texts: readonly Pick<RowText, "path" | "text">[]): Values {
  return texts.reduce((row, { path, text }) => put(row, path, text) as Values, values);
}

function put(value: unknown, [step, ...rest]: readonly (string | number)[], text: string): unknown {
  if (step === undefined) return String(value ?? "") === text ? value : text;
  const inner = (value as Values | null | undefined)?.[step];
  const next = put(inner, rest, text);
  if (next === inner) return value;
  if (Array.isArray(value)) return value.with(Number(step), next);
  return { ...(value as Values | null | undefined), [step]: next };
}
