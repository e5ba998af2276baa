// Reads and writes the link of the page: the story, and the settings that differ from their defaults. Example:
// `#story=noisy&seed=3`.

export interface UrlState {
  story: string;
  /** Dotted path → value, as JSON or bare text. */
  settings: Record<string, unknown>;
  /** Rows of the user's own dataset that the settings name: what another browser must import. null: none, or unsaid. */
  rows: number | null;
}

function value(text: string): unknown {
  try {
    return JSON.parse(text) as unknown;
  } catch {
    return text;
  }
}

export function parseUrl(hash: string): UrlState {
  const settings: Record<string, unknown> = {};
  let story = "needle";
  let rows: number | null = null;
  for (const [key, text] of new URLSearchParams(hash.replace(/^#\/?/, ""))) {
    if (key === "story") story = text;
    else if (key === "rows") rows = /^\d+$/.test(text) ? Number(text) : null;
    else if (/^[a-zA-Z]\w*(\.[a-zA-Z]\w*)*$/.test(key)) settings[key] = value(text);
  }
  return { story, settings, rows };
}

export function formatUrl({ story, settings, rows }: UrlState): string {
  const words = new URLSearchParams();
  words.set("story", story);
  for (const [path, setting] of Object.entries(settings))
    words.set(
      path,
      typeof setting === "string" && typeof value(setting) === "string" ? setting : JSON.stringify(setting),
    );
  if (rows !== null) words.set("rows", String(rows));
  return `#${words.toString()}`;
}

export const readUrl = (): UrlState => parseUrl(location.hash);

export function writeUrl(state: UrlState): void {
  history.replaceState(null, "", formatUrl(state));
}

/** The group of that name, made where there is none; null where the name has a plain value. Looks at own names only. */
function groupIn(tree: Record<string, unknown>, key: string): Record<string, unknown> | null {
  if (!Object.hasOwn(tree, key)) tree[key] = {};
  const found = tree[key];
  return typeof found === "object" && found !== null && !Array.isArray(found)
    ? (found as Record<string, unknown>)
    : null;
}

/** { "curriculum.rounds": 7 } → { curriculum: { rounds: 7 } } */
export function nest(settings: Readonly<Record<string, unknown>>): Record<string, unknown> {
  const tree: Record<string, unknown> = {};
  for (const [path, setting] of Object.entries(settings)) {
    const keys = path.split(".");
    const last = keys.pop() ?? path;
    let at: Record<string, unknown> | null = tree;
    for (const key of keys) at = at && groupIn(at, key);
    // A value in place of a group is kept, so that it is refused with its name later.
    if (at) at[last] = setting;
  }
  return tree;
}
