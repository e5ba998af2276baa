// Tables as Markdown.

/** The first two columns say what a row is about; the rest are figures, flush right. */
export function markdownTable(columns: readonly string[], rows: readonly (readonly string[])[]): string {
  const line = (cells: readonly string[]) => `| ${cells.join(" | ")} |`;
  return [line(columns), line(columns.map((_, k) => (k < 2 ? "---" : "---:"))), ...rows.map(line)].join("\n");
}
