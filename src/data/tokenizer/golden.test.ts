// Tokenizers and chat templates of well-known families give the ids, texts, borders and ends that Python's libraries give:
// scripts/tokenizers/golden.py says what the golden files hold. Published tokenizers are tried where fetch.ts has fetched them.
import { createHash } from "node:crypto";
import { existsSync, readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { beforeAll, describe, expect, it } from "vitest";
import { LabError } from "../../lib/errors";
import { adversarialTexts } from "../testing/adversarialTexts";
import { nodeFolder } from "../testing/nodeFolder";
import { createTokenizer, loadTokenizer, type ChatMessage, type TextTokenizer } from "../tokenizer";

interface Golden {
  about: { real: boolean };
  texts: { seed: number; count: number; block: number; ids: string[]; decoded: string[] };
  shown: { text: string; ids: number[]; decoded: string }[];
  chats?: {
    messages: ChatMessage[];
    prompt: boolean;
    extra: Record<string, unknown>;
    text?: string;
    ids?: number[];
    refused?: string;
  }[];
  samples?: { messages: ChatMessage[]; answer: string; border: number | null; ids?: number[] }[];
  contents?: { seed: number; count: number; block: number; rendered: string[] };
  stop: number[];
}

const ROOT = "e2e/golden/tokenizers";
const FETCHED = ".cache/tokenizers";
const rebuilt = readdirSync(ROOT).filter((name) => existsSync(join(ROOT, name, "golden.json")));
const published = readdirSync(join(ROOT, "real")).map((file) => file.replace(".json", ""));
const subjects = [
  ...rebuilt.map((name) => ({ name, folder: join(ROOT, name), golden: join(ROOT, name, "golden.json") })),
  ...published.map((name) => ({
    name: `published ${name}`,
    folder: join(FETCHED, name),
    golden: join(ROOT, "real", `${name}.json`),
  })),
];

const digest = (parts: readonly string[]): string =>
  createHash("sha256").update(parts.join("\x01")).digest("hex").slice(0, 16);

/** The hash of each block of texts. */
function blocks(parts: readonly string[], block: number): string[] {
  const count = Math.ceil(parts.length / block);
  return Array.from({ length: count }, (_, at) => digest(parts.slice(at * block, (at + 1) * block)));
}

interface Rules {
  seed: number;
  count: number;
  block: number;
  rules: { name: string; changes: Record<string, unknown>; ids: string[] }[];
}

describe("ways of cutting text", () => {
  const { seed, count, block, rules } = JSON.parse(readFileSync(join(ROOT, "rules.json"), "utf8")) as Rules;
  const base = JSON.parse(
    readFileSync(join(ROOT, "smollm2", "tokenizer.json"), "utf8"),
  ) as Rules["rules"][0]["changes"];
  const texts = adversarialTexts(seed, count);

  it.each(rules)("$name", ({ changes, ids }) => {
    const tokenizer = createTokenizer({ ...base, ...changes }, {});
    expect(
      blocks(
        texts.map((text) => String(tokenizer.encode(text))),
        block,
      ),
    ).toEqual(ids);
  });
});

it("has the families", () => expect(rebuilt.length).toBeGreaterThanOrEqual(7));

// Tens of megabytes a file: they are fetched by hand.
const missing = subjects.filter(({ folder }) => !existsSync(join(folder, "tokenizer.json")));
for (const { name, folder } of missing)
  it.skip(
    name,
    { meta: { reason: `${folder} is not there (npx tsx scripts/tokenizers/fetch.ts fetches it)` } },
    () => {},
  );

const reversed = (text: string): string => Array.from(text).reverse().join("");

describe.each(subjects.filter((subject) => !missing.includes(subject)))(
  "$name",
  ({ folder, golden: path }) => {
    const golden = JSON.parse(readFileSync(path, "utf8")) as Golden;
    const { chats, samples, contents } = golden;
    let tokenizer: TextTokenizer;
    beforeAll(async () => {
      tokenizer = await loadTokenizer(nodeFolder(folder));
    }, 60_000);

    it("shown texts", () => {
      for (const { text, ids, decoded } of golden.shown) {
        expect(tokenizer.encode(text), JSON.stringify(text)).toEqual(ids);
        expect(tokenizer.decode(ids, true), JSON.stringify(text)).toBe(decoded);
      }
    });

    it("10,000 texts made to be cut wrongly", { timeout: 120_000 }, () => {
      const { seed, count, block } = golden.texts;
      expect(count).toBe(10_000);
      const ids = adversarialTexts(seed, count).map((text) => tokenizer.encode(text));
      const decoded = ids.map((one) => tokenizer.decode(one, true));
      expect(blocks(ids.map(String), block)).toEqual(golden.texts.ids);
      expect(blocks(decoded, block)).toEqual(golden.texts.decoded);
    });

    it("ends of an answer", () => {
      expect([...tokenizer.eosIds].sort((a, b) => a - b)).toEqual(golden.stop);
      expect(tokenizer.hasChatTemplate).toBe(chats !== undefined);
    });

    if (chats)
      it("conversations", () => {
        for (const { messages, prompt, extra, text, ids, refused } of chats) {
          const options = { addGenerationPrompt: prompt, extra };
          if (refused !== undefined) expect(() => tokenizer.chat(messages, options)).toThrow(LabError);
          else {
            expect(tokenizer.chat(messages, options)).toBe(text);
            expect(tokenizer.chatIds(messages, options)).toEqual(ids);
          }
        }
      });

    if (samples)
      it("prompt and answer, with the border between them", () => {
        for (const { messages, answer, border, ids } of samples) {
          if (border === null) continue;
          const got = tokenizer.sftIds(messages, answer);
          expect(got, answer).toEqual({ ids, promptLength: border });
          expect(got.ids.slice(0, border)).toEqual(tokenizer.chatIds(messages));
        }
      });

    if (contents)
      it("a template's white space", () => {
        const texts = adversarialTexts(contents.seed, contents.count, false).map((text) => {
          const turns: ChatMessage[] = [
            { role: "user", content: text },
            { role: "assistant", content: reversed(text) },
          ];
          return tokenizer.chat(turns, { addGenerationPrompt: false });
        });
        expect(blocks(texts, contents.block)).toEqual(contents.rendered);
      });
  },
);
