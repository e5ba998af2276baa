// Preference pairs: the chosen side is studied, the rejected one is not. Unpaired ones (KTO) carry a label instead:
// rows labelled false are left out.
import type { Layout, Values } from "../layout";
import { askedBefore, askedIn, isConversation, readTurns } from "../turns";
import type { Refuse } from "../columns";

/** The question: a text or messages; none where the chosen side begins with it. */
function promptOf(values: Values, refuse: Refuse) {
  const column = ["prompt", "question", "instruction", "input"].find((name) => values[name] !== undefined);
  if (column === undefined) return [];
  const value = values[column];
  if (typeof value === "string") return [{ role: "user" as const, content: value }];
  return readTurns(value, column, refuse);
}

export default {
  id: "preference",
  name: "preference pairs",
  place: 30,
  fits(columns) {
    if (!columns.includes("chosen") || !columns.includes("rejected")) return null;
    const prompt = ["prompt", "question", "instruction", "input"].find((name) => columns.includes(name));
    return {
      used: [...(prompt ? [prompt] : []), "chosen", "rejected"],
      note: "Of each pair the chosen answer is studied; the rejected one is not used.",
    };
  },
  read(values, refuse, options) {
    const before = promptOf(values, refuse);
    const { chosen } = values;
    if (typeof chosen === "string" && chosen !== "") {
      if (before.length > 0) return [askedBefore(before, chosen)];
      return refuse(
        "the chosen answer is one text with its question inside",
        "Put the question into a column “prompt”.",
      );
    }
    if (!isConversation(chosen))
      return refuse("the column “chosen” holds no answer", "Fill it in or delete the row.");
    const turns = readTurns(chosen, "chosen", refuse);
    // The question may stand in both.
    const repeated = turns.some(({ role }) => role === "user");
    return askedIn(repeated ? turns : [...before, ...turns], refuse, options);
  },
} satisfies Layout;
