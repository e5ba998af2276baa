// How a row is laid out: which of its columns become the prompt and which the answer. One file a layout in layouts/,
// found by being there: plain columns, Alpaca, chat messages, ShareGPT, preference pairs, multiple choice, …
import { plainName, type Refuse } from "./columns";

export type Values = Record<string, unknown>;

/** One turn of a conversation. */
export interface Turn {
  role: "system" | "user" | "assistant" | "tool";
  content: string;
}

/** What is asked and what is to be answered. */
export interface Asked {
  /** The question as people read it. */
  prompt: string;
  /** The conversation before the answer, where it is more than one user's turn. */
  messages?: Turn[];
  answer: string;
}

export interface LayoutOptions {
  /** Of a conversation with several answers: only the last is trained, or each one after what came before it. */
  turns: "last" | "each";
}

/** The columns that a layout reads. */
export interface LayoutColumns {
  used: string[];
  /** One sentence for the user to know, where something of a row is left out on purpose. */
  note?: string;
}

export interface Layout {
  id: string;
  /** As people call it: "Alpaca", "chat messages". */
  name: string;
  /** Earlier ones are tried first. */
  place: number;
  /** The columns it reads of rows with these; null where rows are laid out otherwise. `first` is the first row. */
  fits: (columns: readonly string[], first: Values) => LayoutColumns | null;
  /** What the row asks; none where it is meant not to be studied. `refuse` ends with an error. */
  read: (values: Values, refuse: Refuse, options: LayoutOptions) => Asked[];
}

const found = import.meta.glob<Layout>(["./layouts/*.ts", "!./layouts/*.test.ts"], {
  eager: true,
  import: "default",
});

export const layouts: readonly Layout[] = Object.values(found).sort((a, b) => a.place - b.place);

/** The layout of rows with these columns, with the columns it reads; null where none fits. */
export function layoutOf(
  columns: readonly string[],
  first: Values,
): { layout: Layout; columns: LayoutColumns } | null {
  const plain = plainly(columns);
  const [names, row] = [columns.map((name) => plain.get(name) ?? name), renamed(first, plain)];
  for (const layout of layouts) {
    const fits = layout.fits(names, row);
    if (!fits) continue;
    if (plain.size === 0) return { layout, columns: fits };
    const used = fits.used.map((name) => columns[names.indexOf(name)]);
    const read: Layout["read"] = (values, ...more) => layout.read(renamed(values, plain), ...more);
    return { layout: { ...layout, read }, columns: { ...fits, used } };
  }
  return null;
}

/** Columns written in capitals or with spaces around, by the plain name that no other column has. */
function plainly(columns: readonly string[]): Map<string, string> {
  const plain = new Map<string, string>();
  const taken = new Set(columns);
  for (const column of columns) {
    const name = plainName(column);
    if (taken.has(name)) continue;
    taken.add(name);
    plain.set(column, name);
  }
  return plain;
}

const renamed = (values: Values, names: ReadonlyMap<string, string>): Values =>
  names.size === 0
    ? values
    : Object.fromEntries(Object.entries(values).map(([name, value]) => [names.get(name) ?? name, value]));
