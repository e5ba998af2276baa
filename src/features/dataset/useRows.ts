// Rows of the list in pages, fetched from the data worker as they come into sight.
import { useEffect, useRef, useState } from "react";
import { askData, PAGE_ROWS, type ListView, type ShownRow } from "../../store/dataWorker";

/** @param view of the list; other rows or another filter empty what was fetched */
export function useRows(view: ListView): {
  row: (place: number) => ShownRow | undefined;
  /** Fetches what is missing of the places. */
  need: (from: number, to: number) => void;
} {
  const key = JSON.stringify([view.name, view.version, view.filter]);
  const [pages, setPages] = useState<{ key: string; rows: ReadonlyMap<number, ShownRow[]> }>({
    key,
    rows: new Map(),
  });
  const asked = useRef({ key, pages: new Set<number>() });
  const present = useRef(key);
  useEffect(() => {
    present.current = key;
  }, [key]);
  const rows = pages.key === key ? pages.rows : new Map<number, ShownRow[]>();
  const need = (from: number, to: number): void => {
    if (asked.current.key !== key) asked.current = { key, pages: new Set() };
    for (let page = Math.floor(from / PAGE_ROWS); page <= Math.floor(to / PAGE_ROWS); page++) {
      if (asked.current.pages.has(page)) continue;
      asked.current.pages.add(page);
      askData("list.rows", { from: page * PAGE_ROWS, count: PAGE_ROWS }).then(
        (found) => {
          if (present.current !== key) return;
          setPages((before) => ({
            key,
            rows: new Map(before.key === key ? before.rows : []).set(page, found),
          }));
        },
        // The file was closed: its list goes with it.
        () => undefined,
      );
    }
  };
  return { row: (place) => rows.get(Math.floor(place / PAGE_ROWS))?.[place % PAGE_ROWS], need };
}
