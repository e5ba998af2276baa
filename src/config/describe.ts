// The config schema as a flat list of settings, for the settings form, the docs and shared links; and the
// differences between two configs, written as a URL query and read back.
import type { Condition, FieldInfo } from "./fields";
import { resolveConfig } from "./resolve";
import { configSchema, type ResolvedConfig } from "./tree";

export interface Field extends FieldInfo {
  /** As in `curriculum.estimator.prefixTokens`. */
  path: string;
  fallback: unknown;
}

interface SchemaNode {
  wrapped?: SchemaNode;
  entries?: Record<string, SchemaNode>;
  pipe?: { type: string; metadata?: { field?: FieldInfo } }[];
}

function walk(node: SchemaNode, path: string[], out: Map<string, FieldInfo>): void {
  const inner = node.wrapped ?? node;
  if (inner.entries) {
    for (const [key, child] of Object.entries(inner.entries)) walk(child, [...path, key], out);
    return;
  }
  const info = inner.pipe?.find((action) => action.type === "metadata")?.metadata?.field;
  if (info) out.set(path.join("."), info);
}

/** The config of an empty CONFIG.json. */
export function defaultConfig(): ResolvedConfig {
  return resolveConfig({});
}

/** Value at a dotted path. */
export function valueAt(config: unknown, path: string): unknown {
  return path
    .split(".")
    .reduce<unknown>((at, key) => (at as Record<string, unknown> | undefined)?.[key], config);
}

/** A copy with one value replaced; groups on the way are made where they are missing. */
export function withValue<T>(config: T, path: string, value: unknown): T {
  const [key, ...rest] = path.split(".");
  const from = (config ?? {}) as Record<string, unknown>;
  return { ...from, [key!]: rest.length === 0 ? value : withValue(from[key!], rest.join("."), value) } as T;
}

/** Every setting in the order of the schema. */
export const FIELDS: readonly Field[] = (() => {
  const infos = new Map<string, FieldInfo>();
  walk(configSchema as unknown as SchemaNode, [], infos);
  const fallback = defaultConfig();
  return [...infos].map(([path, info]) => ({ ...info, path, fallback: valueAt(fallback, path) }));
})();

/** Whether a setting has any effect under this config. */
export function isRelevant(field: Field, config: ResolvedConfig): boolean {
  return unmet(field, config) === undefined;
}

/** Why a setting has no effect under this config, as one sentence; null where it has. */
export function whyIdle(field: Field, config: ResolvedConfig): string | null {
  const condition = unmet(field, config);
  if (!condition) return null;
  const { path, in: wanted } = condition;
  const label = FIELDS.find((other) => other.path === path)?.label ?? path;
  return `It has no effect while ${label} is ${String(valueAt(config, path))}, only where that is ${wanted.join(" or ")}.`;
}

const unmet = ({ when = [] }: Field, config: ResolvedConfig): Condition | undefined =>
  when.find(({ path, in: wanted }) => !wanted.includes(valueAt(config, path) as string | boolean));

export interface Difference {
  path: string;
  label: string;
  a: unknown;
  b: unknown;
}

/** The settings in which two configs differ, in schema order. */
export function configDifference(a: ResolvedConfig, b: ResolvedConfig): Difference[] {
  return FIELDS.map(({ path, label }) => ({ path, label, a: valueAt(a, path), b: valueAt(b, path) })).filter(
    (row) => JSON.stringify(row.a) !== JSON.stringify(row.b),
  );
}

/** Only what differs from the defaults, as a config that resolves to the same. */
export function minimalConfig(config: ResolvedConfig): Record<string, unknown> {
  let out: Record<string, unknown> = {};
  for (const { path, b } of configDifference(defaultConfig(), config)) out = withValue(out, path, b);
  // A preset fills in missing values, so with a preset those equal to the default must be kept, too.
  if (config.curriculum.estimator.preset !== "none") {
    out = withValue(out, "curriculum.estimator", config.curriculum.estimator);
  }
  return out;
}

/** `curriculum.strategy=random&curriculum.rounds=3`: only the difference from the defaults, for a link. */
export function configToQuery(config: ResolvedConfig): string {
  const query = new URLSearchParams();
  const minimal = minimalConfig(config);
  for (const { path } of FIELDS) {
    const value = valueAt(minimal, path);
    if (value !== undefined) query.set(path, typeof value === "string" ? value : JSON.stringify(value));
  }
  return query.toString();
}

/**
 * Reads `configToQuery` back; names that are no settings are left alone (a link may carry other things).
 * @throws LabError "config"
 */
export function configFromQuery(query: string | URLSearchParams): ResolvedConfig {
  let input: Record<string, unknown> = {};
  const given = typeof query === "string" ? new URLSearchParams(query) : query;
  for (const { path, kind, nullable } of FIELDS) {
    const raw = given.get(path);
    if (raw !== null) input = withValue(input, path, fromText(raw, kind, nullable === true, path));
  }
  return resolveConfig(input);
}

function fromText(raw: string, kind: Field["kind"], nullable: boolean, path: string): unknown {
  if (nullable && raw === "null") return null;
  const isWord = kind === "text" || kind === "choice";
  // evaluation.every is a word or a number.
  if (isWord && !(path === "evaluation.every" && /^\d+$/.test(raw))) return raw;
  try {
    return JSON.parse(raw) as unknown;
  } catch {
    return raw;
  }
}

/** A short name made from the settings: `needle · edco · seed 1`. */
export function runName(config: ResolvedConfig): string {
  if (config.name !== null) return config.name;
  const pool = config.data.train.replace(/^builtin:/, "").replace(/^.*\//, "");
  const trainer = config.trainer.kind === "grpo" ? " · grpo" : "";
  return `${pool} · ${config.curriculum.strategy}${trainer} · seed ${config.seed}`;
}
