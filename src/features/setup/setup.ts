// The logic of the settings form: its sections, values as text and back, and limits in words. Pure.
import { STRATEGY_SETTINGS } from "../../curriculum/registry";
import type { Field } from "../../config/describe";

/** Sections of the form: how samples are chosen, how to train, how long, on what. */
export const sections: readonly { key: string; title: string }[] = [
  { key: "curriculum", title: "Curriculum" },
  { key: "trainer", title: "Training" },
  { key: "budget", title: "Budget" },
  { key: "data", title: "Questions" },
  { key: "evaluation", title: "Testing" },
  { key: "adapter", title: "Adapter" },
  { key: "strategy", title: "Strategy" },
  { key: "model", title: "Model" },
];

export function sectionOf(field: Field): string {
  const [head] = field.path.split(".");
  if (STRATEGY_SETTINGS.has(head)) return "strategy";
  return sections.some((section) => section.key === head) ? head : "model";
}

/** "1 to 256 tokens" */
export function limitWords(field: Field): string {
  const finite = (value: number | undefined): value is number =>
    value !== undefined && Number.isFinite(value);
  const unit = field.unit === "" ? "" : ` ${field.unit}`;
  // Where empty means something else, the help text says what.
  const off = field.nullable && !/empty[ :=]/i.test(field.help) ? "; empty = off" : "";
  const plain = (value: number): string =>
    value !== 0 && value < 1e-3 ? value.toExponential(0) : value.toLocaleString("en");
  if (finite(field.min) && finite(field.max))
    return `${plain(field.min)} to ${plain(field.max)}${unit}${off}`;
  if (finite(field.min)) return `${plain(field.min)}${unit} or more${off}`;
  return `${field.unit}${off}`;
}

/** A setting's value as the form's text. */
export function toText(value: unknown): string {
  if (value === null || value === undefined) return "";
  if (Array.isArray(value)) return value.join(", ");
  return String(value);
}

/** The value of a text in the form. A text that should be a number but is not stays a text, so that the schema reports it. */
export function fromText(field: Field, text: string): unknown {
  const trimmed = text.trim();
  if (trimmed === "" && field.nullable) return null;
  switch (field.kind) {
    case "whole":
    case "number":
      return trimmed !== "" && Number.isFinite(Number(trimmed)) ? Number(trimmed) : trimmed;
    case "range":
      return trimmed.split(",").map((part) => Number(part.trim()));
    case "choices":
      return trimmed.split(",").map((part) => part.trim());
    case "flag":
      return trimmed === "true";
    default:
      return field.path === "evaluation.every" && /^\d+$/.test(trimmed) ? Number(trimmed) : text;
  }
}

export const same = (a: unknown, b: unknown): boolean => JSON.stringify(a) === JSON.stringify(b);

/** "curriculum.rounds: expected …" → { "curriculum.rounds": "expected …" } */
export function faultsOf(message: string): Record<string, string> {
  const faults: Record<string, string> = {};
  for (const line of message.split("\n")) {
    const cut = line.indexOf(": ");
    if (cut > 0) faults[line.slice(0, cut)] = line.slice(cut + 2);
  }
  return faults;
}
