// The rows of a dataset: distributions, search, what the filter leaves, and the row in focus with what can be done to it.
import { useEffect, useState, type ReactNode } from "react";
import { NO_FILTER, type Filter } from "../../data/draft/list";
import { count, plural } from "../../lib/format";
import type { ListView, ShownRow } from "../../store/dataWorker";
import { Distributions } from "./Distributions";
import { Rendered } from "./Rendered";
import { RowList } from "./RowList";
import { lengthName } from "./bars";
import { KIND_WORDS } from "./words";

/** Rows that are shown as the model reads them while none is in focus. */
const FIRST = [0, 1, 2];

export function Browser(props: {
  view: ListView;
  onFilter: (filter: Filter) => void;
  /** What can be done to the row in focus. */
  acts?: (row: ShownRow) => ReactNode;
  /** What can be done to all rows that pass the filter. */
  actsOnFound?: ReactNode;
}) {
  const { view, onFilter, acts, actsOnFound } = props;
  const { filter } = view;
  const [active, setActive] = useState<{ place: number; row: ShownRow | undefined } | null>(null);
  const key = JSON.stringify([view.name, view.version, filter]);
  useEffect(() => setActive(null), [key]);
  const places = active?.row?.isSample ? [active.place] : active ? [] : FIRST.filter((n) => n < view.matched);
  return (
    <>
      <Distributions view={view} onFilter={onFilter} />
      <section className="browse" aria-label="Search and filter">
        <label className="setting">
          Search the rows
          <input
            className="field"
            type="search"
            value={filter.search}
            onChange={(event) => onFilter({ ...filter, search: event.target.value })}
          />
        </label>
        {view.parts.length > 1 && (
          <label className="setting">
            Part
            <select
              className="field"
              value={filter.part ?? ""}
              onChange={(event) => onFilter({ ...filter, part: event.target.value || null })}
            >
              <option value="">all</option>
              {view.parts.map(({ name, rows }) => (
                <option key={name} value={name}>
                  {name} ({count(rows)})
                </option>
              ))}
            </select>
          </label>
        )}
        <p className="chips" role="status">
          {view.matched === view.rows
            ? plural(view.rows, "row")
            : `${count(view.matched)} of ${plural(view.rows, "row")}`}
          {filterWords(filter).map((word) => (
            <span key={word} className="part">
              {word}
            </span>
          ))}
        </p>
        {view.matched !== view.rows && (
          <div className="acts">
            <button type="button" className="button small" onClick={() => onFilter(NO_FILTER)}>
              Show all rows
            </button>
            {actsOnFound}
          </div>
        )}
      </section>
      <RowList
        view={view}
        active={active?.place ?? null}
        onActive={(place, row) => setActive({ place, row })}
      />
      {active?.row && (
        <section className="row-details" aria-label={`Row: ${active.row.place}`}>
          <h3>{active.row.place}</h3>
          {active.row.problem !== "" && (
            <p className="fault">
              {active.row.isSample ? "It cannot be trained on: " : "It cannot be used: "}
              {active.row.problem}. {active.row.hint}
            </p>
          )}
          {acts?.(active.row)}
        </section>
      )}
      {places.length > 0 && <Rendered rows={key} places={places} />}
    </>
  );
}

/** What the filter asks for, a phrase each. */
export function filterWords({ search, kind, prompt, answer, tokens, text, part }: Filter): string[] {
  const length = (of: string, range: Filter["prompt"]) =>
    range === null ? [] : [`${of} of ${lengthName({ from: range[0], to: range[1], rows: 0 })}`];
  return [
    ...(search.trim() === "" ? [] : [`with “${search.trim()}”`]),
    ...(kind === null ? [] : [KIND_WORDS[kind]]),
    ...length("question", prompt),
    ...length("answer", answer),
    ...(tokens === null
      ? []
      : [`sample of ${lengthName({ from: tokens[0], to: tokens[1], rows: 0 }, "token")}`]),
    ...(text === null ? [] : [`answer “${text.length > 40 ? `${text.slice(0, 40)}…` : text}”`]),
    ...(part === null ? [] : [`in ${part}`]),
  ];
}
