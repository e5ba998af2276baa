// Finds added tokens in a text as Hugging Face's tokenizers do: the longest at each place, with the spaces that belong to it,
// and only as whole words where a token asks for that. @huggingface/tokenizers ignores the last and takes JavaScript's spaces.
import { isRecord } from "../files";

type Json = Record<string, unknown>;

interface Rule {
  content: string;
  wholeWord: boolean;
  spacesBefore: boolean;
  spacesAfter: boolean;
}

const WORD = /^[\p{Alphabetic}\p{M}\p{Nd}\p{Pc}\u200C\u200D]$/u;
const SPACE = /^\p{White_Space}$/u;

/** The definition without the settings that `addedTokenSplitter` applies itself. */
export function withoutTokenRules(definition: Json): Json {
  const added = Array.isArray(definition.added_tokens) ? (definition.added_tokens as unknown[]) : [];
  return {
    ...definition,
    added_tokens: added.map((token) =>
      isRecord(token) ? { ...token, lstrip: false, rstrip: false, single_word: false } : token,
    ),
  };
}

/**
 * Cuts a text at the tokens that are looked for before it is normalised.
 * @returns null where no token asks for more than to be found, so that the library's own splitter is right
 */
export function addedTokenSplitter(definition: Json): ((text: string) => string[]) | null {
  const added = Array.isArray(definition.added_tokens) ? (definition.added_tokens as unknown[]) : [];
  const rules = added.flatMap((token): Rule[] => {
    if (!isRecord(token) || typeof token.content !== "string" || token.content === "") return [];
    const early = !(token.normalized ?? token.special !== true) || !isRecord(definition.normalizer);
    const { content } = token;
    return early
      ? [
          {
            content,
            wholeWord: token.single_word === true,
            spacesBefore: token.lstrip === true,
            spacesAfter: token.rstrip === true,
          },
        ]
      : [];
  });
  if (!rules.some(({ wholeWord, spacesBefore, spacesAfter }) => wholeWord || spacesBefore || spacesAfter))
    return null;
  const known = new Map(rules.map((rule) => [rule.content, rule]));
  const lengths = [...new Set(rules.map(({ content }) => content.length))].sort((a, b) => b - a);
  const first = new Set(rules.map(({ content }) => content[0]));

  return (text) => {
    const sections: string[] = [];
    let done = 0;
    let at = 0;
    while (at < text.length) {
      const length = first.has(text[at])
        ? lengths.find((size) => known.has(text.slice(at, at + size)))
        : undefined;
      const rule = length === undefined ? undefined : known.get(text.slice(at, at + length));
      if (!rule) {
        at++;
        continue;
      }
      const end = at + rule.content.length;
      if (rule.wholeWord && !(endsAWord(text, at) && beginsAWord(text, end))) {
        at = end;
        continue;
      }
      let [from, to] = [at, end];
      while (rule.spacesBefore && from > done && SPACE.test(text[from - 1]!)) from--;
      while (rule.spacesAfter && to < text.length && SPACE.test(text[to]!)) to++;
      sections.push(text.slice(done, from), rule.content);
      done = at = to;
    }
    sections.push(text.slice(done));
    return sections.filter((section) => section !== "");
  };
}

/** No word character stands before `at`, or after it. */
const endsAWord = (text: string, at: number): boolean =>
  at === 0 || !WORD.test(String.fromCodePoint(lastPoint(text, at)));
const beginsAWord = (text: string, at: number): boolean =>
  at >= text.length || !WORD.test(String.fromCodePoint(text.codePointAt(at)!));

function lastPoint(text: string, at: number): number {
  const pair = at >= 2 ? text.codePointAt(at - 2)! : 0;
  return pair > 0xffff ? pair : text.charCodeAt(at - 1);
}
