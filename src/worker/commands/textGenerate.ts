// text.generate: answers to prompts, by the base model or with a run's adapter on it.
import { answerText } from "../../train/samples";
import type { GeneratedText } from "../protocol";
import type { Session } from "../session";
import { withRunAdapter } from "../withRunAdapter";
import type { CommandOf } from "./command";

export async function generateText(session: Session, command: CommandOf<"text.generate">): Promise<void> {
  const answers = await session.work("writing answers", () => answersTo(session, command));
  const notes = session.adapterNotes.get(command.runId ?? "") ?? [];
  session.options.post({ type: "text.generated", requestId: command.requestId, answers, notes });
}

async function answersTo(
  session: Session,
  { runId, config, prompts, maxNewTokens, temperature, topP, seed }: CommandOf<"text.generate">,
): Promise<GeneratedText[]> {
  const { engine, tokenizer } = await withRunAdapter(session, runId, config);
  engine.setAdapterEnabled(runId !== null);
  try {
    const { eosTokenIds } = engine.config;
    const generated = await engine.generate(
      prompts.map((prompt, key) => ({ key, prompt: Uint32Array.from(tokenizer.chatIds(prompt)) })),
      { maxNewTokens, temperature, topP, topK: 0, seed, stopTokens: eosTokenIds },
    );
    return [...generated]
      .sort((a, b) => a.request - b.request)
      .map(({ request, tokens, logprob, entropy }) => ({
        prompt: prompts[request],
        text: answerText(tokens, tokenizer, eosTokenIds),
        tokens: Array.from(tokens, (id) => tokenizer.idToText(id)),
        tokenIds: Array.from(tokens),
        logprob: Array.from(logprob),
        entropy: Array.from(entropy),
      }));
  } finally {
    engine.setAdapterEnabled(true);
  }
}
