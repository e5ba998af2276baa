// A rendered sample, checked where it is made: the prompt is exactly the one that tests, rollouts and chat use, and the
// answer follows it whole.
import { LabError } from "../../lib/errors";
import type { ChatMessage } from "../tokenizer";
import { hasInk, strip } from "./pythonStrings";

export interface Rendering {
  /** The conversation as text, with or without the opening of the assistant's turn at its end. */
  chat(messages: readonly ChatMessage[], addGenerationPrompt: boolean): string;
  encode(text: string): number[];
}

/** Stands for an answer: no template has a use for it. */
const PROBE = "QXZJ";

/** What the template writes behind an answer; "" where it renders no answer. */
export function closing(
  { chat }: Rendering,
  before: readonly ChatMessage[] = [{ role: "user", content: "a" }],
): string {
  const text = chat([...before, { role: "assistant", content: PROBE }], false);
  const at = text.lastIndexOf(PROBE);
  return at < 0 ? "" : text.slice(at + PROBE.length);
}

/**
 * Ids of prompt and answer. The prompt's are those of the generation prompt, whatever the answer; what follows is the answer
 * and what the template closes it with.
 * @throws LabError "model" where the template drops the answer or a part of it
 */
export function renderedIds(
  rendering: Rendering,
  messages: readonly ChatMessage[],
  answer: string,
): { ids: number[]; promptLength: number } {
  const { chat, encode } = rendering;
  const prompt = chat(messages, true);
  const whole = chat([...messages, { role: "assistant", content: answer }], false);
  const before = encode(prompt);
  const ids = whole.startsWith(prompt) ? encode(whole) : [];
  const follows = before.every((id, i) => ids[i] === id);
  const kept = restOf(whole, prompt, answer).includes(strip(answer));
  if (!kept || !hasInk(answer)) refuse(answer, whole);
  if (ids.length > before.length && follows) return { ids, promptLength: before.length };
  // The template renders the prompt otherwise once an answer follows, or an answer's first character joins the prompt's
  // last one in a token: then the answer is put behind the generation prompt as it is.
  const opened = openedTurn(prompt, whole);
  const own = opened !== "" && answer.startsWith(opened) ? answer.slice(opened.length) : answer;
  const text = whole.startsWith(prompt) ? whole.slice(prompt.length) : own + closing(rendering, messages);
  const after = encode(text);
  if (after.length === 0) refuse(answer, whole);
  return { ids: [...before, ...after], promptLength: before.length };
}

/** What stands behind the shared beginning of the two texts, with as much of that as the answer itself begins with. */
function restOf(whole: string, prompt: string, answer: string): string {
  const shared = whole.slice(0, sharedLength(whole, prompt));
  let overlap = Math.min(shared.length, answer.length);
  while (overlap > 0 && !shared.endsWith(answer.slice(0, overlap))) overlap--;
  return whole.slice(shared.length - overlap);
}

/** What the generation prompt writes into the assistant's turn and training does not: "<think>\n", say. */
function openedTurn(prompt: string, whole: string): string {
  return prompt.slice(sharedLength(whole, prompt));
}

function sharedLength(a: string, b: string): number {
  let shared = 0;
  while (shared < a.length && shared < b.length && a[shared] === b[shared]) shared++;
  return shared;
}

function refuse(answer: string, whole: string): never {
  const end = whole.slice(-60);
  throw new LabError(
    "model",
    !hasInk(answer)
      ? "The answer is empty, so nothing of it can be learnt."
      : `The chat template leaves out the answer or a part of it (its text ends ${JSON.stringify(end)}).`,
    !hasInk(answer)
      ? "Fill it in or leave the sample out."
      : "Leave out what the template drops (reasoning before </think>, say), or take a model whose template keeps it.",
  );
}
