// Small pieces of HTML that the parts of the report share.
import { count } from "../../lib/format";
import type { TableData } from "../../ui/controls/DataTable";

const ESCAPES: Record<string, string> = { "&": "&amp;", "<": "&lt;", ">": "&gt;", '"': "&quot;" };

/** Escapes text: a log may come from anyone, so nothing in it may become markup. */
export const text = (value: string): string => value.replace(/[&<>"]/g, (c) => ESCAPES[c]);

/** Rows that a table spells out: the rest is in the log. */
const ROWS = 100;

export function table({ columns, rows }: TableData): string {
  const right = columns.map((name) => name.startsWith("#"));
  const cells = (tag: string, row: readonly (string | number)[]) =>
    `<tr>${row.map((cell, c) => `<${tag}${right[c] ? ' class="n"' : ""}>${text(String(cell))}</${tag}>`).join("")}</tr>`;
  const head = columns.map((name) => name.replace(/^#/, ""));
  const more = rows.length > ROWS ? `<p>${count(ROWS)} of ${count(rows.length)} rows.</p>` : "";
  const body = rows.slice(0, ROWS).map((row) => cells("td", row));
  return `<div class="scroll"><table><thead>${cells("th", head)}</thead><tbody>${body.join("")}</tbody></table>${more}</div>`;
}
