// Why these? The round's picks in order, each with its reason in words, and the first rows under the threshold.
import { useEffect, useRef, useState } from "react";
import { count, score as withUnit } from "../../lib/format";
import { lab } from "../../store/lab";
import { useLab, useShownRound, useView } from "../../store/hooks";
import type { RoundView, RunView } from "../../store/view";
import type { TableData } from "../../ui/controls/DataTable";
import { Picture } from "../../ui/controls/Picture";
import { Gloss } from "../words";
import { picksSentence } from "./sentences";
import { kindCounts, kindNames, whyMissed, whyPicked, type Why } from "./why";

interface Row {
  sample: number;
  rank: number;
  score: number | null;
  why: Why | null;
  reason: string;
}

export function pickRows(view: RunView, round: RoundView): Row[] {
  const before = view.rounds[round.round - 2] ?? null;
  const picks = (round.picks ?? []).map((pick) => {
    const why = whyPicked(pick, round, before);
    return {
      sample: pick.sample,
      rank: pick.rank,
      score: pick.score,
      why,
      reason: [why.beat, why.story].filter(Boolean).join("; "),
    };
  });
  const missed = round.missed.map((row, m) => ({
    sample: row.sample,
    rank: (round.picks?.length ?? 0) + m + 1,
    score: row.score,
    why: null,
    reason: whyMissed(row, round),
  }));
  return [...picks, ...missed];
}

function pickTable(view: RunView, rows: readonly Row[]): TableData {
  return {
    columns: ["#Rank", "Question", "#Entropy, nats", "Picked", "Because"],
    rows: rows.map((row) => [
      row.rank,
      view.samples[row.sample]?.prompt ?? "",
      row.score?.toFixed(4) ?? "",
      row.why ? "yes" : "no",
      row.reason,
    ]),
  };
}

const PAGE = 80;

export function Picks() {
  const player = useLab((state) => state.player);
  const view = useView(player, "picks", "pool");
  const shown = useShownRound(view);
  const [kind, setKind] = useState<string | null>(null);
  const [page, setPage] = useState(PAGE);
  const scroller = useRef<HTMLDivElement>(null);
  const round = view.rounds[shown - 1];
  useEffect(() => {
    setPage(PAGE);
    if (scroller.current) scroller.current.scrollTop = 0;
  }, [shown, kind]);
  const all = round?.picks ? pickRows(view, round) : [];
  const counts = round ? kindCounts(view, round) : [];
  const active = counts.some((entry) => entry.kind === kind) ? kind : null;
  const rows = active === null ? all : all.filter((row) => row.why && kindNames[row.why.kind] === active);
  const max = Math.max(1e-9, ...all.map((row) => row.score ?? 0));
  const scored = round?.threshold != null;
  return (
    <Picture
      id="why"
      question="Why these?"
      sentence={picksSentence(view, shown)}
      table={() => pickTable(view, all)}
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
      {all.length > 0 && (
        <div
          className="table-scroll picks"
          tabIndex={0}
          role="region"
          aria-label={`Picks of round ${shown}`}
          ref={scroller}
        >
          <table>
            <thead>
              <tr>
                <th scope="col" className="n">
                  #
                </th>
                <th scope="col">Question</th>
                {scored && (
                  <th scope="col" className="n">
                    Entropy
                  </th>
                )}
                <th scope="col" className="because">
                  Because
                </th>
              </tr>
            </thead>
            <tbody>
              {rows.slice(0, page).map((row) => (
                <PickRow key={row.sample} row={row} view={view} round={round} max={max} scored={scored} />
              ))}
            </tbody>
          </table>
          {rows.length > page && (
            <button type="button" className="link" onClick={() => setPage(page + PAGE)}>
              {page} of {count(rows.length)} shown: show more
            </button>
          )}
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
      onPointerEnter={() => lab.setState({ hover: row.sample })}
      onPointerLeave={() => lab.setState({ hover: null })}
    >
      <td className="n">{row.rank}</td>
      <td>
        <button type="button" className="row-open" onClick={() => lab.setState({ sample: row.sample })}>
          {view.samples[row.sample]?.prompt}
        </button>
        {fresh && <span className="new">new</span>}
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
