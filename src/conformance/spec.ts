// Reads and validates the description of a golden case. A case that cannot be read counts as failed; it is not
// skipped.
import * as v from "valibot";

const expectation = v.looseObject({
  tensor: v.optional(v.string()),
  prefix: v.optional(v.string()),
  compare: v.string(),
  abs: v.optional(v.number()),
  rel: v.optional(v.number()),
});

const check = v.looseObject({
  id: v.string(),
  kind: v.string(),
  adapter: v.optional(v.boolean(), false),
  params: v.optional(v.record(v.string(), v.unknown()), {}),
  expects: v.array(expectation),
});

const caseFile = v.looseObject({
  format: v.literal("golden-case"),
  version: v.literal(1),
  name: v.string(),
  model: v.looseObject({ dir: v.string() }),
  adapter: v.optional(v.nullable(v.looseObject({ dir: v.string() }))),
  input: v.string(),
  expected: v.string(),
  checks: v.pipe(v.array(check), v.minLength(1)),
});

const badFile = v.looseObject({
  name: v.string(),
  feed: v.looseObject({
    kind: v.picklist(["model", "adapter", "dataset", "gguf"]),
    path: v.string(),
    model: v.optional(v.string()),
  }),
  must_reject: v.literal(true),
  must_mention: v.array(v.array(v.string())),
});

export type Expectation = v.InferOutput<typeof expectation>;
export type CheckSpec = v.InferOutput<typeof check>;
export type CaseSpec = v.InferOutput<typeof caseFile>;
export type BadSpec = v.InferOutput<typeof badFile>;

function parse<T extends v.GenericSchema>(schema: T, value: unknown, file: string): v.InferOutput<T> {
  const result = v.safeParse(schema, value);
  if (result.success) return result.output;
  const issue = result.issues[0];
  throw new Error(`${file}: ${v.getDotPath(issue) ?? "file"}: ${issue.message}`);
}

/** @throws Error naming the first wrong key. */
export const parseCase = (value: unknown, file: string): CaseSpec => parse(caseFile, value, file);
/** @throws Error naming the first wrong key. */
export const parseBad = (value: unknown, file: string): BadSpec => parse(badFile, value, file);

type Params = Readonly<Record<string, unknown>>;

/** A number among a check's parameters. @throws Error when it is missing or not finite. */
export function numberParam(params: Params, key: string): number {
  const value = params[key];
  if (typeof value === "number" && Number.isFinite(value)) return value;
  throw new Error(`params.${key}: expected a number, got ${JSON.stringify(value)}`);
}

/** One of the given words among a check's parameters. @throws Error otherwise. */
export function wordParam<W extends string>(params: Params, key: string, words: readonly W[]): W {
  const found = words.find((word) => word === params[key]);
  if (found !== undefined) return found;
  throw new Error(`params.${key}: expected one of ${words.join(", ")}, got ${JSON.stringify(params[key])}`);
}

/** true or false among a check's parameters. @throws Error otherwise. */
export function flagParam(params: Params, key: string): boolean {
  const value = params[key];
  if (typeof value === "boolean") return value;
  throw new Error(`params.${key}: expected true or false, got ${JSON.stringify(value)}`);
}

/** A list of numbers among a check's parameters. @throws Error otherwise. */
export function numbersParam(params: Params, key: string): number[] {
  const result = v.safeParse(v.array(v.number()), params[key]);
  if (result.success) return result.output;
  throw new Error(`params.${key}: expected a list of numbers, got ${JSON.stringify(params[key])}`);
}
