// Merges a story's config with the user's changes. Settings that were not changed keep the story's value.

function isTree(value: unknown): value is Record<string, unknown> {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

/** `over` wins; lists and plain values are replaced, groups are joined. */
export function merge(base: unknown, over: unknown): unknown {
  if (!isTree(base) || !isTree(over)) return over === undefined ? base : over;
  const joined: Record<string, unknown> = { ...base };
  for (const [key, value] of Object.entries(over)) joined[key] = merge(base[key], value);
  return joined;
}
