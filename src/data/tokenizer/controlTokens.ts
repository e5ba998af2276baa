// Control tokens, united from every place where a model's files name them: a token that one file leaves out would be cut into
// pieces like ordinary text, and a model would never be seen to end its turn.
import { LabError } from "../../lib/errors";
import { isRecord } from "../files";

type Json = Record<string, unknown>;

interface AddedToken {
  id: number;
  content: string;
  special: boolean;
}

/** Settings that name one token each. */
const NAMED = ["bos_token", "eos_token", "unk_token", "pad_token", "sep_token", "cls_token", "mask_token"];

/** A special token is a text, or an object with its content. */
export function tokenText(value: unknown): string | null {
  if (typeof value === "string") return value;
  return isRecord(value) && typeof value.content === "string" ? value.content : null;
}

/** Content → id of the vocabulary itself, whose form depends on the model's kind. */
function vocabularyOf({ model }: Json): (content: string) => number | undefined {
  const vocab = isRecord(model) ? model.vocab : undefined;
  if (Array.isArray(vocab)) {
    const ids = new Map(
      (vocab as unknown[]).map((entry, id) => [Array.isArray(entry) ? entry[0] : entry, id]),
    );
    return (content) => ids.get(content);
  }
  return (content) => {
    const id = isRecord(vocab) && Object.hasOwn(vocab, content) ? vocab[content] : undefined;
    return typeof id === "number" ? id : undefined;
  };
}

/** The tokens that tokenizer_config.json and special_tokens_map.json name, with their ids where these are known. */
function namedTokens(config: Json): { content: string; id?: number; special: boolean }[] {
  const decoder = isRecord(config.added_tokens_decoder) ? config.added_tokens_decoder : {};
  const decoded = Object.entries(decoder).flatMap(([id, token]) => {
    const content = tokenText(token);
    const special = isRecord(token) && token.special === true;
    return content !== null && /^\d{1,9}$/.test(id) ? [{ content, id: Number(id), special }] : [];
  });
  const further = [config.additional_special_tokens, config.extra_special_tokens].flatMap((value) =>
    Array.isArray(value) ? (value as unknown[]) : isRecord(value) ? Object.values(value) : [],
  );
  const named = [...NAMED.map((key) => config[key]), ...further].flatMap((value) => {
    const content = tokenText(value);
    return content === null || content === "" ? [] : [{ content, special: true }];
  });
  return [...decoded, ...named];
}

/**
 * tokenizer.json with every token that the other files name among its added tokens.
 * @param vocab size of the model's vocabulary: added tokens beyond it are left out, since the model has no row for them
 * @throws LabError "model" where two files give one id to two tokens
 */
export function withControlTokens(definition: Json, config: Json, vocab = Infinity): Json {
  const own = (Array.isArray(definition.added_tokens) ? definition.added_tokens : []) as (Json &
    AddedToken)[];
  const added = new Map(own.filter(({ id }) => id < vocab).map((token) => [token.content, { ...token }]));
  const idOf = vocabularyOf(definition);
  const contentOf = new Map([...added.values()].map(({ id, content }) => [id, content]));
  for (const { content, id, special } of namedTokens(config)) {
    const known = added.get(content);
    const at = known?.id ?? idOf(content) ?? id;
    if (at === undefined || at >= vocab) continue;
    const other = contentOf.get(at);
    if (other !== undefined && other !== content)
      throw new LabError(
        "model",
        `tokenizer_config.json calls token ${at} ${JSON.stringify(content.slice(0, 40))}, tokenizer.json ${JSON.stringify(other.slice(0, 40))}.`,
        "Take both files from the same model.",
      );
    if (known) known.special ||= special;
    else {
      added.set(content, plainToken(at, content, special));
      contentOf.set(at, content);
    }
  }
  return { ...definition, added_tokens: [...added.values()].sort((a, b) => a.id - b.id) };
}

/** A token that is matched as it stands, as tokenizer.json lists it. */
export const plainToken = (id: number, content: string, special: boolean) => ({
  id,
  content,
  single_word: false,
  lstrip: false,
  rstrip: false,
  normalized: false,
  special,
});

/**
 * Looks for control tokens in texts. A vocabulary may have thousands and a pool tens of thousands of texts, so that only
 * places are looked at where one may begin.
 * @returns the first one in the text; null where it has none
 */
export function controlFinder(texts: readonly string[]): (text: string) => string | null {
  const known = new Set(texts);
  const lengths = [...new Set(texts.map(({ length }) => length))].sort((a, b) => b - a);
  const first = new Set(texts.map((text) => text[0]));
  return (text) => {
    for (let at = 0; at < text.length; at++) {
      if (!first.has(text[at])) continue;
      const length = lengths.find((size) => known.has(text.slice(at, at + size)));
      if (length !== undefined) return text.slice(at, at + length);
    }
    return null;
  };
}

/** Contents of the special tokens, longest first; those of one or two characters occur in any text. */
export function specialTexts(definition: Json): string[] {
  const added = (Array.isArray(definition.added_tokens) ? definition.added_tokens : []) as AddedToken[];
  return added
    .filter(({ content, special }) => special && content.length > 2)
    .map(({ content }) => content)
    .sort((a, b) => b.length - a.length);
}
