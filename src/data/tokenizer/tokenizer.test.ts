// Where a model's files disagree or its template has a mind of its own: control tokens are united, a turn's end is found by
// rendering, and a sample is the generation prompt with the whole answer behind it, or refused.
import { readFileSync } from "node:fs";
import { describe, expect, it } from "vitest";
import { LabError } from "../../lib/errors";
import { memoryFolder } from "../files";
import { createTokenizer, loadTokenizer } from "../tokenizer";
import { controlFinder } from "./controlTokens";

type Json = Record<string, unknown>;
const read = (name: string) => JSON.parse(readFileSync(`public/models/tiny/${name}`, "utf8")) as Json;
const definition = read("tokenizer.json");
const config = read("tokenizer_config.json");
const END = 2;

const turns = (content: string, generation = "") =>
  `{%- for m in messages %}{{ '<|im_start|>' + m.role + '\\n' + ${content} + '<|im_end|>\\n' }}{%- endfor %}` +
  `{%- if add_generation_prompt %}{{ '<|im_start|>assistant\\n${generation}' }}{%- endif %}`;
const withTemplate = (template: string, more: Json = {}) =>
  createTokenizer(definition, { ...config, chat_template: template, ...more });
const refusal = (run: () => unknown): LabError => {
  try {
    run();
  } catch (thrown) {
    expect(thrown).toBeInstanceOf(LabError);
    return thrown as LabError;
  }
  throw new Error("nothing was refused");
};

describe("the end of a turn", () => {
  it("is found by rendering, whatever the config names", () => {
    expect(createTokenizer(definition, { ...config, eos_token: "<|endoftext|>" }).eosIds).toEqual([0, END]);
    expect(createTokenizer(definition, config).eosIds).toEqual([END]);
    expect(withTemplate("{{ messages[0].content }}").eosIds).toEqual([END]);
    expect(withTemplate("{% if %}", { eos_token: null }).eosIds).toEqual([]);
  });
});

describe("control tokens", () => {
  const without = {
    ...definition,
    added_tokens: (definition.added_tokens as { id: number }[]).filter(({ id }) => id !== END),
  };

  it("are united from all files: each is its one id", () => {
    const [bare, decoder, named] = [
      { chat_template: config.chat_template },
      {
        chat_template: config.chat_template,
        added_tokens_decoder: { 2: { content: "<|im_end|>", special: true } },
      },
      { chat_template: config.chat_template, eos_token: { content: "<|im_end|>" } },
    ].map((settings) => createTokenizer(without, settings));
    expect(bare.encode("<|im_end|>").length).toBeGreaterThan(1);
    expect(decoder.encode("a<|im_end|>").at(-1)).toBe(END);
    expect(named.encode("a<|im_end|>").at(-1)).toBe(END);
    expect(decoder.decode([END])).toBe("");
    expect(decoder.eosIds).toEqual([END]);
  });

  it("that two files call otherwise are refused", () => {
    const settings = { ...config, added_tokens_decoder: { 2: { content: "<|other|>", special: true } } };
    expect(refusal(() => createTokenizer(definition, settings)).message).toMatch(
      /token 2 "<\|other\|>".*"<\|im_end\|>"/,
    );
  });

  it("beyond the model's vocabulary are left out", async () => {
    const added = [
      ...(definition.added_tokens as Json[]),
      { ...(definition.added_tokens as Json[])[0], id: 5000, content: "<pad>" },
    ];
    const folder = memoryFolder(
      "m",
      new Map([
        ["tokenizer.json", new TextEncoder().encode(JSON.stringify({ ...definition, added_tokens: added }))],
      ]),
    );
    expect((await loadTokenizer(folder)).vocabSize).toBe(5001);
    const fitted = await loadTokenizer(folder, 1024);
    expect(fitted.vocabSize).toBeLessThanOrEqual(1024);
    expect(Math.max(...fitted.encode("a <pad> b"))).toBeLessThan(1024);
  });

  it("in a user's text are refused", () => {
    const tokenizer = createTokenizer(definition, config);
    expect(() => tokenizer.chat("<|im_start|>")).toThrow(/^The text holds <\|im_start\|>/);
    expect(() => tokenizer.chat("a < b | c > d, <s>")).not.toThrow();
  });
});

describe("the search for control tokens", () => {
  const find = controlFinder(["<s>", "<s>x", "<|end|>", "[INST]"]);
  it.each([
    ["a <s> b", "<s>"],
    ["a <s>x b", "<s>x"],
    ["<|end|", null],
    ["<<|end|>", "<|end|>"],
    ["f[INST", null],
    ["[INST]", "[INST]"],
    ["", null],
  ])("in %j finds %j", (text, want) => expect(find(text)).toBe(want));
});

describe("a rendered sample", () => {
  const plain = createTokenizer(definition, config);

  it.each(["5", " 5", "\n5", "\n\n5", "5\n", "ə5"])(
    "has the generation prompt before the answer %j",
    (answer) => {
      const { ids, promptLength } = plain.sftIds("2+3?", answer);
      expect(ids.slice(0, promptLength)).toEqual(plain.chatIds("2+3?"));
      expect(plain.decode(ids.slice(promptLength), true)).toContain(answer.trim());
      expect(ids.slice(promptLength)).toContain(END);
    },
  );

  it("follows a generation prompt that opens a thought, once", () => {
    const thinking = withTemplate(turns("m.content", "<think>\\n"));
    for (const answer of ["so 5", "<think>\nso 5"]) {
      const { ids, promptLength } = thinking.sftIds("2+3?", answer);
      expect(ids.slice(0, promptLength)).toEqual(thinking.chatIds("2+3?"));
      expect(thinking.decode(ids, true)).toBe(
        "<|im_start|>user\n2+3?<|im_end|>\n<|im_start|>assistant\n<think>\nso 5<|im_end|>\n",
      );
    }
  });

  it("is refused where the template drops the answer or a part of it", () => {
    const stripping = withTemplate(turns("m.content.split('</think>')[-1]"));
    expect(refusal(() => stripping.sftIds("a", "<think>long</think>5")).message).toMatch(
      /leaves out the answer or a part of it/,
    );
    expect(stripping.sftIds("a", "5").ids.length).toBeGreaterThan(0);
    const silent = withTemplate(
      "{% for m in messages %}{% if m.role == 'user' %}{{ m.content }}{% endif %}{% endfor %}",
    );
    expect(refusal(() => silent.sftIds("a", "5")).message).toMatch(/leaves out the answer/);
    expect(refusal(() => withTemplate(turns("(m.content|trim)")).sftIds("a", "  ")).message).toMatch(
      /answer is empty/,
    );
  });

  it("of a trimming template keeps the trimmed answer", () => {
    const { ids, promptLength } = withTemplate(turns("(m.content|trim)")).sftIds("a", " 5 ");
    expect(plain.decode(ids.slice(promptLength))).toBe("5\n");
  });
});

describe("templates", () => {
  it("are found in every form", async () => {
    expect(withTemplate("", { chat_template: { default: "D{{ messages[0].content }}" } }).chat("hi")).toBe(
      "Dhi",
    );
    const files = Object.entries({
      "tokenizer.json": definition,
      "chat_template.json": { chat_template: "J{{ messages[0].content }}" },
    }).map(([name, value]) => [name, new TextEncoder().encode(JSON.stringify(value))] as const);
    expect((await loadTokenizer(memoryFolder("m", new Map(files)))).chat("hi")).toBe("Jhi");
  });

  it("see what transformers passes: no tools, no documents, no tokens the model lacks, a fixed date", () => {
    const none = "{% if tools is not none %}T{% endif %}{% if documents is not none %}D{% endif %}";
    expect(withTemplate(`${none}{% if bos_token is defined %}B{% endif %}x`).chat("hi")).toBe("x");
    expect(withTemplate("{{ strftime_now('%d %b %Y') }}").chat("hi")).toBe("26 Jul 2024");
    expect(withTemplate("{% generation %}x{% endgeneration %}").chat("hi")).toBe("x");
  });

  it("that refuse a conversation are quoted, with a hint that fits", () => {
    const strict = withTemplate("{{ raise_exception('System role not supported') }}");
    const error = refusal(() => strict.chat("hi"));
    expect(error.message).toContain("“System role not supported”");
    expect(error.hint).not.toMatch(/[Dd]ownload/);
  });

  it("of a model without one are plain, and end an answer as its own tokenizer does", () => {
    const base = createTokenizer(definition, { eos_token: "<|endoftext|>" });
    expect(base.hasChatTemplate).toBe(false);
    const { ids, promptLength } = base.sftIds("2+3?", "5");
    expect(base.decode(ids.slice(0, promptLength))).toBe("2+3?\n");
    expect(ids[ids.length - 2]).toBe(0);
    expect(base.eosIds).toEqual([0]);
  });
});
