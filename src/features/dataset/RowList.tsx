// The rows that pass the filter, as a table of which only what is in sight is drawn. One stop of the Tab key: arrow keys go
// from row to row, and the row in focus is shown in full beside the list.
import { useVirtualizer } from "@tanstack/react-virtual";
import { useEffect, useRef, type KeyboardEvent } from "react";
import { count, plural } from "../../lib/format";
import type { ListView, ShownRow } from "../../store/dataWorker";
import { KIND_WORDS } from "./words";
import { useRows } from "./useRows";

/** Height of a row before it is measured, px. */
const ROW = 46;

export function RowList(props: {
  view: ListView;
  /** Place among the rows that pass; null = none. */
  active: number | null;
  onActive: (place: number, row: ShownRow | undefined) => void;
}) {
  const { view, active, onActive } = props;
  const room = useRef<HTMLDivElement>(null);
  const follow = useRef(false);
  const { row, need } = useRows(view);
  const virtual = useVirtualizer({
    count: view.matched,
    getScrollElement: () => room.current,
    estimateSize: () => ROW,
    overscan: 8,
  });
  const shown = virtual.getVirtualItems();
  const [from, to] = [shown[0]?.index ?? 0, shown.at(-1)?.index ?? 0];
  useEffect(() => {
    if (view.matched > 0) need(from, to);
  });
  const at = active === null ? 0 : Math.min(active, Math.max(0, view.matched - 1));
  useEffect(() => {
    if (!follow.current) return;
    const button = room.current?.querySelector<HTMLButtonElement>(`button[data-at="${at}"]`);
    if (!button) return;
    button.focus();
    follow.current = false;
  });
  const move = (event: KeyboardEvent): void => {
    const steps: Record<string, number> = {
      ...{ ArrowDown: 1, ArrowUp: -1, PageDown: 8, PageUp: -8 },
      ...{ Home: -view.matched, End: view.matched },
    };
    const by = steps[event.key];
    if (by === undefined) return;
    event.preventDefault();
    const next = Math.max(0, Math.min(view.matched - 1, at + by));
    follow.current = true;
    virtual.scrollToIndex(next);
    onActive(next, row(next));
  };
  const space = (height: number) =>
    height > 0 && (
      <tr aria-hidden="true">
        <td className="space" colSpan={3} style={{ height }} />
      </tr>
    );
  return (
    <div className="table-scroll row-list" ref={room} onKeyDown={move} role="region" aria-label="Rows">
      <table aria-rowcount={view.matched + 1}>
        <caption className="unseen">
          {view.matched === view.rows
            ? plural(view.rows, "row")
            : `${count(view.matched)} of ${plural(view.rows, "row")}`}
        </caption>
        <thead>
          <tr aria-rowindex={1}>
            <th scope="col">Row</th>
            <th scope="col">Question</th>
            <th scope="col">Answer</th>
          </tr>
        </thead>
        <tbody>
          {space(shown[0]?.start ?? 0)}
          {shown.map(({ index }) => {
            const one = row(index);
            return (
              <tr
                key={index}
                data-index={index}
                ref={virtual.measureElement}
                aria-rowindex={index + 2}
                className={index === active ? "active" : undefined}
              >
                <td>
                  <button
                    type="button"
                    className="link"
                    data-at={index}
                    tabIndex={index === at ? 0 : -1}
                    aria-pressed={index === active}
                    onClick={() => onActive(index, one)}
                  >
                    {one?.place ?? "…"}
                  </button>
                  {one && one.part !== "" && one.part !== "train" && <span className="part">{one.part}</span>}
                  {one?.kinds.map((kind) => (
                    <span key={kind} className="part">
                      {KIND_WORDS[kind]}
                    </span>
                  ))}
                </td>
                <td>
                  <span className="two-lines">{one?.prompt ?? ""}</span>
                  {one && one.problem !== "" && <span className="fault">{one.problem}</span>}
                </td>
                <td>
                  <span className="two-lines">{one?.answer ?? ""}</span>
                </td>
              </tr>
            );
          })}
          {space(virtual.getTotalSize() - (shown.at(-1)?.end ?? 0))}
        </tbody>
      </table>
    </div>
  );
}
