// How long each sample is in tokens of the chosen model, and which it cannot be trained on: by the functions of a run, a slice
// of rows at a time, so that other questions are answered in between.
import type { SampleRow } from "../../data/dataset";
import { LabError } from "../../lib/errors";
import { untilEnd } from "../../train/samples";
import type { Reader } from "./reader";

/** Samples that are measured in one go. */
export const SLICE = 200;

export interface Measured {
  /** Prompt and answer with its end; 0 where the sample cannot be rendered. */
  tokens: number;
  kind: "too-long" | "not-rendered" | null;
  /** Why it cannot be trained on; "" where it can. */
  problem: string;
  hint: string;
}

export function measure(
  row: Pick<SampleRow, "prompt" | "messages" | "answer">,
  { tokenizer, endTokens, longest }: Pick<Reader, "tokenizer" | "endTokens" | "longest">,
): Measured {
  try {
    const { ids, promptLength } = tokenizer.sftIds(row.messages ?? row.prompt, row.answer);
    const tokens = promptLength + untilEnd(ids.slice(promptLength), endTokens).length;
    if (tokens <= longest) return { tokens, kind: null, problem: "", hint: "" };
    const problem = `it has ${tokens} tokens, more than the ${longest} that fit`;
    const hint = "Shorten it, or let such rows be left out or cut when the run starts (data.tooLong).";
    return { tokens, kind: "too-long", problem, hint };
  } catch (thrown) {
    if (!(thrown instanceof LabError)) throw thrown;
    const problem = thrown.message.charAt(0).toLowerCase() + thrown.message.slice(1).replace(/\.$/, "");
    return { tokens: 0, kind: "not-rendered", problem, hint: thrown.hint };
  }
}
