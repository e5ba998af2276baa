// A setting as plain data: default, limits, label and help. Strategies declare their settings with these functions;
// src/config/fields.ts turns them into the config schema, so strategies need not know the schema library.

interface About {
  label: string;
  unit?: string;
  /** One or two sentences: what it does, and whether the value is the lab's own because the paper gives none. */
  help: string;
  /** Sensible step of a slider or number box. */
  step?: number;
  /** Behind "more settings" in the form. */
  advanced?: boolean;
}

export interface Setting<T> {
  kind: "whole" | "number" | "choice";
  fallback: T;
  min: number;
  max: number;
  /** null is a legal value. */
  nullable: boolean;
  /** Legal words of a choice. */
  options: readonly string[];
  about: About;
}

export type Settings = Readonly<Record<string, Setting<string | number | null>>>;

/** Its values by dotted path: `InGroup<"metis", …>` has `"metis.memory": number`. */
export type InGroup<G extends string, S> = {
  [K in keyof S & string as `${G}.${K}`]: S[K] extends Setting<infer T> ? T : never;
};

const plain = { min: 0, max: 0, nullable: false, options: [] };

/** A whole number in [min, max]. */
export function whole(fallback: number, min: number, max: number, about: About): Setting<number> {
  return { ...plain, kind: "whole", fallback, min, max, about };
}

/** A finite number in [min, max]. */
export function number(fallback: number, min: number, max: number, about: About): Setting<number> {
  return { ...plain, kind: "number", fallback, min, max, about };
}

/** A finite number in [min, max] or null. */
export function numberOrNull(
  fallback: number | null,
  min: number,
  max: number,
  about: About,
): Setting<number | null> {
  return { ...plain, kind: "number", fallback, min, max, nullable: true, about };
}

/** One of a few words. */
export function choice<const T extends string>(
  fallback: NoInfer<T>,
  options: readonly T[],
  about: About,
): Setting<T> {
  return { ...plain, kind: "choice", fallback, options, about };
}
