// The few pieces of markup that the report's parts share.

const ESCAPES: Record<string, string> = { "&": "&amp;", "<": "&lt;", ">": "&gt;", '"': "&quot;" };

/** Everything from a log is text of strangers: nothing of it becomes markup. */
export const text = (value: string): string => value.replace(/[&<>"]/g, (c) => ESCAPES[c]);

export interface Table {
  head: readonly string[];
  rows: readonly (readonly string[])[];
}

export function table({ head, rows }: Table): string {
  const cells = (tag: string, row: readonly string[]) =>
    `<tr>${row.map((cell) => `<${tag}>${text(cell)}</${tag}>`).join("")}</tr>`;
  return `<div class="scroll"><table><thead>${cells("th", head)}</thead><tbody>${rows.map((row) => cells("td", row)).join("")}</tbody></table></div>`;
}
