// Building blocks of the config schema: one leaf = one valibot schema with its default, label, unit and limits,
// so that the command line, the settings form, the URL and the docs all read the same table.
import * as v from "valibot";
import type { Setting } from "../curriculum/setting";

export type FieldKind = "whole" | "number" | "choice" | "flag" | "text" | "choices" | "range";

/** Holds where the setting at `path` has one of these values. */
export interface Condition {
  path: string;
  in: readonly (string | boolean)[];
}

/** What the form and the docs know of a setting. */
export interface FieldInfo {
  kind: FieldKind;
  label: string;
  /** Empty where the value has none. */
  unit: string;
  /** One or two sentences: what it does, and whether the value is the lab's own because the paper gives none. */
  help: string;
  min?: number;
  max?: number;
  /** Sensible step of a slider or number box. */
  step?: number;
  options?: readonly string[];
  /** null is a legal value and means "off" or "from the rest of the config". */
  nullable?: boolean;
  /** Behind "more settings" in the form. */
  advanced?: boolean;
  /** It has an effect, and the form offers it, only where all of these hold. */
  when?: readonly Condition[];
}

export interface FieldMeta {
  label: string;
  unit?: string;
  help: string;
  step?: number;
  advanced?: boolean;
  when?: Condition | readonly Condition[];
}

/** A value as an error message shows it: `"five"`, `-1`, `nothing`, `a list`. */
export function shown(value: unknown): string {
  if (value === undefined) return "nothing";
  if (typeof value === "string")
    return JSON.stringify(value.length > 60 ? `${value.slice(0, 57)}...` : value);
  if (Array.isArray(value)) return value.length > 6 ? `a list of ${value.length}` : JSON.stringify(value);
  if (value !== null && typeof value === "object") return "an object";
  return String(value);
}

function limits(min: number, max: number): string {
  return max === Infinity ? ` ≥ ${min}` : ` from ${min} to ${max}`;
}

function leaf<T>(
  check: (value: unknown) => boolean,
  expected: string | ((input: unknown) => string),
  fallback: NoInfer<T>,
  kind: FieldKind,
  meta: FieldMeta,
  extra: Partial<FieldInfo> = {},
) {
  const info: FieldInfo = { unit: "", ...meta, when: [meta.when ?? []].flat(), kind, ...extra };
  return v.optional(
    v.pipe(
      v.custom<T>(check, ({ input }) => {
        const wanted = typeof expected === "string" ? expected : expected(input);
        return `expected ${wanted}, got ${shown(input)}`;
      }),
      v.metadata({ field: info }),
    ),
    () => structuredClone(fallback) as T,
  );
}

const isNumber = (value: unknown, min: number, max: number): value is number =>
  typeof value === "number" && Number.isFinite(value) && value >= min && value <= max;

/** Names the upper limit only to who passed it: `a whole number ≥ 1` says more than `from 1 to 1000`. */
function within(what: string, min: number, max: number, tail = ""): (input: unknown) => string {
  return (input) => what + limits(min, typeof input === "number" && input > max ? max : Infinity) + tail;
}

/** A whole number in [min, max]. */
export function whole(fallback: number, min: number, max: number, meta: FieldMeta) {
  const check = (x: unknown) => isNumber(x, min, max) && Number.isInteger(x);
  return leaf<number>(check, within("a whole number", min, max), fallback, "whole", meta, { min, max });
}

/** A whole number in [min, max] or null. */
export function wholeOrNull(fallback: number | null, min: number, max: number, meta: FieldMeta) {
  const check = (x: unknown) => x === null || (isNumber(x, min, max) && Number.isInteger(x));
  const expected = within("a whole number", min, max, " or null");
  return leaf<number | null>(check, expected, fallback, "whole", meta, { min, max, nullable: true });
}

/** A finite number in [min, max]. */
export function number(fallback: number, min: number, max: number, meta: FieldMeta) {
  const check = (x: unknown) => isNumber(x, min, max);
  return leaf<number>(check, within("a number", min, max), fallback, "number", meta, { min, max });
}

/** A finite number in [min, max] or null. */
export function numberOrNull(fallback: number | null, min: number, max: number, meta: FieldMeta) {
  const check = (x: unknown) => x === null || isNumber(x, min, max);
  const expected = within("a number", min, max, " or null");
  return leaf<number | null>(check, expected, fallback, "number", meta, { min, max, nullable: true });
}

/** [low, high] with low ≤ high, both in [min, max]. */
export function range(fallback: [number, number], min: number, max: number, meta: FieldMeta) {
  return leaf<[number, number]>(
    isRange(min, max),
    `[low, high]${limits(min, max)}`,
    fallback,
    "range",
    meta,
    {
      min,
      max,
    },
  );
}

/** As `range`, or null. */
export function rangeOrNull(fallback: [number, number] | null, min: number, max: number, meta: FieldMeta) {
  const inside = isRange(min, max);
  const check = (x: unknown) => x === null || inside(x);
  const expected = `[low, high]${limits(min, max)} or null`;
  return leaf<[number, number] | null>(check, expected, fallback, "range", meta, {
    min,
    max,
    nullable: true,
  });
}

function isRange(min: number, max: number): (value: unknown) => boolean {
  return (x) =>
    Array.isArray(x) &&
    x.length === 2 &&
    isNumber(x[0], min, max) &&
    isNumber(x[1], min, max) &&
    x[0] <= x[1];
}

/** One of a few words. */
export function choice<const T extends string>(fallback: NoInfer<T>, options: readonly T[], meta: FieldMeta) {
  const check = (x: unknown) => typeof x === "string" && (options as readonly string[]).includes(x);
  return leaf<T>(check, `one of ${options.join(", ")}`, fallback, "choice", meta, { options });
}

/** A non-empty list of different words out of a few. */
export function choices<const T extends string>(
  fallback: readonly NoInfer<T>[],
  options: readonly T[],
  meta: FieldMeta,
) {
  const check = (x: unknown) =>
    Array.isArray(x) &&
    x.length > 0 &&
    new Set(x).size === x.length &&
    x.every((item) => (options as readonly unknown[]).includes(item));
  const expected = `a list of different words out of ${options.join(", ")}`;
  return leaf<T[]>(check, expected, [...fallback], "choices", meta, { options });
}

export function flag(fallback: boolean, meta: FieldMeta) {
  return leaf<boolean>((x) => typeof x === "boolean", "true or false", fallback, "flag", meta);
}

/** A text; empty only where `mayBeEmpty`. */
export function text(fallback: string, meta: FieldMeta, mayBeEmpty = false) {
  const check = (x: unknown) => typeof x === "string" && (mayBeEmpty || x.trim() !== "");
  return leaf<string>(check, mayBeEmpty ? "a text" : "a text that is not empty", fallback, "text", meta);
}

export function textOrNull(fallback: string | null, meta: FieldMeta) {
  const check = (x: unknown) => x === null || (typeof x === "string" && x.trim() !== "");
  return leaf<string | null>(check, "a text or null", fallback, "text", meta, { nullable: true });
}

/** The field of a setting that a strategy declares as plain data. */
export function fieldOf(
  { kind, fallback, min, max, nullable, options, about }: Setting<unknown>,
  when: Condition,
) {
  const meta: FieldMeta = { ...about, when };
  switch (kind) {
    case "whole":
      return whole(fallback as number, min, max, meta);
    case "number":
      return nullable
        ? numberOrNull(fallback as number | null, min, max, meta)
        : number(fallback as number, min, max, meta);
    case "choice":
      return choice(fallback as string, options, meta);
    default:
      return kind satisfies never;
  }
}

/** A group of settings; left out = all defaults. Unknown keys are refused. */
export function group<T extends v.ObjectEntries>(entries: T) {
  return v.optional(v.strictObject(entries), {} as never);
}
