// What a chat template prints, as Python prints it: True, None and lists with single quotes, where @huggingface/jinja prints
// true, nothing and JSON. And the one thing it loses: what a turn of a loop printed before {% break %} or {% continue %}.
import { isRecord } from "../files";

/** Parts of a template that print nothing themselves, and plain text. */
const STATEMENTS = new Set([
  ...["If", "For", "Macro", "Set", "CallStatement", "FilterStatement", "Break", "Continue", "Comment"],
  "StringLiteral",
]);
/** Lists of parts that are printed one after another. */
const BLOCKS = ["body", "alternate", "defaultBlock"];
const PRINTED = "python_text";

type Part = Record<string, unknown>;
const partsOf = (value: unknown): Part[] => (Array.isArray(value) ? value.filter(isRecord) : []);

/** A value as `str()` gives it; `inside` a list or an object as `repr()`. There, values come as the interpreter holds them. */
function textOf(held: unknown, inside = false): string {
  const isHeld = isRecord(held) && /^[A-Z]\w+Value$/.test(String(held.type));
  const value = isHeld ? held.value : held;
  if (isHeld && held.type === "NullValue") return "None";
  if (isHeld && held.type === "FloatValue" && Number.isInteger(value)) return `${String(value)}.0`;
  if (value === undefined) return "";
  if (value === null) return "None";
  if (typeof value === "boolean") return value ? "True" : "False";
  if (typeof value === "string") return inside ? quoted(value) : value;
  if (Array.isArray(value)) return `[${value.map((item) => textOf(item, true)).join(", ")}]`;
  const entries = value instanceof Map ? [...value] : isRecord(value) ? Object.entries(value) : null;
  if (!entries) return String(value as number);
  return `{${entries.map(([key, item]) => `${textOf(key, true)}: ${textOf(item, true)}`).join(", ")}}`;
}

function quoted(text: string): string {
  const sign = text.includes("'") && !text.includes('"') ? '"' : "'";
  const inner = text
    .replaceAll("\\", "\\\\")
    .replaceAll(sign, `\\${sign}`)
    .replaceAll("\n", "\\n")
    .replaceAll("\r", "\\r")
    .replaceAll("\t", "\\t");
  return sign + inner + sign;
}

/** To be given to a template whose printed parts were led to it. */
export const pythonOutput = { [PRINTED]: (value: unknown): string => textOf(value) };

/** Leads each printed part of a parsed template to `pythonOutput`, in place. @throws Error where output would be lost */
export function printAsPython(part: unknown): void {
  if (!isRecord(part)) return;
  if (part.type === "For" && printsBeforeJump(partsOf(part.body)) === "jumps")
    throw new Error("it prints something before {% break %} or {% continue %}, which would be lost here");
  for (const name of BLOCKS) {
    const block = part[name];
    if (!Array.isArray(block)) continue;
    block.forEach(printAsPython);
    part[name] = (block as unknown[]).map((one) =>
      isRecord(one) && !STATEMENTS.has(String(one.type))
        ? { type: "CallExpression", callee: { type: "Identifier", value: PRINTED }, args: [one] }
        : one,
    );
  }
}

/** How a block goes on: having printed nothing yet, something, or with a jump behind something printed. */
function printsBeforeJump(block: readonly Part[], before = false): "nothing" | "prints" | "jumps" {
  let prints = before;
  for (const part of block) {
    const { type } = part;
    if (type === "Break" || type === "Continue") return prints ? "jumps" : "nothing";
    if (type === "If") {
      const ways = [part.body, part.alternate].map((way) => printsBeforeJump(partsOf(way), prints));
      if (ways.includes("jumps")) return "jumps";
      prints ||= ways.includes("prints");
    } else if (type === "For" || type === "CallStatement" || type === "FilterStatement") prints = true;
    else if (type === "StringLiteral") prints ||= part.value !== "";
    else prints ||= !STATEMENTS.has(String(type));
  }
  return prints ? "prints" : "nothing";
}
