// Figures and sentences as the documents write them. What a sentence says of a difference is computed with it.

/** .085, −.06: three digits and no leading zero. */
export function decimal(value, digits = 3) {
  if (value === null || value === undefined) return "–";
  const text = Math.abs(value).toFixed(digits).replace(/^0\./, ".");
  return value < 0 && Number(text) !== 0 ? `−${text}` : text;
}

const plus = (value, text) => (value > 0 && Number(text) !== 0 ? `+${text}` : text);

/** 68.4 of a share. */
export const percent = (share, digits = 1) => (100 * share).toFixed(digits);

/** ".085 ± .002" */
export const plusMinus = ({ mean, se }, digits = 3) =>
  se === null ? decimal(mean, digits) : `${decimal(mean, digits)} ± ${decimal(se, digits)}`;

/** "68.4 ± 0.7" of shares. */
export const percentPlusMinus = ({ mean, se }, digits = 1) =>
  se === null ? percent(mean, digits) : `${percent(mean, digits)} ± ${percent(se, digits)}`;

/** "+29.8 [−0.4, 59.9]": a difference of shares in points; without an interval where there is one pair. */
export function points(t, digits = 1) {
  return difference({ ...t, mean: 100 * t.mean, interval: t.interval?.map((end) => 100 * end) }, digits);
}

/** "+.018 [.007, .029]" */
export function difference({ mean, interval }, digits = 3) {
  const figure = (value) => {
    const text = Math.abs(value).toFixed(digits);
    return `${value < 0 && Number(text) !== 0 ? "−" : ""}${digits > 1 ? text.replace(/^0\./, ".") : text}`;
  };
  const first = plus(mean, figure(mean));
  return interval ? `${first} [${figure(interval[0])}, ${figure(interval[1])}]` : first;
}

/** Does an interval leave 0 out? 1 above, −1 below, 0 not told apart. */
export const side = ({ interval }) => (!interval ? 0 : interval[0] > 0 ? 1 : interval[1] < 0 ? -1 : 0);

/** One of three phrases by the side of a difference: above, below, not told apart. */
export const bySide = (t, above, below, level) => [below, level, above][side(t) + 1];

/** 14k, 11.8k */
export const thousands = (tokens, digits = 0) => `${(tokens / 1000).toFixed(digits)}k`;

const NUMBERS = ["no", "one", "two", "three", "four", "five", "six", "seven", "eight", "nine", "ten"];
export const inWords = (n) => NUMBERS[n] ?? String(n);
export const capital = (text) => text[0].toUpperCase() + text.slice(1);

/** "a, b and c" */
export const list = (items) =>
  items.length < 2 ? items.join("") : `${items.slice(0, -1).join(", ")} and ${items.at(-1)}`;

/** "41" or "8 to 12" */
export function span(values) {
  const [low, high] = [Math.min(...values), Math.max(...values)];
  return low === high ? String(low) : `${low} to ${high}`;
}

/** Lines of at most 120 characters; `first` and `rest` begin them. */
export function paragraph(text, first = "", rest = "") {
  const lines = [];
  let line = first;
  for (const word of text.trim().split(/\s+/)) {
    const starts = line === first || line === rest;
    // A line must not begin with what Markdown takes for a list.
    if (!starts && line.length + 1 + word.length > 120 && !/^([-+*#>]|\d+[.)])$/.test(word)) {
      lines.push(line);
      line = rest + word;
    } else line += starts ? word : ` ${word}`;
  }
  return [...lines, line].join("\n");
}

export const bullets = (texts) => texts.map((text) => paragraph(text, "- ", "  ")).join("\n");

/** A Markdown table; Prettier lines it up. */
export const table = (head, rows) =>
  [head, head.map(() => "---"), ...rows].map((cells) => `| ${cells.join(" | ")} |`).join("\n");
