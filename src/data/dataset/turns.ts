// Conversations of any spelling as turns, and turns as what is asked: roles are known by their names, texts may come in
// parts, and what this lab cannot train on (tool calls, pictures) is refused by name.
import type { Refuse } from "./columns";
import { clip } from "./file";
import type { Asked, LayoutOptions, Turn } from "./layout";

const ROLES: Record<string, Turn["role"]> = {
  system: "system",
  developer: "system",
  user: "user",
  human: "user",
  prompter: "user",
  assistant: "assistant",
  gpt: "assistant",
  model: "assistant",
  bot: "assistant",
  chatgpt: "assistant",
  tool: "tool",
  function: "tool",
  ipython: "tool",
  observation: "tool",
};

/** A list of turns as Python prints it. */
const PYTHON = /^\s*\[\s*\{\s*'(?:role|from|content|value)'\s*:/;

/** Most turns of a conversation. */
const MAX_TURNS = 1000;

const isObject = (value: unknown): value is Record<string, unknown> =>
  value !== null && typeof value === "object" && !Array.isArray(value);

/** A turn as a file has it; one marked as not to be studied is only context. */
interface ReadTurn extends Turn {
  isContext?: true;
}

/** A list that a table holds as its text, in JSON; any other value as it is. */
function listIn(value: unknown): unknown {
  if (typeof value !== "string" || !/^\s*\[\s*\{/.test(value)) return value;
  try {
    return JSON.parse(value) as unknown;
  } catch {
    return value;
  }
}

/** Whether a value is a list of turns: objects with a role and a content, under either of the usual names. */
export function isConversation(cell: unknown): boolean {
  const value = listIn(cell);
  if (typeof value === "string") return PYTHON.test(value);
  return (
    Array.isArray(value) &&
    value.length > 0 &&
    isObject(value[0]) &&
    ("role" in value[0] || "from" in value[0])
  );
}

/** A list of turns. @param column it stands in, for errors */
export function readTurns(cell: unknown, column: string, refuse: Refuse): ReadTurn[] {
  const name = `the column “${clip(column)}”`;
  const value = listIn(cell);
  if (typeof value === "string" && PYTHON.test(value))
    return refuse(`${name} holds a list as Python prints it, not JSON`, "Write it with json.dumps.");
  if (!Array.isArray(value) || value.length === 0)
    return refuse(`${name} holds no list of messages`, "Each row needs at least a question and an answer.");
  if (value.length > MAX_TURNS)
    refuse(
      `${name} has ${value.length} messages, more than the ${MAX_TURNS} allowed`,
      "Shorten the conversation.",
    );
  return (value as unknown[]).map((turn, index) => readTurn(turn, `message ${index + 1} in ${name}`, refuse));
}

function readTurn(turn: unknown, place: string, refuse: Refuse): ReadTurn {
  if (!isObject(turn)) return refuse(`${place} is no object`, "A message has a role and a content.");
  const said = turn.role ?? turn.from;
  const role = typeof said === "string" ? ROLES[said.toLowerCase()] : undefined;
  if (role === undefined)
    return refuse(
      `${place} has the role ${clip(JSON.stringify(said) ?? "none")}`,
      "Roles are system, user, assistant and tool.",
    );
  if (Array.isArray(turn.tool_calls) && turn.tool_calls.length > 0)
    return refuse(
      `${place} calls a tool, which cannot be trained here`,
      "Leave the row out, or write the call into the message's content.",
    );
  const content = contentOf(turn.content ?? turn.value, place, refuse);
  // OpenAI's "weight" is 0 or 1; others say "train": false.
  const isContext = turn.weight === 0 || turn.train === false;
  return { role, content, ...(isContext ? { isContext } : {}) };
}

function contentOf(content: unknown, place: string, refuse: Refuse): string {
  if (typeof content === "string") return content;
  if (Array.isArray(content)) {
    return (content as unknown[])
      .map((part) => {
        if (isObject(part) && part.type === "text" && typeof part.text === "string") return part.text;
        const kind = isObject(part) && typeof part.type === "string" ? ` of type ${clip(part.type)}` : "";
        return refuse(`${place} has a part${kind} that is no text`, "Only texts can be trained here.");
      })
      .join("");
  }
  return refuse(`${place} has no text`, "A message has a role and a content.");
}

/** The answers of a conversation that are trained, each with what came before it; none where all are marked as context. */
export function askedIn(
  turns: readonly ReadTurn[],
  refuse: Refuse,
  { turns: trained }: LayoutOptions,
): Asked[] {
  const answers = turns.flatMap(({ role }, index) => (role === "assistant" && index > 0 ? [index] : []));
  const ends = answers.filter((index) => !turns[index].isContext);
  const last = turns.length - 1;
  if (trained === "last" && turns[last].role !== "assistant")
    return refuse(
      "the conversation does not end with an answer of the assistant",
      "End it with one, or train each answer.",
    );
  const chosen = trained === "last" ? ends.slice(-1) : ends;
  if (answers.length === 0 || !turns.some(({ role }) => role === "user"))
    return refuse(
      "the conversation holds no question with an answer",
      "Add a message of the user and one of the assistant.",
    );
  return chosen.map((end) => askedBefore(turns.slice(0, end), turns[end].content));
}

/** A conversation as what is asked. A single user's turn needs no messages: the prompt is all of it. */
export function askedBefore(before: readonly Turn[], answer: string): Asked {
  const [only] = before;
  if (before.length === 1 && only.role === "user") return { prompt: only.content, answer };
  const users = before.filter(({ role }) => role === "user").length;
  const simple = users === 1 && before.every(({ role }) => role === "system" || role === "user");
  const prompt = before
    .map(({ role, content }) => (simple ? content : `${role}: ${content}`))
    .join(simple ? "\n\n" : "\n");
  return { prompt, messages: before.map(({ role, content }) => ({ role, content })), answer };
}
