// What a link reopens: the story, and the settings that differ from their defaults. `#story=noisy&seed=3`.

export interface UrlState {
  story: string;
  /** Dotted path → value, as JSON or bare text. */
  settings: Record<string, unknown>;
  /** Rows of the person's own dataset that the settings name: what another browser must import. null: none, or unsaid. */
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
    else if (/^[a-zA-Z][\w.]*$/.test(key)) settings[key] = value(text);
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

/** { "curriculum.rounds": 7 } → { curriculum: { rounds: 7 } } */
export function nest(settings: Readonly<Record<string, unknown>>): Record<string, unknown> {
  const tree: Record<string, unknown> = {};
  for (const [path, setting] of Object.entries(settings)) {
    const keys = path.split(".");
    let at = tree;
    for (const key of keys.slice(0, -1)) at = (at[key] ??= {}) as Record<string, unknown>;
    at[keys[keys.length - 1]] = setting;
  }
  return tree;
}
