// A conversation with the model. Each question is put to one model or to two, side by side; the conversation
// continues with the answer of the first.
import { ask, presentConfig } from "../../store/session";
import type { ChatTurn, GeneratedText } from "../../worker/protocol";

/** One question with its answers. */
export interface Exchange {
  question: string;
  answers: { by: string; answer: GeneratedText }[];
}

export interface Answerer {
  name: string;
  /** null: the model without an adapter. */
  adapterId: string | null;
}

export const ANSWER_TOKENS = 96;
const GREEDY = { maxNewTokens: ANSWER_TOKENS, temperature: 0, topP: 1, seed: 1 };

const turnsOf = ({ question, answers }: Exchange): ChatTurn[] => [
  { role: "user", content: question },
  { role: "assistant", content: answers[0].answer.text },
];

/** Puts the question to each in turn. @throws LabError */
export async function exchange(
  question: string,
  said: readonly Exchange[],
  answerers: readonly Answerer[],
): Promise<Exchange> {
  const messages: ChatTurn[] = [...said.flatMap(turnsOf), { role: "user", content: question }];
  const config = await presentConfig();
  const answers: Exchange["answers"] = [];
  for (const { name, adapterId } of answerers) {
    const { answer } = await ask({ type: "chat.answer", config, adapterId, messages, ...GREEDY });
    answers.push({ by: name, answer });
  }
  return { question, answers };
}
