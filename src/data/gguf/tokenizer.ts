// The tokenizer inside a GGUF file, rebuilt as the tokenizer.json that its Hugging Face repository has.
import { LabError } from "../../lib/errors";
import { createTokenizer, type TextTokenizer } from "../tokenizer";
import { plainToken } from "../tokenizer/controlTokens";
import type { GgufHeader, GgufValue } from "./header";
import { sentencePieceParts } from "./sentencePiece";

type Json = Record<string, unknown>;

const WORDS = "(?i:'s|'t|'re|'ve|'m|'ll|'d)|[^\\r\\n\\p{L}\\p{N}]?\\p{L}+|";
const REST = "| ?[^\\s\\p{L}\\p{N}]+[\\r\\n]*|\\s*[\\r\\n]+|\\s+(?!\\S)|\\s+";
const split = (numbers: string): Json[] => [
  { type: "Split", pattern: { Regex: WORDS + numbers + REST }, behavior: "Isolated", invert: false },
  { type: "ByteLevel", add_prefix_space: false, trim_offsets: true, use_regex: false },
];
const byteLevel: Json = { type: "ByteLevel", add_prefix_space: false, trim_offsets: true, use_regex: true };
const digits: Json = { type: "Digits", individual_digits: true };

/** How text is cut before merging, by the name that llama.cpp gives it. */
const PRE: Readonly<Record<string, { cut: Json[]; nfc?: boolean; wholeWords?: boolean }>> = {
  "llama-bpe": { cut: split("\\p{N}{1,3}"), wholeWords: true },
  llama3: { cut: split("\\p{N}{1,3}"), wholeWords: true },
  qwen2: { cut: split("\\p{N}"), nfc: true },
  "deepseek-r1-qwen": { cut: split("\\p{N}"), nfc: true },
  smollm: { cut: [digits, byteLevel] },
  "gpt-2": { cut: [byteLevel] },
};

/** Kinds of token in `tokenizer.ggml.token_type`. */
const NORMAL = 1;
const CONTROL = 3;
const USER_DEFINED = 4;

/** Metadata that name tokens at which a text or a turn begins or ends. */
const ENDS = ["bos_token_id", "eos_token_id", "eot_token_id", "eom_token_id", "padding_token_id"];

/** @throws LabError "model" naming what of the tokenizer is missing or unknown. */
export function ggufTokenizer(file: string, header: GgufHeader): TextTokenizer {
  const { definition, config, template } = ggufTokenizerFiles(file, header);
  return createTokenizer(definition, config, template);
}

/** tokenizer.json, tokenizer_config.json and the chat template, as `ggufTokenizer` reads them. */
export function ggufTokenizerFiles(
  file: string,
  { metadata }: GgufHeader,
): { definition: Json; config: Json; template: string | null } {
  const get = (name: string): GgufValue | undefined => metadata.get(`tokenizer.ggml.${name}`);
  const refuse = (what: string): never => {
    throw new LabError(
      "model",
      `${file}: ${what}.`,
      "Take the Hugging Face version of the model, with tokenizer.json.",
      { file },
    );
  };
  const tokens = get("tokens");
  if (!isTexts(tokens)) return refuse("the tokenizer's list of tokens is missing");
  if (new Set(tokens).size !== tokens.length) refuse("the tokenizer lists a token twice");
  const kinds = get("token_type");
  const kindOf = (id: number): number =>
    kinds instanceof Int32Array || kinds instanceof Uint32Array ? (kinds[id] ?? 1) : 1;
  // Some files mark <|im_end|> as an ordinary token: what ends or begins a text is a control token all the same.
  const ends = new Set(ENDS.map(get));
  const isControl = (content: string, id: number) =>
    kindOf(id) === CONTROL || ends.has(id) || (kindOf(id) === NORMAL && /^<\|[^|<>\s]+\|>$/.test(content));
  const added = tokens.flatMap((content, id) => {
    const control = isControl(content, id);
    if (!control && kindOf(id) !== USER_DEFINED) return [];
    return [plainToken(id, content, control)];
  });
  const nameOf = (key: string): string | null => {
    const id = get(key);
    return typeof id === "number" ? (tokens[id] ?? null) : null;
  };
  const begin = get("add_bos_token") === true ? nameOf("bos_token_id") : null;
  /** Text cut as `pre` says, each piece merged by a list of merges. */
  const byteLevelParts = (): Json => {
    const [pre, merges] = [get("pre"), get("merges")];
    if (!isTexts(merges)) return refuse("the tokenizer's list of merges is missing");
    const how = typeof pre === "string" && Object.hasOwn(PRE, pre) ? PRE[pre] : undefined;
    if (!how)
      return refuse(
        `the tokenizer cuts text by “${String(pre).slice(0, 40)}”, which is not known here (known: ${Object.keys(PRE).join(", ")})`,
      );
    return byteLevelDefinition(tokens, merges, how);
  };
  const scoredParts = (): Json => {
    const scores = get("scores");
    if (!(scores instanceof Float32Array) || scores.length !== tokens.length)
      return refuse("the tokenizer's list of scores is missing, or has another length than its tokens");
    return sentencePieceParts(
      tokens,
      scores,
      kindOf,
      get("add_space_prefix") !== false,
      nameOf("unknown_token_id"),
    );
  };
  const model = get("model");
  const parts = model === "gpt2" ? byteLevelParts() : model === "llama" ? scoredParts() : null;
  if (!parts)
    return refuse(
      `the tokenizer model ${String(model).slice(0, 40)} is not supported (supported: gpt2, llama)`,
    );
  const definition: Json = {
    added_tokens: added,
    post_processor: begin === null ? null : beginWith(begin, tokens.indexOf(begin)),
    ...parts,
  };
  const template = metadata.get("tokenizer.chat_template");
  const config = {
    clean_up_tokenization_spaces: false,
    bos_token: nameOf("bos_token_id"),
    eos_token: nameOf("eos_token_id"),
    pad_token: nameOf("padding_token_id"),
  };
  return { definition, config, template: typeof template === "string" ? template : null };
}

function byteLevelDefinition(
  tokens: readonly string[],
  merges: readonly string[],
  how: (typeof PRE)[string],
): Json {
  return {
    normalizer: how.nfc ? { type: "NFC" } : null,
    pre_tokenizer: { type: "Sequence", pretokenizers: how.cut },
    decoder: { type: "ByteLevel", add_prefix_space: true, trim_offsets: true, use_regex: true },
    model: {
      type: "BPE",
      vocab: Object.fromEntries(tokens.map((token, id) => [token, id])),
      merges,
      // Llama 3 takes a word that is a token as it is, without looking for merges.
      ignore_merges: how.wholeWords === true,
      byte_fallback: false,
      fuse_unk: false,
      dropout: null,
      unk_token: null,
    },
  };
}

function beginWith(token: string, id: number): Json {
  const sequence = (name: string) => ({ Sequence: { id: name, type_id: 0 } });
  const special = { SpecialToken: { id: token, type_id: 0 } };
  return {
    type: "TemplateProcessing",
    single: [special, sequence("A")],
    pair: [special, sequence("A"), special, sequence("B")],
    special_tokens: { [token]: { id: token, ids: [id], tokens: [token] } },
  };
}

function isTexts(value: GgufValue | undefined): value is string[] {
  return Array.isArray(value) && value.length > 0;
}
