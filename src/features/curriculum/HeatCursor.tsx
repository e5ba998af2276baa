// Pointer and keyboard control of the heatmap: marks one row at a time and names its sample in words. Arrow keys move,
// Enter opens the sample's history. The same sample is highlighted in the other pictures.
import { useEffect, useRef, useState, type KeyboardEvent, type PointerEvent } from "react";
import { score as withUnit } from "../../lib/format";
import { pointAt, showSample } from "../../store/lab";
import { useLab } from "../../store/hooks";
import { ranksOf } from "../../log/order";
import type { RunView } from "../../log/view";
import type { ColumnBox } from "../../ui/charts/raster";

interface CursorProps {
  view: RunView;
  order: Uint32Array;
  rows: Uint32Array;
  boxes: readonly ColumnBox[];
  height: number;
  name: string;
}

/** "Round 2: 1.31 nats, rank 12, picked" */
export function cellWords(view: RunView, sample: number, round: number): string {
  const column = view.rounds[round - 1];
  if (!column) return `Round ${round}: to come`;
  const value = column.scores?.[sample] ?? NaN;
  const parts: string[] = [];
  if (column.scores) parts.push(withUnit(value, column.unit));
  if (column.scores && !Number.isNaN(value)) parts.push(`rank ${ranksOf(column.scores)[sample]}`);
  if (column.picked) parts.push(column.picked[sample] ? "picked" : "not picked");
  return `Round ${round}: ${parts.join(", ") || "nothing yet"}`;
}

export function HeatCursor({ view, order, rows, boxes, height, name }: CursorProps) {
  const plot = useRef<HTMLDivElement>(null);
  const hover = useLab((state) => state.hover);
  const [column, setColumn] = useState(1);
  const [active, setActive] = useState(false);
  const row = hover !== null && hover < rows.length ? rows[hover] : null;
  const top = row === null ? 0 : (row * height) / order.length;

  const point = (event: PointerEvent): void => {
    const box = plot.current?.getBoundingClientRect();
    if (!box || order.length === 0) return;
    const y = Math.max(
      0,
      Math.min(order.length - 1, Math.floor(((event.clientY - box.top) / height) * order.length)),
    );
    const x = event.clientX - box.left;
    setColumn(Math.max(1, boxes.findLastIndex((b) => x >= b.x) + 1));
    setActive(true);
    pointAt(order[y]);
  };

  const onKey = (event: KeyboardEvent): void => {
    const at = row ?? 0;
    const moves: Record<string, number> = {
      ArrowUp: -1,
      ArrowDown: 1,
      PageUp: -20,
      PageDown: 20,
      Home: -1e9,
      End: 1e9,
    };
    if (event.key in moves) {
      const next = row === null ? 0 : Math.max(0, Math.min(order.length - 1, at + moves[event.key]));
      pointAt(order[next]);
    } else if (event.key === "ArrowLeft") setColumn(Math.max(1, column - 1));
    else if (event.key === "ArrowRight") setColumn(Math.min(boxes.length, column + 1));
    else if (event.key === "Enter" && hover !== null) showSample(hover);
    else return;
    event.preventDefault();
    setActive(true);
  };

  useEffect(() => {
    if (column > boxes.length) setColumn(Math.max(1, boxes.length));
  }, [boxes.length, column]);

  const words =
    hover === null ? "" : `${view.samples[hover]?.prompt ?? ""} ${cellWords(view, hover, column)}`;
  const box = boxes[column - 1];
  const flip = box && boxes.length > 1 && column > boxes.length / 2;
  return (
    <div
      ref={plot}
      className="heat-cursor"
      role="slider"
      tabIndex={0}
      aria-orientation="vertical"
      aria-label={`Samples by round. ${name} Arrow keys move, Enter opens the sample.`}
      aria-valuemin={1}
      aria-valuemax={Math.max(1, order.length)}
      aria-valuenow={(row ?? 0) + 1}
      aria-valuetext={words || "No sample chosen"}
      onPointerMove={point}
      onPointerLeave={() => {
        setActive(false);
        pointAt(null);
      }}
      onClick={() => hover !== null && showSample(hover)}
      onKeyDown={onKey}
      onBlur={() => setActive(false)}
    >
      {row !== null && (
        <div className="heat-line" style={{ transform: `translateY(${Math.round(top)}px)` }} />
      )}
      {row !== null && active && hover !== null && box && (
        <div
          className="loupe"
          style={{
            top: Math.max(0, Math.min(height - 96, top + 12)),
            ...(flip ? { right: `calc(100% - ${box.x - 8}px)` } : { left: box.x + box.width + 8 }),
          }}
        >
          <b>{view.samples[hover]?.prompt}</b>
          {view.rounds.map((round) => (
            <span key={round.round} className={round.round === column ? "now" : undefined}>
              {cellWords(view, hover, round.round)}
            </span>
          ))}
        </div>
      )}
    </div>
  );
}
