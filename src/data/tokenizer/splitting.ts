// Where a tokenizer cuts text, by the rules of the library that trained it (Hugging Face's tokenizers, in Rust): digits and
// spaces are Unicode's, and each way of splitting is its own. @huggingface/tokenizers takes JavaScript's (\d is ASCII, \s holds
// U+FEFF and lacks U+0085) and splits in one way only, so that each rule is handed to it as the regular expression it is.
import { isRecord } from "../files";

type Json = Record<string, unknown>;

/** GPT-2's pattern, which a `ByteLevel` pre-tokenizer applies where it says no other. Source: OpenAI's gpt-2, encoder.py. */
const BYTE_LEVEL = "'(?:[stmd]|re|ve|ll)| ?\\p{L}+| ?\\p{N}+| ?[^\\s\\p{L}\\p{N}]+|\\s+(?!\\S)|\\s+";
const PUNCTUATION = "[\\p{P}!-/:-@\\[-`{-~]";
/** Word characters of Rust's regex: those that join letters (U+200C, U+200D) are among them. */
const WORD = "[\\p{Alphabetic}\\p{M}\\p{Nd}\\p{Pc}\\u200C\\u200D]";
const ANY = "(?:.|\\n)";

const split = (pattern: string, behavior: string, invert = false): Json => ({
  type: "Split",
  pattern: { Regex: pattern },
  behavior,
  invert,
});
const sequence = (pretokenizers: readonly unknown[]): Json => ({ type: "Sequence", pretokenizers });

/** tokenizer.json with its pre-tokenizer and normalizer written so that the library cuts as the Rust one does. */
export function withUnicodeSplitting(definition: Json): Json {
  return {
    ...definition,
    pre_tokenizer: preTokenizer(definition.pre_tokenizer),
    normalizer: normalizer(definition.normalizer),
  };
}

function preTokenizer(given: unknown): unknown {
  if (!isRecord(given)) return given;
  switch (given.type) {
    case "Sequence":
      return Array.isArray(given.pretokenizers) ? sequence(given.pretokenizers.map(preTokenizer)) : given;
    case "Split":
      return splitRule(given);
    case "Digits":
      return split(given.individual_digits === true ? "\\p{N}" : "\\p{N}+", "Isolated");
    case "ByteLevel":
      return byteLevel(given);
    case "Punctuation":
      return behaves(PUNCTUATION, given.behavior ?? "Isolated", false) ?? given;
    case "Whitespace":
      return split(`${WORD}+|(?:(?!${WORD})\\S)+`, "Removed", true);
    case "WhitespaceSplit":
      return split("\\s+", "Removed");
    case "BertPreTokenizer":
      return sequence([split("\\s+", "Removed"), split(PUNCTUATION, "Isolated")]);
    case "FixedLength":
      return typeof given.length === "number" ? split(`${ANY}{1,${given.length}}`, "Isolated") : given;
    case "Metaspace":
      return metaspace(given);
    default:
      return given;
  }
}

/** Its bytes come last; the space that it puts in front and its pattern are steps of their own. */
function byteLevel(given: Json): Json {
  if (given.use_regex === false) return given;
  const bytes = { ...given, add_prefix_space: false, use_regex: false };
  // An empty match would also be found between the halves of a character beyond U+FFFF.
  const space = { type: "Replace", pattern: { Regex: "\\A[^ ]" }, content: " $&" };
  const steps = [split(BYTE_LEVEL, "Isolated"), bytes];
  return sequence(given.add_prefix_space === true ? [space, ...steps] : steps);
}

/** Words begin with their mark, and where none is to be put in front, files of before `prepend_scheme` say so otherwise. */
function metaspace(given: Json): Json {
  const scheme = given.prepend_scheme ?? (given.add_prefix_space === false ? "never" : "always");
  const marked = { ...given, prepend_scheme: scheme };
  const mark = typeof given.replacement === "string" ? given.replacement : "▁";
  return given.split === false ? marked : sequence([marked, behaves(escaped(mark), "MergedWithNext", false)]);
}

function splitRule(given: Json): Json {
  const pattern = isRecord(given.pattern) ? given.pattern : {};
  const regex =
    typeof pattern.Regex === "string"
      ? foldedLetters(pattern.Regex)
      : typeof pattern.String === "string"
        ? escaped(pattern.String)
        : null;
  return (regex !== null && behaves(regex, given.behavior, given.invert === true)) || given;
}

/** A split by its behaviour; null where that is none of the known ones. `invert`: the pattern is of what lies between. */
function behaves(pattern: string, behavior: unknown, invert: boolean): Json | null {
  const one = `(?:${pattern})`;
  // A single character has a class of its own; a lookahead at each place of a long text would be slow.
  const isSign = /^(?:\\[^\p{L}\p{N}]|[^\\.^$])$/u.test(pattern);
  const other = isSign ? `[^${pattern}]` : `(?:(?!${pattern})${ANY})`;
  switch (String(behavior).toLowerCase()) {
    case "removed":
      return split(pattern, "Removed", invert);
    case "isolated":
      return split(pattern, "Isolated");
    case "contiguous":
      return split(`${one}+`, "Isolated");
    case "mergedwithprevious":
      return invert ? null : split(`${other}*${one}|${other}+`, "Removed", true);
    case "mergedwithnext":
      return invert ? null : split(`${one}${other}*|${other}+`, "Removed", true);
    default:
      return null;
  }
}

/**
 * Inside `(?i: )`, S and K also stand for ſ (U+017F) and K (U+212A), which Unicode folds to them: the contraction 's is
 * found in 'ſ too. The library folds ASCII letters only.
 */
function foldedLetters(pattern: string): string {
  return pattern.replace(/\(\?i:([^()[\]\\]*)\)/g, (_, group: string) => {
    const folded = group.replace(/[sk]/gi, (letter) => (/s/i.test(letter) ? "[sS\\u017F]" : "[kK\\u212A]"));
    return `(?i:${folded})`;
  });
}

const escaped = (text: string): string => text.replace(/[\\^$.*+?()[\]{}|]/g, "\\$&");

function normalizer(given: unknown): unknown {
  if (!isRecord(given)) return given;
  const without = (pattern: string) => ({ type: "Replace", pattern: { Regex: pattern }, content: "" });
  switch (given.type) {
    case "Sequence":
      return Array.isArray(given.normalizers)
        ? { ...given, normalizers: given.normalizers.map(normalizer) }
        : given;
    case "Strip": {
      const left = given.strip_left === true ? [without("\\A\\s+")] : [];
      const right = given.strip_right === true ? [without("\\s+\\z")] : [];
      return { type: "Sequence", normalizers: [...left, ...right] };
    }
    case "Replace":
      // The library's text replaces as JavaScript's: "$&" would be what was found.
      return typeof given.content === "string"
        ? { ...given, content: given.content.replaceAll("$", "$$$$") }
        : given;
    default:
      return given;
  }
}
