// Samples as the model reads them: the very token ids of training, each with its text and what training makes of it. A
// sample that cannot be trained on says why.
import type { SampleRow } from "../../data/dataset";
import { LabError } from "../../lib/errors";
import { untilEnd } from "../../train/samples";
import type { RenderedSample, RenderedToken, Rendering } from "./protocol";
import type { Reader } from "./reader";

/** Tokens of a prompt's two ends and of an answer that are shown; the rest is a gap. */
const HEAD = 60;
const TAIL = 140;
const ANSWER = 400;

export function renderSamples(rows: readonly SampleRow[], reader: Reader): Rendering {
  const { model, longest, tokenizer } = reader;
  return {
    model,
    longest,
    hasChatTemplate: tokenizer.hasChatTemplate,
    samples: rows.map((row) => renderSample(row, reader)),
  };
}

function renderSample(row: SampleRow, { tokenizer, endTokens, longest }: Reader): RenderedSample {
  const { sampleId } = row;
  try {
    const { ids, promptLength } = tokenizer.sftIds(row.messages ?? row.prompt, row.answer);
    const answer = untilEnd(ids.slice(promptLength), endTokens);
    const seen = promptLength + answer.length;
    const tokens = ids.map((id, index): RenderedToken => {
      const ends = index === seen - 1 && endTokens.includes(id);
      const role = index < promptLength ? "prompt" : index >= seen ? "behind" : ends ? "end" : "target";
      return { text: tokenizer.idToText(id), role };
    });
    const problem =
      seen > longest
        ? {
            message: `It has ${seen} tokens, more than the ${longest} that fit.`,
            hint: "Shorten it, or let such rows be left out or cut when the run starts.",
          }
        : null;
    const shown = shortened(tokens, promptLength);
    return { sampleId, tokens: shown, promptTokens: promptLength, targetTokens: answer.length, problem };
  } catch (thrown) {
    if (!(thrown instanceof LabError)) throw thrown;
    const { message, hint } = thrown;
    return { sampleId, tokens: [], promptTokens: 0, targetTokens: 0, problem: { message, hint } };
  }
}

/** The ends of a long prompt and the beginning of a long answer. */
function shortened(tokens: RenderedToken[], promptLength: number): RenderedToken[] {
  const prompt = tokens.slice(0, promptLength);
  const rest = tokens.slice(promptLength);
  const gap = (left: number): RenderedToken => ({ text: `… ${left} tokens …`, role: "gap" });
  const before =
    prompt.length > HEAD + TAIL + 1
      ? [...prompt.slice(0, HEAD), gap(prompt.length - HEAD - TAIL), ...prompt.slice(-TAIL)]
      : prompt;
  const after = rest.length > ANSWER + 1 ? [...rest.slice(0, ANSWER), gap(rest.length - ANSWER)] : rest;
  return [...before, ...after];
}
