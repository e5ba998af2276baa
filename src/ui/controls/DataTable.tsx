// The numbers of a picture as a table, a hundred rows at a time.
import { useState } from "react";

export interface TableData {
  /** A leading "#" right-aligns the column: it holds numbers. */
  columns: readonly string[];
  rows: readonly (readonly (string | number)[])[];
}

const PAGE = 100;

export function DataTable({ data, name }: { data: TableData; name: string }) {
  const [shown, setShown] = useState(PAGE);
  const right = data.columns.map((column) => column.startsWith("#"));
  return (
    <div className="table-scroll" tabIndex={0} role="region" aria-label={`Table: ${name}`}>
      <table>
        <thead>
          <tr>
            {data.columns.map((column, c) => (
              <th key={column} scope="col" className={right[c] ? "n" : undefined}>
                {column.replace(/^#/, "")}
              </th>
            ))}
          </tr>
        </thead>
        <tbody>
          {data.rows.slice(0, shown).map((row, r) => (
            <tr key={r}>
              {row.map((cell, c) => (
                <td key={c} className={right[c] ? "n" : undefined}>
                  {cell}
                </td>
              ))}
            </tr>
          ))}
        </tbody>
      </table>
      {data.rows.length > shown && (
        <button type="button" className="link" onClick={() => setShown(shown + PAGE)}>
          {shown} of {data.rows.length} rows shown: show {Math.min(PAGE, data.rows.length - shown)} more
        </button>
      )}
    </div>
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
