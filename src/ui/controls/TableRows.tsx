// The table behind a picture. Only the rows in sight are in the page, by TanStack Virtual; the longest cell of each
// column stands in a row of no height, so that columns keep their width while one scrolls.
import { useVirtualizer } from "@tanstack/react-virtual";
import { useMemo, useRef } from "react";
import type { TableData } from "./DataTable";

/** Height of a row of one line, px; others are measured when they are drawn. */
const ROW = 33;
/** Rows drawn beyond both edges. */
const BEYOND = 12;

const longer = <T extends string | number>(a: T, b: T): T => (String(b).length > String(a).length ? b : a);

export default function TableRows({ data, name }: { data: TableData; name: string }) {
  const { columns, rows } = data;
  const room = useRef<HTMLDivElement>(null);
  const virtual = useVirtualizer({
    count: rows.length,
    getScrollElement: () => room.current,
    estimateSize: () => ROW,
    overscan: BEYOND,
  });
  const widest = useMemo(
    () => columns.map((_, c) => rows.reduce<string | number>((most, row) => longer(most, row[c]), "")),
    [columns, rows],
  );
  const right = columns.map((column) => (column.startsWith("#") ? "n" : undefined));
  const shown = virtual.getVirtualItems();
  const cells = (row: readonly (string | number)[]) =>
    row.map((cell, c) => (
      <td key={c} className={right[c]}>
        {cell}
      </td>
    ));
  const space = (height: number) =>
    height > 0 && (
      <tr aria-hidden="true">
        <td className="space" colSpan={columns.length} style={{ height }} />
      </tr>
    );
  return (
    <div className="table-scroll" tabIndex={0} role="region" aria-label={`Table: ${name}`} ref={room}>
      <table aria-rowcount={rows.length + 1}>
        <thead>
          <tr aria-rowindex={1}>
            {columns.map((column, c) => (
              <th key={column} scope="col" className={right[c]}>
                {column.replace(/^#/, "")}
              </th>
            ))}
          </tr>
        </thead>
        <tbody>
          <tr className="widest" aria-hidden="true">
            {cells(widest)}
          </tr>
          {space(shown[0]?.start ?? 0)}
          {shown.map(({ index }) => (
            <tr key={index} data-index={index} ref={virtual.measureElement} aria-rowindex={index + 2}>
              {cells(rows[index])}
            </tr>
          ))}
          {space(virtual.getTotalSize() - (shown.at(-1)?.end ?? 0))}
        </tbody>
      </table>
    </div>
  );
}
