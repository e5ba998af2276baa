// Questions with a list of accepted answers, as SQuAD and its kind have them: {"question": "…", "context": "…", "answers":
// {"text": ["…"]}} or "answers": ["…"]. The text comes before the question, and the first answer is studied.
import type { Layout } from "../layout";

const QUESTIONS = ["question", "query", "prompt"];
const TEXTS = ["context", "passage", "paragraph"];

/** The accepted answers; null where the value holds none in either form. */
function answersIn(value: unknown): unknown[] | null {
  if (Array.isArray(value)) return value as unknown[];
  const text = (value as { text?: unknown } | null | undefined)?.text;
  return Array.isArray(text) ? (text as unknown[]) : null;
}

export default {
  id: "answers",
  name: "questions with accepted answers",
  place: 60,
  fits(columns, first) {
    const question = QUESTIONS.find((name) => columns.includes(name));
    if (!question || columns.includes("answer") || !answersIn(first.answers)) return null;
    return {
      used: [question, ...TEXTS.filter((name) => columns.includes(name)).slice(0, 1), "answers"],
      note: "Of several accepted answers the first is studied.",
    };
  },
  read(values, refuse) {
    const question = QUESTIONS.map((name) => values[name]).find((text) => typeof text === "string");
    if (typeof question !== "string")
      return refuse("the question is missing", "Fill it in or delete the row.");
    const answer = answersIn(values.answers)?.[0];
    if (typeof answer !== "string" && typeof answer !== "number")
      return refuse("the column “answers” holds no answer", "Fill it in or delete the row.");
    const text = TEXTS.map((name) => values[name]).find((one) => typeof one === "string" && one !== "");
    return [
      { prompt: text === undefined ? question : `${String(text)}\n\n${question}`, answer: String(answer) },
    ];
  },
} satisfies Layout;
