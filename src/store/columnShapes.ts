// How files with the same columns were read before: the next one of that shape is read the same way. Kept by this browser.
import type { DraftChoices } from "../data/draft/draft";

type Read = Pick<DraftChoices, "fields" | "turns">;

const KEY = "proximal.columns";
/** Shapes that are kept; the oldest gives way. */
const SHAPES = 50;

/** Files have the same shape where they have the same columns, in any order. */
const shapeOf = (columns: readonly string[]): string => JSON.stringify([...columns].sort());

function stored(): [string, Read][] {
  try {
    const value = JSON.parse(localStorage.getItem(KEY) ?? "[]") as unknown;
    return Array.isArray(value) ? (value as [string, Read][]).filter((entry) => isRead(entry?.[1])) : [];
  } catch {
    return [];
  }
}

function isRead(value: unknown): value is Read {
  if (typeof value !== "object" || value === null) return false;
  const { fields, turns } = value as Partial<Read>;
  const isFields =
    fields === null || (typeof fields?.prompt === "string" && typeof fields.answer === "string");
  return isFields && (turns === "last" || turns === "each");
}

/** null = no file of this shape was read otherwise than guessed. */
export function columnsOfShape(columns: readonly string[]): Read | null {
  const shape = shapeOf(columns);
  return stored().find(([known]) => known === shape)?.[1] ?? null;
}

export function rememberColumns(columns: readonly string[], { fields, turns }: Read): void {
  const shape = shapeOf(columns);
  const others = stored().filter(([known]) => known !== shape);
  const isGuessed = fields === null && turns === "last";
  const all = isGuessed ? others : [[shape, { fields, turns }], ...others].slice(0, SHAPES);
  try {
    localStorage.setItem(KEY, JSON.stringify(all));
  } catch {
    // Private windows may refuse storage: the columns are then chosen again.
  }
}
