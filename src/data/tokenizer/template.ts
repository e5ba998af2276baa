// Chat templates: found in any of the places and forms that models use, rendered as transformers renders them, and quoted
// where they refuse a conversation. A model without one gets a plain template.
import { Template } from "@huggingface/jinja";
import { LabError } from "../../lib/errors";
import { isRecord } from "../files";
import type { ChatMessage } from "../tokenizer";
import { printAsPython, pythonOutput } from "./pythonOutput";
import { ledToPython, pythonStrings } from "./pythonStrings";

type Json = Record<string, unknown>;

/** For models without a template of their own: each turn on a line of its own, an answer closed by the end token. */
export const PLAIN_TEMPLATE =
  "{% for m in messages %}{{ m.content }}{% if m.role == 'assistant' and eos_token is defined %}{{ eos_token }}{% endif %}{{ '\\n' }}{% endfor %}";

/** The date that Llama's template falls back to: today's would give other tokens tomorrow. */
const DATE: Record<string, string> = {
  "%d": "26",
  "%b": "Jul",
  "%B": "July",
  "%m": "07",
  "%Y": "2024",
  "%y": "24",
  "%A": "Friday",
  "%a": "Fri",
  "%H": "00",
  "%M": "00",
  "%S": "00",
};
const fixedDate = (format: unknown): string =>
  String(format).replace(/%[a-zA-Z]/g, (code) => DATE[code] ?? code);

/** A template of a config: a text, an object by name, or a list of named ones of which `default` is meant; null = none. */
export function templateIn({ chat_template: value }: Json): string | null {
  if (typeof value === "string") return value;
  if (isRecord(value)) return typeof value.default === "string" ? value.default : null;
  if (!Array.isArray(value)) return null;
  const named = (value as unknown[]).find((entry) => isRecord(entry) && entry.name === "default");
  return isRecord(named) && typeof named.template === "string" ? named.template : null;
}

export class ChatTemplate {
  #parsed: Template | null = null;
  /** The model has none: the plain one is used. */
  readonly isPlain: boolean;
  private readonly source: string;

  /** @param names special tokens by their setting; those the model does not have are left undefined, as transformers does */
  constructor(
    source: string | null,
    private readonly names: Readonly<Record<string, string>>,
  ) {
    this.isPlain = source === null;
    this.source = (source ?? PLAIN_TEMPLATE)
      .replace(/\bstrftime_now\b/g, "fixed_date")
      .replace(/\braise_exception\b/g, "raise_own");
  }

  /** @throws LabError "model" where the template cannot be read or refuses the messages, with its own words */
  render(messages: readonly ChatMessage[], addGenerationPrompt: boolean, extra: Readonly<Json> = {}): string {
    const template = (this.#parsed ??= this.#parse());
    try {
      return template.render({
        date_string: "26 Jul 2024",
        fixed_date: fixedDate,
        ...pythonStrings,
        ...pythonOutput,
        raise_own: (reason: unknown) => {
          throw new Raised(String(reason));
        },
        tools: null,
        documents: null,
        ...this.names,
        ...extra,
        add_generation_prompt: addGenerationPrompt,
        messages: messages.map((message) => ({ ...message })),
      });
    } catch (thrown) {
      const reason = reasonOf(thrown);
      if (thrown instanceof Raised)
        throw new LabError(
          "model",
          `The chat template refuses this conversation: “${reason}”.`,
          "Change or leave out the sample, or take another version of the model.",
          { reason },
        );
      throw new LabError(
        "model",
        `The chat template cannot be rendered here: ${reason}.`,
        "Its author or this lab is at fault, not the sample: take another version of the model, or simplify chat_template.",
        { reason },
      );
    }
  }

  #parse(): Template {
    try {
      const template = new Template(this.source);
      template.parsed = ledToPython(template.parsed) as Template["parsed"];
      printAsPython(template.parsed);
      return template;
    } catch (thrown) {
      throw new LabError(
        "model",
        `The chat template cannot be read: ${reasonOf(thrown)}.`,
        "Take another version of the model, or correct chat_template.",
        { reason: reasonOf(thrown) },
      );
    }
  }
}

/** Thrown where a template raises an exception of its own. */
class Raised extends Error {}

const reasonOf = (thrown: unknown): string =>
  (thrown instanceof Error ? thrown.message : String(thrown)).slice(0, 300);
