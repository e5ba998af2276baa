// A SentencePiece vocabulary (Gemma's) as the parts of a tokenizer.json. GGUF keeps a score for each token and no merges:
// two neighbours become a token if it is in the vocabulary, the one with the best score first, so the scores are the merges.

/** A kind of token in `tokenizer.ggml.token_type` that is text like any other. */
const NORMAL = 1;

/**
 * @param scores one a token; higher merges earlier
 * @param prefix whether a space is put before the text
 */
export function sentencePieceParts(
  tokens: readonly string[],
  scores: ArrayLike<number>,
  kindOf: (id: number) => number,
  prefix: boolean,
  unknown: string | null,
): Readonly<Record<"normalizer" | "pre_tokenizer" | "decoder" | "model", unknown>> {
  const replace = (from: string, content: string) => ({
    type: "Replace",
    pattern: { String: from },
    content,
  });
  const marked = replace(" ", "▁");
  return {
    normalizer: prefix
      ? { type: "Sequence", normalizers: [{ type: "Prepend", prepend: "▁" }, marked] }
      : marked,
    pre_tokenizer: null,
    decoder: {
      type: "Sequence",
      decoders: [
        replace("▁", " "),
        { type: "ByteFallback" },
        { type: "Fuse" },
        ...(prefix ? [{ type: "Strip", content: " ", start: 1, stop: 0 }] : []),
      ],
    },
    model: {
      type: "BPE",
      vocab: Object.fromEntries(tokens.map((token, id) => [token, id])),
      merges: mergesOf(tokens, scores, kindOf),
      ignore_merges: false,
      byte_fallback: true,
      fuse_unk: true,
      dropout: null,
      unk_token: unknown,
    },
  };
}

/** Every way to make a token of two others, best score first. */
function mergesOf(
  tokens: readonly string[],
  scores: ArrayLike<number>,
  kindOf: (id: number) => number,
): [string, string][] {
  const known = new Set(tokens.filter((_, id) => kindOf(id) === NORMAL));
  const ranked = tokens
    .map((token, id) => ({ letters: [...token], id }))
    .filter(({ letters, id }) => letters.length > 1 && kindOf(id) === NORMAL)
    .sort((a, b) => scores[b.id] - scores[a.id] || a.id - b.id);
  return ranked.flatMap(({ letters }) => {
    const ways: [string, string][] = [];
    for (let at = 1; at < letters.length; at++) {
      const [left, right] = [letters.slice(0, at).join(""), letters.slice(at).join("")];
      if (known.has(left) && known.has(right)) ways.push([left, right]);
    }
    return ways;
  });
}
