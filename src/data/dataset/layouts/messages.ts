// Chat messages: {"messages": [{"role": "user", "content": "…"}, {"role": "assistant", "content": "…"}]}, and ShareGPT's
// {"conversations": [{"from": "human", "value": "…"}, {"from": "gpt", "value": "…"}]}, with a system text in a column
// of its own where there is one.
import type { Layout, Values } from "../layout";
import { askedIn, isConversation, readTurns } from "../turns";

const COLUMNS = ["messages", "conversations", "conversation", "dialog", "dialogue", "chat"];
const SYSTEM = ["system", "system_prompt"];

const columnIn = (columns: readonly string[], values: Values): string | undefined =>
  COLUMNS.find((name) => columns.includes(name) && isConversation(values[name]));

export default {
  id: "messages",
  name: "chat messages",
  place: 10,
  fits(columns, first) {
    const column = columnIn(columns, first);
    if (column === undefined) return null;
    return { used: [column, ...SYSTEM.filter((name) => columns.includes(name))] };
  },
  read(values, refuse, options) {
    const column = COLUMNS.find((name) => name in values) ?? COLUMNS[0];
    const turns = readTurns(values[column], column, refuse);
    const system = SYSTEM.map((name) => values[name]).find((text) => typeof text === "string" && text !== "");
    const own =
      typeof system === "string" && turns[0].role !== "system"
        ? [{ role: "system" as const, content: system }]
        : [];
    return askedIn([...own, ...turns], refuse, options);
  },
} satisfies Layout;
