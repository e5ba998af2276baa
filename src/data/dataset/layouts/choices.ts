// Multiple choice: the choices are lettered below the question, and the answer is the letter of the right one. The choices
// are a list, a list with labels, texts under letters, or columns of their own; which of them is right may be said as a
// place from 0, a label, a letter, or the choice's own text.
import type { Layout, Values } from "../layout";

const LETTERS = "ABCDEFGHIJKLMNOPQRSTUVWXYZ";
const LISTS = ["choices", "options", "endings", "answer_choices"];
const ANSWERS = ["answer", "answerKey", "answerkey", "answer_idx", "correct_answer", "correct", "label"];
const QUESTIONS = ["question", "prompt", "ctx", "query"];
/** Before the letter of a column that holds one choice. */
const PREFIXES = ["", "option_", "option", "option ", "choice_", "choice", "choice ", "op"];

interface Choices {
  texts: string[];
  /** What the file calls them: letters or numbers; empty where it does not. */
  labels: string[];
}

/** 2 to 26 texts or numbers, as texts; null where the list is another. */
function textsOf(list: unknown): string[] | null {
  if (!Array.isArray(list) || list.length < 2 || list.length > LETTERS.length) return null;
  const isText = (item: unknown) => typeof item === "number" || (typeof item === "string" && item !== "");
  return list.every(isText) ? list.map(String) : null;
}

/** A list of texts, two lists as ARC has them (`{ "text": […], "label": […] }`), or texts under letters or numbers. */
function choicesOf(value: unknown): Choices | null {
  const plain = textsOf(value);
  if (plain) return { texts: plain, labels: [] };
  if (value === null || typeof value !== "object" || Array.isArray(value)) return null;
  const { text, label } = value as Values;
  const texts = textsOf(text);
  if (texts) {
    const labels = textsOf(label);
    return { texts, labels: labels?.length === texts.length ? labels : [] };
  }
  const labels = Object.keys(value);
  const under = labels.every((name) => /^(?:[A-Za-z]|\d)$/.test(name)) ? textsOf(Object.values(value)) : null;
  return under && { texts: under, labels };
}

/** The columns of the choices, in their order, where each has one: A, B, C; option_a, option_b; choice1, choice2; … */
function choiceColumns(columns: readonly string[]): string[] {
  const named = (prefix: string, signs: readonly string[]) => {
    const end = signs.findIndex((sign) => !columns.includes(prefix + sign));
    return signs.slice(0, end).map((sign) => prefix + sign);
  };
  const letters = [...LETTERS];
  const ways = [letters, letters.map((letter) => letter.toLowerCase()), letters.map((_, i) => String(i + 1))];
  const found = PREFIXES.flatMap((prefix) => ways.map((signs) => named(prefix, signs)));
  return found.find(({ length }) => length > 1) ?? [];
}

/** A row's choices where each has a column; empty ones at the end are none. */
function choicesIn(values: Values, columns: readonly string[]): Choices | null {
  const cells = columns.map((name) => values[name] ?? "");
  while (cells.at(-1) === "") cells.pop();
  const texts = textsOf(cells);
  return texts && { texts, labels: columns.slice(0, texts.length).map((name) => name.slice(-1)) };
}

function rightOne(answer: unknown, { texts, labels }: Choices, isNamed: (said: string) => number): number {
  const place = labels.indexOf(String(answer).trim());
  if (place >= 0) return place;
  if (typeof answer === "number") return answer;
  if (typeof answer !== "string") return -1;
  const said = answer.trim();
  if (texts.includes(said)) return texts.indexOf(said);
  const named = isNamed(said);
  if (named >= 0) return named;
  // (B), B) or B. with or without the choice's text behind it.
  const lettered = /^\(?([A-Za-z])(?:[).:]\s*(.*))?$/s.exec(said);
  if (!lettered) return /^\d+$/.test(said) ? Number(said) : -1;
  const [, letter, rest = ""] = lettered;
  const at = LETTERS.indexOf(letter.toUpperCase());
  return rest === "" || texts[at] === rest ? at : -1;
}

const first = (names: readonly string[], values: Values) => names.find((name) => values[name] !== undefined);

/** The choices below each other, each behind its letter; those that are lettered already stay as they are. */
function lettered(texts: readonly string[]): string[] {
  const isLettered = texts.every((text, i) => new RegExp(`^\\(?${LETTERS[i]}[).:]`).test(text));
  return isLettered ? [...texts] : texts.map((text, i) => `${LETTERS[i]}. ${text}`);
}

export default {
  id: "choices",
  name: "multiple choice",
  place: 50,
  fits(columns, row) {
    const [list, answer, question] = [LISTS, ANSWERS, QUESTIONS].map((names) =>
      names.find((name) => columns.includes(name)),
    );
    if (!answer || !question) return null;
    if (list && choicesOf(row[list])) return { used: [question, list, answer] };
    const own = choiceColumns(columns);
    const choices = choicesIn(row, own);
    if (!choices) return null;
    // Columns called a and b may be numbers to add: the first answer tells.
    const right = rightOne(row[answer], choices, (said) => own.indexOf(said));
    const isSure = own[0].length > 1 || /^\s*\(?[A-Za-z]\b/.test(String(row[answer]));
    return isSure && right >= 0 && right < choices.texts.length ? { used: [question, ...own, answer] } : null;
  },
  read(values, refuse) {
    const [list, answer, question] = [LISTS, ANSWERS, QUESTIONS].map((names) => first(names, values));
    const asked = question && values[question];
    if (typeof asked !== "string" || asked === "")
      return refuse("the question is missing or empty", "Fill it in or delete the row.");
    const own = choiceColumns(Object.keys(values));
    const choices = (list ? choicesOf(values[list]) : null) ?? choicesIn(values, own);
    if (!choices) return refuse("the choices are no list of 2 to 26 texts", "Correct or delete the row.");
    const right = rightOne(answer && values[answer], choices, (said) => own.indexOf(said));
    if (!Number.isInteger(right) || right < 0 || right >= choices.texts.length)
      return refuse(
        `the answer ${JSON.stringify(answer && values[answer])?.slice(0, 80)} names none of the ${choices.texts.length} choices`,
        "Name the right one by its place from 0, its letter or its text.",
      );
    return [{ prompt: [asked, ...lettered(choices.texts)].join("\n"), answer: LETTERS[right] }];
  },
} satisfies Layout;
