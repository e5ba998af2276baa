// What the log of a run says of its data before anything is trained: what was found in the rows, that a model without a
// chat template gets a plain one, and how many reference answers are longer than an answer may become.
import { plural } from "../lib/format";
import type { PoolSample } from "../train/samples";
import type { RunNote } from "./resume";

interface Data {
  /** Of the pool, a sentence each. */
  notes: readonly string[];
  test: readonly Pick<PoolSample, "answerIds">[];
  /** Tokens that a test answer may have. */
  maxNewTokens: number;
  hasChatTemplate: boolean;
}

export function dataNotes({ notes, test, maxNewTokens, hasChatTemplate }: Data): RunNote[] {
  const lengths = test.map(({ answerIds }) => answerIds.length);
  const long = lengths.filter((length) => length > maxNewTokens).length;
  const told = notes.map((text) => ({ code: "data", text }));
  if (!hasChatTemplate)
    told.push({
      code: "plain-template",
      text: "The model has no chat template: each turn stands on a line of its own, and an answer ends with the model's end token.",
    });
  if (long > 0)
    told.push({
      code: "references-cut",
      text:
        `${long} of ${plural(lengths.length, "reference answer")} ${long === 1 ? "has" : "have"} more than the ${maxNewTokens} tokens that a test answer may have, the longest ${Math.max(...lengths)}: ` +
        "no answer to these can be right. Raise “Longest test answer” (evaluation.maxNewTokens).",
    });
  return told;
}
