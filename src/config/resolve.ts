// Turns what a user wrote into a complete config: fills in presets and defaults, checks every value, and writes one
// sentence for each error.
import * as v from "valibot";
import { strategyNamed } from "../curriculum/registry";
import { LabError } from "../lib/errors";
import { shown } from "./fields";
import { RELEASED_CODE_ESTIMATOR, configSchema, type ResolvedConfig } from "./tree";

const DEFAULT_STEPS = 40;

/**
 * Fills every default and checks every value.
 *
 * @throws LabError "config": one line a fault, each `path: expected …, got …`.
 */
export function resolveConfig(input: unknown): ResolvedConfig {
  const config = checked(configSchema, input, withPresets);
  const { budget } = config;
  if ([budget.steps, budget.tokens, budget.trainTokens, budget.seconds].every((limit) => limit === null))
    budget.steps = DEFAULT_STEPS;
  const faults = contradictions(config);
  if (faults.length > 0) throw refused(faults);
  return config;
}

/**
 * The input as a schema of settings has it, defaults filled in.
 * @param prepare puts in what must be there before defaults are
 * @throws LabError "config": one line a fault, with its path
 */
export function checked<T extends v.GenericSchema>(
  schema: T,
  input: unknown,
  prepare: (input: unknown) => unknown = (same) => same,
): v.InferOutput<T> {
  const lists = listsForGroups(input, schema as SchemaNode, []);
  if (lists.length > 0) throw refused(lists);
  const parsed = v.safeParse(schema, prepare(input));
  if (!parsed.success)
    throw refused(parsed.issues.map((issue) => describeIssue(issue, schema as SchemaNode)));
  return parsed.output;
}

/** @param faults one sentence each, `path: expected …, got …` */
export function refused(faults: string[]): LabError {
  const path = faults[0]!.slice(0, faults[0]!.indexOf(":"));
  const hint = "Correct the setting named before the colon; settings left out take their defaults.";
  return new LabError("config", faults.join("\n"), hint, { path, faults: faults.length });
}

/** A preset fills in missing values, before the defaults do. */
function withPresets(input: unknown): unknown {
  const curriculum = record(record(input)?.curriculum);
  const estimator = record(curriculum?.estimator);
  if (estimator?.preset !== "released-code") return input;
  return {
    ...record(input),
    curriculum: { ...curriculum, estimator: { ...RELEASED_CODE_ESTIMATOR, ...estimator } },
  };
}

function record(value: unknown): Record<string, unknown> | undefined {
  return value !== null && typeof value === "object" && !Array.isArray(value)
    ? (value as Record<string, unknown>)
    : undefined;
}

function describeIssue(issue: v.BaseIssue<unknown>, schema: SchemaNode): string {
  const keys = (issue.path ?? []).map((item) => String(item.key));
  const path = keys.join(".") || "config";
  if (issue.type === "strict_object") {
    if (issue.expected === "never") return unknownKey(path, keys, schema);
    return `${path}: expected an object with settings, got ${shown(issue.input)}`;
  }
  return `${path}: ${issue.message}`;
}

function unknownKey(path: string, keys: string[], schema: SchemaNode): string {
  const last = keys[keys.length - 1] ?? "";
  const known = knownKeys(keys.slice(0, -1), schema);
  const near = known
    .map((key) => ({ key, distance: editDistance(key.toLowerCase(), last.toLowerCase()) }))
    .sort((a, b) => a.distance - b.distance)[0];
  const advice =
    near && near.distance <= 3 ? `, did you mean "${near.key}"?` : `, known here: ${known.join(", ")}`;
  return `${path}: unknown setting${advice}`;
}

interface SchemaNode {
  wrapped?: SchemaNode;
  entries?: Record<string, SchemaNode>;
}

/** A list is an object to the schema library; here it is refused where a group of settings belongs. */
function listsForGroups(value: unknown, node: SchemaNode, path: string[]): string[] {
  const entries = (node.wrapped ?? node).entries;
  if (!entries || value === null || typeof value !== "object") return [];
  if (Array.isArray(value)) {
    return [`${path.join(".") || "config"}: expected an object with settings, got ${shown(value)}`];
  }
  return Object.entries(value).flatMap(([key, child]) =>
    Object.hasOwn(entries, key) ? listsForGroups(child, entries[key]!, [...path, key]) : [],
  );
}

function knownKeys(path: string[], schema: SchemaNode): string[] {
  let at: unknown = schema;
  for (const key of path) at = unwrap((at as { entries?: Record<string, unknown> }).entries?.[key]);
  return Object.keys((at as { entries?: object }).entries ?? {});
}

function unwrap(schema: unknown): unknown {
  const inner = (schema as { wrapped?: unknown } | undefined)?.wrapped;
  return inner ?? schema;
}

/** Levenshtein distance. */
function editDistance(a: string, b: string): number {
  let row = Array.from({ length: b.length + 1 }, (_, j) => j);
  for (let i = 1; i <= a.length; i++) {
    const next = [i];
    for (let j = 1; j <= b.length; j++) {
      next[j] = Math.min(row[j]! + 1, next[j - 1]! + 1, row[j - 1]! + (a[i - 1] === b[j - 1] ? 0 : 1));
    }
    row = next;
  }
  return row[b.length]!;
}

/** Values that are legal alone and impossible together. */
function contradictions(config: ResolvedConfig): string[] {
  const faults: string[] = [];
  const { curriculum, trainer, budget, model } = config;
  const { estimator } = curriculum;
  const { trainers } = strategyNamed(curriculum.strategy);
  if (!trainers.includes(trainer.kind)) {
    const needed = trainers.map((kind) => `"${kind}"`).join(" or ");
    faults.push(
      `curriculum.strategy: "${curriculum.strategy}" needs trainer.kind ${needed}, got "${trainer.kind}"`,
    );
  }
  if (trainer.reward.kind === "regex") faults.push(...patternFaults(trainer.reward.pattern));
  if (trainer.reward.kind === "function" && trainer.reward.code.trim() === "") {
    faults.push('trainer.reward.code: expected the body of a function, got ""');
  }
  if (trainer.kind === "grpo" && trainer.reward.kind === "exact" && trainer.reward.marker === "") {
    faults.push("trainer.reward.marker: expected a text that is not empty");
  }
  if (trainer.kind === "grpo" && trainer.minibatches > trainer.samplesPerBatch) {
    faults.push(
      `trainer.minibatches: expected at most one a prompt (${trainer.samplesPerBatch} samples a step), got ${trainer.minibatches}`,
    );
  }
  if (budget.steps !== null && budget.stepsPerRound === null && budget.steps < curriculum.rounds) {
    faults.push(
      `budget.steps: expected at least one step a round (${curriculum.rounds} rounds), got ${budget.steps}`,
    );
  }
  if (estimator.decode === "greedy" && estimator.samples > 1) {
    faults.push(
      `curriculum.estimator.samples: greedy answers are all alike, expected 1, got ${estimator.samples}`,
    );
  }
  if (model.source.startsWith("builtin:") && model.revision !== null) {
    faults.push(
      `model.revision: a built-in model has no revision, expected null, got ${shown(model.revision)}`,
    );
  }
  return faults;
}

function patternFaults(pattern: string): string[] {
  if (pattern === "") return ['trainer.reward.pattern: expected a regular expression, got ""'];
  try {
    new RegExp(pattern.replaceAll("{answer}", "x"), "u");
    return [];
  } catch (thrown) {
    const why = thrown instanceof Error ? thrown.message : String(thrown);
    return [`trainer.reward.pattern: expected a regular expression, got ${shown(pattern)} (${why})`];
  }
}
