// Answers labelled good or bad, as KTO takes them: {"prompt": "…", "completion": "…", "label": true}. Bad ones are left out.
import type { Layout } from "../layout";
import { askedBefore, askedIn, isConversation, readTurns } from "../turns";

export default {
  id: "labelled",
  name: "labelled answers",
  place: 15,
  fits: (columns, first) =>
    columns.includes("prompt") && columns.includes("completion") && typeof first.label === "boolean"
      ? {
          used: ["prompt", "completion", "label"],
          note: "Answers labelled false are left out.",
        }
      : null,
  read(values, refuse, options) {
    if (typeof values.label !== "boolean")
      return refuse("the column “label” is neither true nor false", "Correct or delete the row.");
    if (!values.label) return [];
    const { prompt, completion } = values;
    if (isConversation(prompt) || isConversation(completion)) {
      const turns = [...readTurns(prompt, "prompt", refuse), ...readTurns(completion, "completion", refuse)];
      return askedIn(turns, refuse, options);
    }
    if (typeof prompt !== "string" || prompt === "")
      return refuse("the column “prompt” is empty", "Fill it in or delete the row.");
    if (typeof completion !== "string" || completion === "")
      return refuse("the column “completion” is empty", "Fill it in or delete the row.");
    return [askedBefore([{ role: "user", content: prompt }], completion)];
  },
} satisfies Layout;
