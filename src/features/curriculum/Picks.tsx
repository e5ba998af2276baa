// The picture "Why these?": the picks of a round in order of score, each with its reason in words, and the first
// rows below the threshold.
import { useEffect, useRef, useState } from "react";
import { count, score as withUnit } from "../../lib/format";
import { pointAt, showSample } from "../../store/lab";
import { useLab, useShownRound, useView } from "../../store/hooks";
import type { RoundView, RunView } from "../../log/view";
import { Picture } from "../../ui/controls/Picture";
import { Gloss } from "../words";
import { picksSentence } from "../../pictures/pool/sentences";
import { missedRows, pickRows, pickTable, type Row } from "./picks";
import { kindCounts } from "./why";
import { numbers, TableHead } from "../../ui/controls/TableHead";

const PAGE = 24;
/** Last picks that stay in sight above the threshold. */
const TAIL = 2;

export function Picks() {
  const player = useLab((state) => state.player);
  const view = useView(player, "picks", "pool");
  const shown = useShownRound(view);
  const [kind, setKind] = useState<string | null>(null);
  const [page, setPage] = useState(PAGE);
  const scroller = useRef<HTMLDivElement>(null);
  const round = view.rounds[shown - 1];
  // Scrolls back only if the list was scrolled: reading the scroll position would force the browser to compute the layout.
  const scrolled = useRef(false);
  useEffect(() => {
    setPage(PAGE);
    if (scrolled.current && scroller.current) scroller.current.scrollTop = 0;
    scrolled.current = false;
  }, [shown, kind]);
  const counts = round ? kindCounts(view, round) : [];
  const active = counts.some((entry) => entry.kind === kind) ? kind : null;
  const size =
    active === null ? (round?.picks?.length ?? 0) : (counts.find((entry) => entry.kind === active)?.n ?? 0);
  const hidden = Math.max(0, size - page - TAIL);
  const head = round ? pickRows(view, round, 0, hidden > 0 ? page : size, active) : [];
  const tail = round && hidden > 0 ? pickRows(view, round, size - TAIL, size, active) : [];
  const missed = round && active === null ? missedRows(round) : [];
  const max = Math.max(1e-9, round?.picks?.[0]?.score ?? 0);
  const scored = round?.threshold != null;
  const show = (row: Row) => (
    <PickRow key={row.sample} row={row} view={view} round={round} max={max} scored={scored} />
  );
  return (
    <Picture
      id="why"
      question="Why these?"
      sentence={picksSentence(view, shown)}
      table={round?.picks ? () => pickTable(view, round) : undefined}
      tools={
        scored && (
          <span className="aside">
            <Gloss word="threshold">threshold</Gloss> {withUnit(round.threshold ?? NaN, round.unit)}
          </span>
        )
      }
    >
      {counts.length > 1 && (
        <div className="chips" role="group" aria-label="Show only">
          {counts.map((entry) => (
            <button
              key={entry.kind}
              type="button"
              className="button small"
              aria-pressed={entry.kind === active}
              onClick={() => setKind(entry.kind === active ? null : entry.kind)}
            >
              {entry.kind} {count(entry.n)}
            </button>
          ))}
        </div>
      )}
      {head.length > 0 && (
        <div
          className="table-scroll picks"
          tabIndex={0}
          role="region"
          aria-label={`Picks of round ${shown}`}
          ref={scroller}
          onScroll={() => (scrolled.current = true)}
        >
          <table>
            <TableHead
              columns={[
                numbers("#"),
                "Question",
                ...(scored ? [numbers("Entropy")] : []),
                { name: "Because", className: "because" },
              ]}
            />
            <tbody>
              {head.map(show)}
              {hidden > 0 && (
                <tr>
                  <td colSpan={4}>
                    <button type="button" className="link" onClick={() => setPage(page + PAGE * 4)}>
                      … {count(hidden)} more between: show {count(Math.min(hidden, PAGE * 4))}
                    </button>
                  </td>
                </tr>
              )}
              {tail.map(show)}
              {missed.length > 0 && (
                <tr className="bar-row">
                  <td colSpan={4}>
                    threshold {withUnit(round?.threshold ?? NaN, round?.unit)}: not picked below
                  </td>
                </tr>
              )}
              {missed.map(show)}
            </tbody>
          </table>
        </div>
      )}
    </Picture>
  );
}

function PickRow(props: { row: Row; view: RunView; round: RoundView; max: number; scored: boolean }) {
  const { row, view, round, max, scored } = props;
  const lit = useLab((state) => state.hover === row.sample);
  const fresh = row.why !== null && round.round > 1 && (row.why.kind === "first" || row.why.kind === "rose");
  return (
    <tr
      className={`${lit ? "lit" : ""} ${row.why ? "" : "missed"}`}
      onPointerEnter={() => pointAt(row.sample)}
      onPointerLeave={() => pointAt(null)}
    >
      <td className="n">{row.rank}</td>
      <td>
        <button type="button" className="row-open" onClick={() => showSample(row.sample)}>
          {view.samples[row.sample]?.prompt}
          {fresh && <span className="new">new</span>}
        </button>
        <span className="because-narrow">{row.reason}</span>
      </td>
      {scored && (
        <td className="n score">
          {row.score === null ? "" : withUnit(row.score, round.unit)}
          <svg viewBox="0 0 100 6" preserveAspectRatio="none" aria-hidden="true">
            <rect width={((row.score ?? 0) / max) * 100} height="6" rx="2" fill="var(--e3)" />
          </svg>
        </td>
      )}
      <td className="because">{row.reason}</td>
    </tr>
  );
}
