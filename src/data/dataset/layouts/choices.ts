// Multiple choice: the choices are lettered below the question, and the answer is the letter of the right one. Which that is
// may be said as a place from 0, a letter, or the choice's own text.
import type { Layout, Values } from "../layout";

const LETTERS = "ABCDEFGHIJKLMNOPQRSTUVWXYZ";
const LISTS = ["choices", "options"];
const ANSWERS = ["answer", "answerKey", "answer_idx", "label"];
const QUESTIONS = ["question", "prompt"];

interface Choices {
  texts: string[];
  /** What the file calls them: letters or numbers; empty where it does not. */
  labels: string[];
}

/** A list of texts, or two lists as ARC has them: `{ "text": […], "label": […] }`. */
function choicesOf(value: unknown): Choices | null {
  const isTexts = (list: unknown): list is string[] =>
    Array.isArray(list) &&
    list.length > 1 &&
    list.length <= LETTERS.length &&
    list.every((t) => typeof t === "string");
  if (isTexts(value)) return { texts: value, labels: [] };
  if (value === null || typeof value !== "object" || Array.isArray(value)) return null;
  const { text, label } = value as Values;
  if (!isTexts(text)) return null;
  return { texts: text, labels: isTexts(label) && label.length === text.length ? label : [] };
}

function rightOne(answer: unknown, { texts, labels }: Choices): number {
  if (typeof answer === "number") return answer;
  if (typeof answer !== "string") return -1;
  const said = answer.trim();
  if (labels.includes(said)) return labels.indexOf(said);
  if (texts.includes(said)) return texts.indexOf(said);
  if (/^[A-Z]$/i.test(said)) return LETTERS.indexOf(said.toUpperCase());
  return /^\d+$/.test(said) ? Number(said) : -1;
}

const first = (names: readonly string[], values: Values) => names.find((name) => values[name] !== undefined);

export default {
  id: "choices",
  name: "multiple choice",
  place: 50,
  fits(columns, row) {
    const [list, answer, question] = [LISTS, ANSWERS, QUESTIONS].map((names) =>
      names.find((name) => columns.includes(name)),
    );
    if (!list || !answer || !question || !choicesOf(row[list])) return null;
    return { used: [question, list, answer] };
  },
  read(values, refuse) {
    const [list, answer, question] = [LISTS, ANSWERS, QUESTIONS].map((names) => first(names, values));
    const asked = question && values[question];
    if (typeof asked !== "string" || asked === "")
      return refuse("the question is missing or empty", "Fill it in or delete the row.");
    const choices = list ? choicesOf(values[list]) : null;
    if (!choices) return refuse("the choices are no list of 2 to 26 texts", "Correct or delete the row.");
    const right = rightOne(answer && values[answer], choices);
    if (!Number.isInteger(right) || right < 0 || right >= choices.texts.length)
      return refuse(
        `the answer ${JSON.stringify(answer && values[answer])?.slice(0, 80)} names none of the ${choices.texts.length} choices`,
        "Name the right one by its place from 0, its letter or its text.",
      );
    const lines = choices.texts.map((text, i) => `${LETTERS[i]}. ${text}`);
    return [{ prompt: [asked, ...lines].join("\n"), answer: LETTERS[right] }];
  },
} satisfies Layout;
