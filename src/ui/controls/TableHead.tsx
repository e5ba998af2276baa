// The head of a table: one row of column names.
import type { ReactNode } from "react";

export interface Column {
  name: ReactNode;
  /** Of its cell: "n" for numbers. */
  className?: string;
}

/** A plain name is a column of text. */
export function TableHead({ columns }: { columns: readonly (string | Column)[] }) {
  return (
    <thead>
      <tr>
        {columns.map((column, i) => {
          const { name, className } = typeof column === "string" ? { name: column } : column;
          return (
            <th key={i} scope="col" className={className}>
              {name}
            </th>
          );
        })}
      </tr>
    </thead>
  );
}

/** A column of numbers. */
export const numbers = (name: ReactNode): Column => ({ name, className: "n" });
