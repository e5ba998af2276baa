// Tokenizer and chat template: ids, texts and loss masks, all of them equal.
import * as v from "valibot";
import type { ChatMessage, TextTokenizer } from "../../data/tokenizer";
import type { CheckSpec } from "../spec";

const message = v.object({ role: v.picklist(["system", "user", "assistant", "tool"]), content: v.string() });
const ids = v.array(v.number());
const params = v.object({
  texts: v.array(v.object({ text: v.string(), ids, decoded: v.string() })),
  chats: v.array(
    v.object({ messages: v.array(message), add_generation_prompt: v.boolean(), text: v.string(), ids }),
  ),
  sft: v.array(v.object({ prompt: v.array(message), completion: v.array(message), ids, loss_mask: ids })),
});

const same = (what: string, got: readonly number[], want: readonly number[]): string[] =>
  got.length === want.length && got.every((id, i) => id === want[i])
    ? []
    : [`${what} gives [${got.join(", ")}], expected [${want.join(", ")}]`];
const equal = (what: string, got: string, want: string): string[] =>
  got === want ? [] : [`${what} gives ${JSON.stringify(got)}, expected ${JSON.stringify(want)}`];

function answer(completion: readonly ChatMessage[]): string {
  if (completion.length === 1 && completion[0].role === "assistant") return completion[0].content;
  throw new Error("sft: expected a completion of one assistant message");
}

/** Every difference found; empty = all equal. @throws Error when the parameters are of another form or empty. */
export function compareTokenizer(tokenizer: TextTokenizer, check: CheckSpec): string[] {
  const parsed = v.safeParse(params, check.params);
  if (!parsed.success)
    throw new Error(`params.${v.getDotPath(parsed.issues[0]) ?? ""}: ${parsed.issues[0].message}`);
  const { texts, chats, sft } = parsed.output;
  if (texts.length + chats.length + sft.length === 0)
    throw new Error("the check has no texts, chats or samples");
  return [
    ...texts.flatMap((t, i) => [
      ...same(`text ${i}`, tokenizer.encode(t.text), t.ids),
      ...equal(`decoding text ${i}`, tokenizer.decode(t.ids, true), t.decoded),
    ]),
    ...chats.flatMap((c, i) => {
      const options = { addGenerationPrompt: c.add_generation_prompt };
      return [
        ...equal(`chat ${i}`, tokenizer.chat(c.messages, options), c.text),
        ...same(`chat ${i}`, tokenizer.chatIds(c.messages, options), c.ids),
      ];
    }),
    ...sft.flatMap((s, i) => {
      const got = tokenizer.sftIds(s.prompt, answer(s.completion));
      return [
        ...same(`sample ${i}`, got.ids, s.ids),
        ...same(
          `loss mask of sample ${i}`,
          got.ids.map((_, at) => (at < got.promptLength ? 0 : 1)),
          s.loss_mask,
        ),
      ];
    }),
  ];
}
