// The tokenizer against the golden ids and against transformers.js on the built-in model.
import { AutoTokenizer, env } from "@huggingface/transformers";
import { existsSync, readdirSync, readFileSync } from "node:fs";
import { join, resolve } from "node:path";
import { beforeAll, describe, expect, it } from "vitest";
import { memoryFolder } from "./files";
import { nodeFolder } from "./testing/nodeFolder";
import { createTokenizer, loadTokenizer, type ChatMessage, type TextTokenizer } from "./tokenizer";

type Json = Record<string, unknown>;

interface TokenizerCheck {
  kind: string;
  params: {
    texts: { text: string; ids: number[]; decoded: string }[];
    chats: { messages: ChatMessage[]; add_generation_prompt: boolean; text: string; ids: number[] }[];
    sft: { prompt: ChatMessage[]; completion: ChatMessage[]; ids: number[]; loss_mask: number[] }[];
  };
}

const root = "e2e/golden/cases";
const checks = readdirSync(root).flatMap((name) => {
  const path = join(root, name, "case.json");
  if (!existsSync(path)) return [];
  const golden = JSON.parse(readFileSync(path, "utf8")) as {
    model: { dir: string };
    checks: TokenizerCheck[];
  };
  const check = golden.checks.find(({ kind }) => kind === "tokenizer");
  return check ? [{ dir: join(root, name, golden.model.dir), params: check.params }] : [];
});

it("has a golden case with a tokenizer", () => expect(checks.length).toBeGreaterThan(0));

describe.each(checks)("golden tokenizer of $dir", ({ dir, params }) => {
  let tokenizer: TextTokenizer;
  beforeAll(async () => {
    tokenizer = await loadTokenizer(nodeFolder(dir));
  });

  it.each(params.texts)("text $text", ({ text, ids, decoded }) => {
    expect(tokenizer.encode(text)).toEqual(ids);
    expect(tokenizer.decode(ids, true)).toBe(decoded);
  });

  it.each(params.chats)(
    "chat of $messages.length messages",
    ({ messages, add_generation_prompt, text, ids }) => {
      expect(tokenizer.chat(messages, { addGenerationPrompt: add_generation_prompt })).toBe(text);
      expect(tokenizer.chatIds(messages, { addGenerationPrompt: add_generation_prompt })).toEqual(ids);
    },
  );

  it.each(params.sft)("prompt and completion", ({ prompt, completion, ids, loss_mask }) => {
    const got = tokenizer.sftIds(prompt, completion[0]!.content);
    expect(got.ids).toEqual(ids);
    expect(got.ids.map((_, i) => (i < got.promptLength ? 0 : 1))).toEqual(loss_mask);
  });
});

describe("the built-in model", () => {
  it("agrees with transformers.js on its pools", async () => {
    env.allowRemoteModels = false;
    env.localModelPath = resolve("public/models");
    const theirs = await AutoTokenizer.from_pretrained("tiny", { local_files_only: true });
    const ours = await loadTokenizer(nodeFolder("public/models/tiny"));
    const rows = readFileSync("public/pools/comm_test.jsonl", "utf8").trim().split("\n").slice(0, 40);
    for (const row of rows) {
      const { prompt, answer } = JSON.parse(row) as { prompt: string; answer: string };
      expect(ours.encode(prompt)).toEqual(theirs.encode(prompt, { add_special_tokens: false }));
      const messages = [{ role: "user", content: prompt }];
      const text = theirs.apply_chat_template(messages, { tokenize: false, add_generation_prompt: true });
      expect(ours.chat(prompt)).toBe(text);
      expect(ours.chatIds(prompt)).toEqual(theirs.encode(text as string, { add_special_tokens: false }));
      const { ids, promptLength } = ours.sftIds(prompt, answer);
      expect(ids.slice(0, promptLength)).toEqual(ours.chatIds(prompt));
      expect(ours.decode(ids.slice(promptLength))).toBe(`${answer}\n`);
    }
    expect(ours.vocabSize).toBe(640);
    expect(ours.eosIds).toEqual([2]);
  });

  it("shows tokens, pieces of characters included", async () => {
    const tokenizer = await loadTokenizer(nodeFolder("public/models/tiny"));
    const ids = tokenizer.encode("A 7 é学\n");
    expect(tokenizer.decode(ids)).toBe("A 7 é学\n");
    const shown = ids.map((id) => tokenizer.idToText(id));
    expect(shown.join("")).toContain("A 7 ");
    expect(shown.join("")).toContain("<0xE5><0xAD><0xA6>\n");
    expect(tokenizer.idToText(2)).toBe("<|im_end|>");
    expect(tokenizer.decode([2, 900])).toBe("");
    expect(tokenizer.decode([2, 900], true)).toBe("<|im_end|>");
  });
});

describe("unusual files", () => {
  const definition = () =>
    JSON.parse(readFileSync("public/models/tiny/tokenizer.json", "utf8")) as Record<string, unknown>;

  it("decodes spaces as they were, though the config asks for cleaning them up", () => {
    const definition = JSON.parse(readFileSync("public/models/tiny/tokenizer.json", "utf8")) as Json;
    const cleaning = createTokenizer(definition, { clean_up_tokenization_spaces: true });
    const text = "x != y , so 1 . 5";
    expect(cleaning.decode(cleaning.encode(text))).toBe(text);
  });

  it("says what is missing", async () => {
    await expect(loadTokenizer(memoryFolder("empty", new Map()))).rejects.toThrow(/no tokenizer\.json/);
  });

  it("takes a list of templates, a template file and a token given as an object", () => {
    const config = {
      eos_token: { content: "<|im_end|>" },
      chat_template: [
        { name: "tool_use", template: "no" },
        { name: "default", template: "{{ eos_token }}{{ messages[0].content }}" },
      ],
    };
    expect(createTokenizer(definition(), config).chat("hi")).toBe("<|im_end|>hi");
    expect(createTokenizer(definition(), config, "{{ messages|length }}").chat("hi")).toBe("1");
    expect(createTokenizer(definition(), config).eosIds).toEqual([2]);
  });

  it("passes on what a template refuses", () => {
    const config = { chat_template: "{{ raise_exception('roles must alternate') }}" };
    expect(() => createTokenizer(definition(), config).chat("hi")).toThrow(
      /chat template refuses this conversation: “roles must alternate”/,
    );
    expect(() => createTokenizer(definition(), { chat_template: "{% if %}" }).chat("hi")).toThrow(
      /chat template cannot be read/,
    );
  });

  it("refuses damaged vocabularies", () => {
    const added = [{ id: 4e9, content: "x", special: true }];
    expect(() => createTokenizer({ ...definition(), added_tokens: added }, {})).toThrow(
      /impossible token id 4000000000/,
    );
    expect(() => createTokenizer({ ...definition(), model: null }, {})).toThrow(/no vocabulary/);
    expect(() => createTokenizer({ ...definition(), decoder: { type: "Nope" } }, {})).toThrow(
      /cannot be used/,
    );
  });
});
