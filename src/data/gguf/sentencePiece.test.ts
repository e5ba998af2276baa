// A SentencePiece vocabulary in GGUF: merges by score, spaces as a letter, bytes for what is unknown.
import { describe, expect, it } from "vitest";
import { memorySource } from "../files";
import { f32s, ggufFile, i32s, flag, text, texts, u32 } from "../testing/ggufFile";
import { readGgufHeader } from "./header";
import { ggufTokenizer } from "./tokenizer";

const bytes = Array.from({ length: 256 }, (_, b) => `<0x${b.toString(16).toUpperCase().padStart(2, "0")}>`);
const special = ["<pad>", "<eos>", "<bos>", "<unk>", "<start_of_turn>", "<end_of_turn>"];
const words = ["▁", "h", "e", "l", "o", "el", "lo", "he", "llo", "hello", "▁hello"];
const tokens = [...special, ...bytes, ...words];
/** "he" and "llo" merge before "el". */
const rank: Readonly<Record<string, number>> = { he: 1, lo: 2, llo: 3, hello: 4, "▁hello": 5, el: 6 };

/** @param control what the file's own control tokens are marked as: 3 = control, 1 = ordinary */
async function tokenizer(prefix: boolean, without?: string, control = 3) {
  const parts = [
    text("general.architecture", "gemma3"),
    text("tokenizer.ggml.model", "llama"),
    texts("tokenizer.ggml.tokens", tokens),
    f32s(
      "tokenizer.ggml.scores",
      tokens.map((token) => -(rank[token] ?? 1000)),
    ),
    i32s(
      "tokenizer.ggml.token_type",
      tokens.map((_, id) => (id === 3 ? 2 : id < special.length ? control : id < 262 ? 6 : 1)),
    ),
    u32("tokenizer.ggml.bos_token_id", 2),
    u32("tokenizer.ggml.eos_token_id", 1),
    u32("tokenizer.ggml.unknown_token_id", 3),
    flag("tokenizer.ggml.add_bos_token", true),
    flag("tokenizer.ggml.add_space_prefix", prefix),
  ];
  const kept = parts.filter(([key]) => key !== without);
  return ggufTokenizer("m.gguf", await readGgufHeader(memorySource("m.gguf", ggufFile(kept, []))));
}

describe("a SentencePiece vocabulary", () => {
  it("has its end token as one token, though the file marks it as an ordinary one", async () => {
    const marked = await tokenizer(false, undefined, 1);
    expect(marked.encode(`hello${special[1]}`).at(-1)).toBe(1);
    expect(marked.eosIds).toEqual([1]);
    expect(marked.decode([1])).toBe("");
  });

  it("merges by score and gives the text back", async () => {
    const { encode, decode } = await tokenizer(false);
    expect(encode("hello hello").map((id) => tokens[id])).toEqual(["hello", "▁hello"]);
    expect(encode("hel").map((id) => tokens[id])).toEqual(["he", "l"]);
    expect(encode("é").map((id) => tokens[id])).toEqual(["<0xC3>", "<0xA9>"]);
    expect(encode("hello", true).map((id) => tokens[id])).toEqual(["<bos>", "hello"]);
    expect(encode("<start_of_turn>hello").map((id) => tokens[id])).toEqual(["<start_of_turn>", "hello"]);
    expect(decode(encode("  hello é hello"))).toBe("  hello é hello");
  });

  it("puts a space before the text where the file says so", async () => {
    const { encode, decode } = await tokenizer(true);
    expect(encode("hello").map((id) => tokens[id])).toEqual(["▁hello"]);
    expect(decode(encode("hello"))).toBe("hello");
  });

  it("is refused without scores", async () => {
    await expect(tokenizer(false, "tokenizer.ggml.scores")).rejects.toThrow(/scores/);
  });
});
