// Text ⇄ token ids and chat templates, from a model's own tokenizer.json and tokenizer_config.json.
// The work is done by @huggingface/tokenizers and @huggingface/jinja; this file fixes the conventions.
import { Tokenizer } from "@huggingface/tokenizers";
import { LabError } from "../lib/errors";
import { isRecord, readJson, readWhole, type ModelFolder } from "./files";
import { addedTokenSplitter, withoutTokenRules } from "./tokenizer/addedTokens";
import { decodeBytesOneByOne } from "./tokenizer/byteFallback";
import { controlFinder, specialTexts, tokenText, withControlTokens } from "./tokenizer/controlTokens";
import { closing, renderedIds, type Rendering } from "./tokenizer/rendered";
import { withUnicodeSplitting } from "./tokenizer/splitting";
import { ChatTemplate, templateIn } from "./tokenizer/template";

export interface ChatMessage {
  role: "system" | "user" | "assistant" | "tool";
  content: string;
}

export interface ChatOptions {
  /** End on the opening of the assistant's turn. Default true. */
  addGenerationPrompt?: boolean;
  /** Further template variables, e.g. `{ enable_thinking: false }`. */
  extra?: Readonly<Record<string, unknown>>;
}

/** A prompt: a user's text, or a conversation that ends before the answer. */
export type Prompt = string | readonly ChatMessage[];

export interface TextTokenizer {
  /** @param addSpecial also add what the post-processor adds (a begin token for Llama). Default false. */
  encode(text: string, addSpecial?: boolean): number[];
  /** The text as it was encoded, spaces as they are. Ids that are not known (the vocabulary may be larger) give none. */
  decode(ids: ArrayLike<number>, keepSpecial?: boolean): string;
  /**
   * The rendered chat template.
   * @throws LabError "model" when it refuses the messages; "data" when one of them has a control token as text.
   */
  chat(messages: Prompt, options?: ChatOptions): string;
  chatIds(messages: Prompt, options?: ChatOptions): number[];
  /**
   * Prompt and answer under the template. `promptLength` ids are those of the generation prompt; the rest, end tokens
   * included, is what a loss counts.
   * @throws LabError "model" when the template does not render the answer whole; as `chat`.
   */
  sftIds(prompt: Prompt, answer: string): { ids: number[]; promptLength: number };
  /** One token for display: whole characters as text, pieces of a character as `<0xE5>`. */
  idToText(id: number): string;
  /** False: the model brings none, and a plain one is used (each turn on a line of its own). */
  readonly hasChatTemplate: boolean;
  /** End tokens: the one the tokenizer names, and the one its template closes an answer with. */
  readonly eosIds: readonly number[];
  /** Highest id + 1, added tokens included. */
  readonly vocabSize: number;
}

type Json = Record<string, unknown>;

/** Ids above this are a damaged file. */
const MAX_VOCAB = 2_000_000;
const MAX_TEMPLATE_BYTES = 1 << 20;

/**
 * The tokenizer of a model folder: `tokenizer.json`, `tokenizer_config.json`, `special_tokens_map.json`, and the chat
 * template, which may stand in a file of its own.
 * @param vocab size of the model's vocabulary; added tokens beyond it are left out
 * @throws LabError "model" when tokenizer.json is missing or unusable.
 */
export async function loadTokenizer(folder: ModelFolder, vocab?: number): Promise<TextTokenizer> {
  const definition = await readJson(folder, "tokenizer.json");
  if (!definition) {
    throw new LabError(
      "model",
      `${folder.name} has no tokenizer.json: without the tokenizer, text cannot be turned into tokens.`,
      "Add tokenizer.json and tokenizer_config.json of the same model to the folder.",
      { folder: folder.name },
    );
  }
  const config = (await readJson(folder, "tokenizer_config.json")) ?? {};
  const special = (await readJson(folder, "special_tokens_map.json")) ?? {};
  const template = await folder.open("chat_template.jinja");
  const text = template
    ? new TextDecoder().decode(await readWhole(template, MAX_TEMPLATE_BYTES))
    : templateIn((await readJson(folder, "chat_template.json")) ?? {});
  return createTokenizer(definition, { ...special, ...config }, text, vocab);
}

/** See `loadTokenizer`; `template` goes before the one of the config. */
export function createTokenizer(
  given: Json,
  config: Json,
  template: string | null = null,
  vocab?: number,
): TextTokenizer {
  checkDefinition(given);
  const definition = withControlTokens(given, config, vocab);
  const tokenizer = attempt("tokenizer.json cannot be used", () => libraryTokenizer(definition, config));
  const vocabulary = tokenizer.get_vocab(true);
  const vocabSize = [...vocabulary.values()].reduce((most, id) => Math.max(most, id + 1), 0);
  const named = Object.fromEntries(
    ["bos_token", "eos_token", "unk_token", "pad_token"].flatMap((key) => {
      const text = tokenText(config[key]);
      return text === null ? [] : [[key, text]];
    }),
  );
  const chatTemplate = new ChatTemplate(template ?? templateIn(config), named);
  const controls = specialTexts(definition);
  const controlIn = controlFinder(controls);
  const byteLevel = usesByteLevel(definition.decoder);

  const encode = (text: string, addSpecial = false): number[] =>
    text === "" && !addSpecial ? [] : tokenizer.encode(text, { add_special_tokens: addSpecial }).ids;

  const decode = (ids: ArrayLike<number>, keepSpecial = false): string => {
    const known = Array.from(ids).filter((id) => tokenizer.id_to_token(id) !== undefined);
    if (known.length === 0) return "";
    return tokenizer.decode(known, {
      skip_special_tokens: !keepSpecial,
      // Switched off whatever the config says: this clean-up turns "x != y" into "x!= y" and could make a right answer wrong.
      clean_up_tokenization_spaces: false,
    });
  };

  const chat = (prompt: Prompt, { addGenerationPrompt = true, extra = {} }: ChatOptions = {}): string => {
    const messages = asMessages(prompt);
    for (const { content } of messages) refuseControl(controlIn(content));
    return chatTemplate.render(messages, addGenerationPrompt, extra);
  };

  const chatIds = (prompt: Prompt, options?: ChatOptions): number[] => encode(chat(prompt, options));
  const rendering: Rendering = {
    chat: (messages, addGenerationPrompt) => chat(messages, { addGenerationPrompt }),
    encode,
  };
  let ends: number[] | null = null;

  return {
    encode,
    decode,
    chat,
    chatIds,
    sftIds: (prompt, answer) => renderedIds(rendering, asMessages(prompt), answer),
    idToText: (id) => {
      const token = tokenizer.id_to_token(id);
      if (token === undefined) return `<${id}>`;
      const text = decode([id], true);
      // A lone SentencePiece token loses the space it stands for.
      if (!byteLevel) return token.startsWith("▁") && !text.startsWith(" ") ? ` ${text}` : text;
      return text.includes("\uFFFD") ? bytesOf(token) : text;
    },
    hasChatTemplate: !chatTemplate.isPlain,
    get eosIds() {
      return (ends ??= endIds(named.eos_token, rendering, controls, vocabulary));
    },
    vocabSize,
  };
}

/** The library's tokenizer with the rules of Hugging Face's Rust one, where the two differ. */
function libraryTokenizer(definition: Json, config: Json): Tokenizer {
  const tokenizer = new Tokenizer(withoutTokenRules(withUnicodeSplitting(definition)), config);
  const split = addedTokenSplitter(definition);
  if (split) Object.assign(tokenizer, { splitter_unnormalized: { split } });
  decodeBytesOneByOne(tokenizer.decoder);
  return tokenizer;
}

/** The named end token, and the control token that the template closes an answer with. */
function endIds(
  named: string | undefined,
  rendering: Rendering,
  controls: readonly string[],
  vocabulary: ReadonlyMap<string, number>,
): number[] {
  let behind = "";
  try {
    behind = closing(rendering).trimStart();
  } catch {
    // A template that does not render a plain question and answer is told of when it is used.
  }
  const closes = controls.find((text) => behind.startsWith(text));
  const ids = [named, closes].map((text) => (text === undefined ? undefined : vocabulary.get(text)));
  return [...new Set(ids.filter((id) => id !== undefined))];
}

/** @throws LabError "data" where a text holds what would be read as the end of a turn, say. */
function refuseControl(found: string | null): void {
  if (found !== null)
    throw new LabError(
      "data",
      `The text holds ${found.slice(0, 40)}, which this model reads as a control token.`,
      "Leave the sample out, or write it in another way.",
      { token: found },
    );
}

const asMessages = (prompt: Prompt): readonly ChatMessage[] =>
  typeof prompt === "string" ? [{ role: "user", content: prompt }] : prompt;

/** Refuses definitions that would make @huggingface/tokenizers loop or crash (no public report found; src/data/fuzz.test.ts tries such files). */
function checkDefinition({ model, added_tokens: added }: Json): void {
  const vocab = isRecord(model) ? model.vocab : undefined;
  const ids = isRecord(vocab) ? Object.values(vocab) : Array.isArray(vocab) ? [vocab.length] : null;
  const tokens = added === undefined || added === null ? [] : added;
  if (!ids || !Array.isArray(tokens)) {
    throw new LabError("model", "tokenizer.json holds no vocabulary.", "Download the file again.");
  }
  const extra = (tokens as unknown[]).map((token) =>
    isRecord(token) && typeof token.content === "string" ? token.id : null,
  );
  const bad = [...ids, ...extra].find(
    (id) => !Number.isSafeInteger(id) || (id as number) < 0 || (id as number) > MAX_VOCAB,
  );
  if (bad !== undefined) {
    throw new LabError(
      "model",
      `tokenizer.json holds the impossible token id ${String(bad).slice(0, 40)}.`,
      "Download the file again.",
    );
  }
}

function usesByteLevel(decoder: unknown): boolean {
  if (!isRecord(decoder)) return false;
  return (
    decoder.type === "ByteLevel" || (Array.isArray(decoder.decoders) && decoder.decoders.some(usesByteLevel))
  );
}

/** Byte-level vocabularies write each byte as a printable character: 33–126, 161–172, 174–255 as themselves, others from 256 on. */
function bytesOf(token: string): string {
  const hex = (byte: number) => `<0x${byte.toString(16).toUpperCase().padStart(2, "0")}>`;
  return Array.from(token, (char) => {
    const code = char.codePointAt(0)!;
    if (code < 256) return code < 127 ? char : hex(code);
    const shifted = code - 256;
    return hex(shifted < 33 ? shifted : shifted < 67 ? shifted + 94 : 173);
  }).join("");
}

function attempt<T>(what: string, run: () => T): T {
  try {
    return run();
  } catch (thrown) {
    if (thrown instanceof LabError) throw thrown;
    const reason = thrown instanceof Error ? thrown.message : String(thrown);
    throw new LabError(
      "model",
      `${what}: ${reason.slice(0, 300)}.`,
      "Download or copy the tokenizer files again.",
      { reason },
    );
  }
}
