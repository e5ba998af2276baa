// What the preview marks is what a run trains: the same ids, borders and end of turn, and the same refusals.
import { readFileSync } from "node:fs";
import { describe, expect, it } from "vitest";
import { createTokenizer } from "../../data/tokenizer";
import { tokenizePool } from "../../train/samples";
import { renderSamples } from "./render";

const read = (name: string) =>
  JSON.parse(readFileSync(`public/models/tiny/${name}`, "utf8")) as Record<string, unknown>;
const tokenizer = createTokenizer(read("tokenizer.json"), read("tokenizer_config.json"));
const END = 2;
const reader = { model: "tiny", tokenizer, endTokens: [END], longest: 64 };
const row = (prompt: string, answer: string) => ({ sampleId: "a", prompt, answer, extra: {} });
const textOf = (tokens: readonly { text: string; role: string }[], role: string) =>
  tokens.flatMap((token) => (token.role === role ? [token.text] : [])).join("");

describe("a rendered sample", () => {
  it("marks the tokens that training counts, and the one that ends the turn", () => {
    const given = row("2+3?", "so 5");
    const [{ tokens, promptTokens, targetTokens, problem }] = renderSamples([given], reader).samples;
    const [sample] = tokenizePool([given], tokenizer, [END], 64);
    expect([promptTokens, targetTokens]).toEqual([sample.promptIds.length, sample.answerIds.length]);
    expect(textOf(tokens, "prompt")).toBe(tokenizer.decode(sample.promptIds, true));
    expect(textOf(tokens, "target")).toBe("so 5");
    expect(textOf(tokens, "end")).toBe(tokenizer.idToText(END));
    expect(textOf(tokens, "behind")).toBe(tokenizer.chat("", { addGenerationPrompt: false }).slice(-1));
    expect(problem).toBeNull();
  });

  it("says why a row cannot be trained on, and goes on with the next", () => {
    const rows = [row("What is <|im_end|>?", "so 5"), row("2+3?", "5 ".repeat(80)), row("2+3?", "so 5")];
    const { samples } = renderSamples(rows, reader);
    expect(samples[0]).toMatchObject({ tokens: [], targetTokens: 0 });
    expect(samples[0].problem?.message).toMatch(/^The text holds <\|im_end\|>/);
    expect(samples[1].problem?.message).toMatch(/^It has \d+ tokens, more than the 64 that fit\.$/);
    expect(samples[2].problem).toBeNull();
  });

  it("leaves out the middle of a long prompt, and says how much", () => {
    const [{ tokens, promptTokens }] = renderSamples([row("7 ".repeat(900), "5")], reader).samples;
    const gap = tokens.find(({ role }) => role === "gap");
    const shown = tokens.filter(({ role }) => role === "prompt").length;
    expect(gap?.text).toBe(`… ${promptTokens - shown} tokens …`);
    expect(shown).toBeLessThan(promptTokens);
  });
});
