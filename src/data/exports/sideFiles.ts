// The files that a merged model needs beside its weights: shape, generation settings, tokenizer and chat template. They
// are the model's own where it came with them, and are made from a GGUF file's metadata where it did not.
import { readWhole, type ByteSource } from "../files";
import { readGgufHeader, type GgufHeader } from "../gguf/header";
import { ggufTokenizerFiles } from "../gguf/tokenizer";
import type { OpenModel } from "../modelFolder";
import { PLAIN_TEMPLATE } from "../tokenizer/template";
import { hubConfig, normShiftOf } from "./hubConfig";

type Json = Record<string, unknown>;

export interface SideFile {
  name: string;
  bytes: Uint8Array;
}

export interface SideFiles {
  files: SideFile[];
  /** To be added to the weights of norms. */
  normShift: number;
}

/** A tokenizer of 256,000 tokens has less. */
const MAX_BYTES = 128 * 2 ** 20;

const json = (name: string, value: Json): SideFile => ({
  name,
  bytes: new TextEncoder().encode(`${JSON.stringify(value, null, 2)}\n`),
});

/** @throws LabError "model" where a file can no longer be read */
export async function sideFiles(model: OpenModel): Promise<SideFiles> {
  const isGguf = !model.files.some(({ name }) => name === "config.json");
  const made = isGguf ? await fromGguf(model, model.files[0]) : await ownFiles(model);
  const generation = generationFile(model, made.files);
  const files = [...made.files.filter(({ name }) => name !== generation.name), generation];
  // What a model was trained under must be what it is asked under.
  const isPlain = model.tokenizer?.hasChatTemplate === false;
  if (isPlain) files.push({ name: "chat_template.jinja", bytes: new TextEncoder().encode(PLAIN_TEMPLATE) });
  return { ...made, files };
}

async function ownFiles(model: OpenModel): Promise<SideFiles> {
  const weights = new Set([...model.tensors.values()].map(({ source }) => source.name));
  const files: SideFile[] = [];
  for (const source of model.files) {
    if (weights.has(source.name) || source.name.endsWith(".safetensors.index.json")) continue;
    files.push({ name: source.name, bytes: await readWhole(source, MAX_BYTES) });
  }
  return { files, normShift: 0 };
}

async function fromGguf({ config, tensors }: OpenModel, source: ByteSource): Promise<SideFiles> {
  const header = await readGgufHeader(source);
  const { definition, config: named, template } = ggufTokenizerFiles(source.name, header);
  const embed = tensors.get("model.embed_tokens.weight");
  const dtype = embed?.stored !== undefined ? "F16" : (embed?.dtype ?? "F16");
  const torch = dtype === "F32" ? "float32" : dtype === "BF16" ? "bfloat16" : "float16";
  const written = hubConfig(config, torch, idsOf(header));
  const tokenizerConfig = {
    tokenizer_class: "PreTrainedTokenizerFast",
    ...Object.fromEntries(Object.entries(named).filter(([, value]) => value !== null)),
    model_max_length: config.maxPosition,
    ...(template === null ? {} : { chat_template: template }),
  };
  return {
    files: [
      json("config.json", written),
      json("tokenizer.json", { version: "1.0", truncation: null, padding: null, ...definition }),
      json("tokenizer_config.json", tokenizerConfig),
    ],
    normShift: normShiftOf(config, written),
  };
}

function idsOf({ metadata }: GgufHeader): Record<string, number> {
  const named = { bos_token_id: "bos_token_id", pad_token_id: "padding_token_id" };
  return Object.fromEntries(
    Object.entries(named).flatMap(([key, name]) => {
      const id = metadata.get(`tokenizer.ggml.${name}`);
      return typeof id === "number" ? [[key, id]] : [];
    }),
  );
}

/** The model's generation settings, in which every token that ends a turn here ends one. */
function generationFile(model: OpenModel, files: readonly SideFile[]): SideFile {
  const name = "generation_config.json";
  const own = files.find((file) => file.name === name);
  // It was read as an object when the model was opened.
  const settings = own ? (JSON.parse(new TextDecoder().decode(own.bytes)) as Json) : {};
  const listed = [settings.eos_token_id].flat().filter((id) => typeof id === "number");
  const ends = model.config.eosTokenIds;
  if (own && ends.every((id) => listed.includes(id))) return own;
  const all = [...new Set([...listed, ...ends])];
  return json(name, { ...settings, eos_token_id: all.length === 1 ? all[0] : all });
}
