// README.md of an export: what the files are, which model they belong to, and how other tools load them.
import type { AdapterConfig } from "../../families/config";
import type { RunIdentity } from "../../lib/events";
import type { ExportBase } from "./base";

export const README = "README.md";

const quoted = (text: string): string => JSON.stringify(text);

/** Lines of metadata that model hubs read. */
const header = (entries: Readonly<Record<string, string | null>>): string[] => [
  "---",
  ...Object.entries(entries).flatMap(([key, value]) => (value === null ? [] : [`${key}: ${value}`])),
  "---",
  "",
];

const madeOf = (identity: RunIdentity | null): string[] =>
  identity === null
    ? []
    : [
        "## What it was made of",
        "",
        `- Weights: ${identity.weights.name}, SHA-256 of its files ${identity.weights.hash}`,
        `- Training rows: ${identity.train.rows} of ${identity.train.name}, SHA-256 ${identity.train.hash}`,
        `- Lab: Proximal ${identity.code}`,
        "",
      ];

/** For PEFT's two files. */
export function adapterReadme(
  name: string,
  base: ExportBase,
  { rank, alpha, targets, useRslora }: AdapterConfig,
  identity: RunIdentity | null,
): string {
  const isHub = base.name !== null && /^[\w.-]+\/[\w.-]+$/.test(base.name);
  const path = base.name ?? "PATH OF THE BASE MODEL'S FOLDER";
  const revision = base.revision === null ? "" : `, revision=${quoted(base.revision)}`;
  const nameless = [
    `**adapter_config.json names no base model**, because it was trained on ${base.words}: other tools have no name`,
    base.gguf
      ? "that leads there. Give the Hugging Face folder of the same model below, use the adapter as GGUF with llama.cpp,"
      : "that leads there. Give the folder of that model below,",
    "or save the merged model instead, which needs no other files.",
    "",
  ];
  return [
    ...header({ library_name: "peft", base_model: isHub ? base.name : null }),
    `# ${name}`,
    "",
    `A LoRA adapter (rank ${rank}, alpha ${alpha}${useRslora ? ", rsLoRA" : ""}, on ${targets.join(", ")}) for ${base.words}.`,
    "It works on that model only.",
    "",
    ...(base.name === null ? nameless : []),
    "## Load it",
    "",
    "```python",
    "from peft import PeftModel",
    "from transformers import AutoModelForCausalLM, AutoTokenizer",
    "",
    `base = ${quoted(path)}`,
    `model = PeftModel.from_pretrained(AutoModelForCausalLM.from_pretrained(base${revision}), "THIS FOLDER")`,
    `tokenizer = AutoTokenizer.from_pretrained(base${revision})`,
    "```",
    "",
    ...madeOf(identity),
  ].join("\n");
}

/** For a model with the adapter worked in. */
export function mergedReadme(name: string, base: ExportBase, identity: RunIdentity | null): string {
  return [
    ...header({ library_name: "transformers" }),
    `# ${name}, merged`,
    "",
    `The model ${base.words}, with the LoRA adapter ${name} worked into its weights. Nothing else is needed.`,
    ...(base.gguf
      ? ["It was read from a GGUF file: its blocks of quantised values are widened to float16 here."]
      : []),
    "",
    "## Load it",
    "",
    "```python",
    "from transformers import AutoModelForCausalLM, AutoTokenizer",
    "",
    'model = AutoModelForCausalLM.from_pretrained("THIS FOLDER", dtype="auto")',
    'tokenizer = AutoTokenizer.from_pretrained("THIS FOLDER")',
    "```",
    "",
    ...madeOf(identity),
  ].join("\n");
}
