// TRL's conversational prompt and completion: both are lists of messages. As plain texts they are plain columns.
import type { Layout } from "../layout";
import { askedIn, isConversation, readTurns } from "../turns";

export default {
  id: "completion",
  name: "conversational prompt and completion",
  place: 20,
  fits: (columns, first) =>
    columns.includes("completion") && isConversation(first.prompt) && isConversation(first.completion)
      ? { used: ["prompt", "completion"] }
      : null,
  read: (values, refuse, options) =>
    askedIn(
      [...readTurns(values.prompt, "prompt", refuse), ...readTurns(values.completion, "completion", refuse)],
      refuse,
      options,
    ),
} satisfies Layout;
