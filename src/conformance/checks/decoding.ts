// Greedy decoding, with and without end tokens, and EDCO's prefix entropy in both forms.
import { mean } from "../../curriculum/stats";
import { topFifthMean } from "../../curriculum/reduce";
import type { Generated } from "../../model/engine";
import { byEnding, documents, matrix, vector, type Check, type CheckContext } from "../context";
import { numberParam, numbersParam, wordParam } from "../spec";

async function decode(
  context: CheckContext,
  name: string,
  steps: number,
  stopTokens: readonly number[],
  top20: boolean,
): Promise<Generated[]> {
  const prompts = documents(context, name);
  const answers = await context.engine.generate(
    prompts.map((prompt, key) => ({ key, prompt })),
    { maxNewTokens: steps, temperature: 0, topP: 1, topK: 0, seed: 1, stopTokens, top20 },
  );
  if (answers.length !== prompts.length)
    throw new Error(`${prompts.length} prompts gave ${answers.length} answers`);
  return answers.sort((a, b) => a.request - b.request);
}

/** Equal lengths as rows of a matrix. @throws Error when an answer is longer or shorter. */
function rows(answers: Generated[], steps: number, of: (answer: Generated) => ArrayLike<number> | undefined) {
  const values = answers.flatMap((answer) => {
    const row = of(answer);
    if (row?.length !== steps)
      throw new Error(`answer ${answer.request} has ${row?.length ?? "no"} values, expected ${steps}`);
    return Array.from(row);
  });
  return matrix(answers.length, steps, values);
}

const joined = (answers: Generated[]) => ({
  tokens: vector(answers.flatMap((a) => [...a.tokens])),
  cu_seqlens: vector(answers.reduce((ends, a) => [...ends, ends[ends.length - 1] + a.tokens.length], [0])),
});

export const greedy: Check = async (context) => {
  const { params } = context.check;
  const steps = numberParam(params, "steps");
  if (wordParam(params, "stop", ["none", "eos"]) === "none") {
    const answers = await decode(context, "greedy", steps, [], false);
    const tokens = rows(answers, steps, (a) => a.tokens);
    return () => tokens;
  }
  // The end tokens are those the model folder names; the case only repeats them.
  const own = [...context.engine.config.eosTokenIds].sort((a, b) => a - b);
  const said = numbersParam(params, "eos_token_ids").sort((a, b) => a - b);
  if (own.join() !== said.join())
    throw new Error(`the model's end tokens are [${own.join(", ")}], the case says [${said.join(", ")}]`);
  return byEnding(joined(await decode(context, "greedy", steps, own, false)));
};

export const prefixEntropy: Check = async (context) => {
  const steps = numberParam(context.check.params, "tokens");
  const answers = await decode(context, "prefix", steps, [], true);
  return byEnding({
    tokens: rows(answers, steps, (a) => a.tokens),
    entropy: rows(answers, steps, (a) => a.entropy),
    top20_bits: rows(answers, steps, (a) => a.top20Bits),
    mean: vector(answers.map((a) => mean(Array.from(a.entropy)))),
    top_fifth_mean: vector(answers.map((a) => topFifthMean(Array.from(a.top20Bits ?? [])))),
  });
};
