// The numbers of a picture as a table, loaded when one first looks at one, and as CSV.
import { lazy, Suspense } from "react";

export interface TableData {
  /** A leading "#" right-aligns the column: it holds numbers. */
  columns: readonly string[];
  rows: readonly (readonly (string | number)[])[];
}

const TableRows = lazy(() => import("./TableRows"));

export function DataTable(props: { data: TableData; name: string }) {
  return (
    <Suspense fallback={null}>
      <TableRows {...props} />
    </Suspense>
  );
}

/** The table as CSV, with quotes only where they are needed. */
export function toCsv(data: TableData): string {
  const cell = (value: string | number): string => {
    const text = String(value);
    return /[",\n]/.test(text) ? `"${text.replace(/"/g, '""')}"` : text;
  };
  return [data.columns.map((column) => column.replace(/^#/, "")), ...data.rows]
    .map((row) => row.map(cell).join(","))
    .join("\n");
}
