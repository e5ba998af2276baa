// The interactive form of the picture "What did it study, and when?": a canvas painted a column at a time, with
// pointer and keyboard control, and a menu that sorts its rows.
import { useEffect, useMemo, useRef, useState } from "react";
import { rowOrder, rowsOf, type Sort } from "../../../log/order";
import type { RunView } from "../../../log/view";
import type { Frame } from "../../../pictures/picture";
import { columnsOf } from "../../../pictures/pool/matrix";
import { highest, place } from "../../../pictures/pool/nats";
import { studySentence } from "../../../pictures/pool/sentences";
import { showRound, sortBy } from "../../../store/lab";
import { TaskQueue } from "../../../store/taskQueue";
import { columnBoxes, rasterColumn } from "../../../ui/charts/raster";
import { useWidth } from "../../../ui/charts/useWidth";
import { Menu } from "../../../ui/controls/Menu";
import type { Parts } from "../../pictures/parts";
import { HeatCursor } from "../HeatCursor";
import { themeColours, useTheme } from "../themeColours";

const HEIGHT = 430;
const GAP = 10;
const RAIL = 9;
const BASELINE = 6;

const sortNames: Record<Sort, string> = {
  "first-pick": "sorted by first pick",
  difficulty: "sorted by difficulty",
  order: "in dataset order",
};

const none: Uint32Array = new Uint32Array(0);

/**
 * Row → sample, sorted in a browser task of its own. Until that has run, the previous order, or none if the pool changed.
 */
function useOrder(view: RunView, sort: Sort, news: string): Uint32Array {
  const [order, setOrder] = useState(none);
  useEffect(() => {
    const queue = new TaskQueue();
    queue.run([() => setOrder(rowOrder(view, sort))]);
    return () => queue.drop();
  }, [view, sort, news]);
  return order.length === view.samples.length ? order : none;
}

function Order({ frame: { run, sort } }: { frame: Frame }) {
  const hasDifficulty = run.samples.some((sample) => sample.difficulty !== undefined);
  const sorts: Sort[] = hasDifficulty ? ["first-pick", "difficulty", "order"] : ["first-pick", "order"];
  return (
    <Menu
      label={`${sortNames[sort]} ▾`}
      name={`Order of the rows: ${sortNames[sort]}`}
      items={sorts.map((value) => ({
        label: sortNames[value],
        chosen: value === sort,
        act: () => sortBy(value),
      }))}
    />
  );
}

function Figure({ frame }: { frame: Frame }) {
  const { run: view, baseline, sort, round: shown } = frame;
  const theme = useTheme();
  const [room, width] = useWidth<HTMLDivElement>(720);
  const canvas = useRef<HTMLCanvasElement>(null);
  const grid = useRef("");

  const news = `${view.version.pool} ${view.version.scores} ${view.version.picks}`;
  const order = useOrder(view, sort, news);
  const rows = useMemo(() => rowsOf(order), [order]);
  const columns = columnsOf(view, baseline);
  const high = highest(frame.whole.scoreMax);
  const height = width < 420 ? 320 : HEIGHT;
  const gap = width < 420 ? 6 : GAP;
  const boxes = columnBoxes(width, columns.length, gap, RAIL, BASELINE);

  // Each column is painted in a browser task of its own over the old picture; a column that has not changed looks the same.
  useEffect(() => {
    const element = canvas.current;
    const context = element?.getContext("2d");
    if (!element || !context || width === 0) return;
    const ratio = Math.min(2, window.devicePixelRatio || 1);
    const [w, h] = [Math.round(width * ratio), Math.round(height * ratio)];
    // Setting the size also clears the canvas, so nothing of the old columns is left between the new ones.
    const next = `${w} ${h} ${columns.length} ${gap}`;
    if (grid.current !== next) [element.width, element.height] = [w, h];
    grid.current = next;
    const [rail, baselineRail] = [RAIL * ratio, BASELINE * ratio];
    const queue = new TaskQueue();
    queue.run(
      columnBoxes(w, columns.length, gap * ratio, rail, baselineRail).map((box, c) => () => {
        const { ramp, pick, random, line } = themeColours();
        const pixels = rasterColumn({
          box,
          height: h,
          column: columns[c],
          order,
          place: (score) => place(score, high),
          ramp,
          pick,
          baselineColor: random,
          line,
          rail,
          baselineRail,
        });
        context.putImageData(new ImageData(pixels, box.width, h), box.x, 0);
      }),
    );
    return () => queue.drop();
  }, [width, height, gap, order, news, theme, high, columns.length, baseline, baseline?.version.picks]);

  const sentence = studySentence(view, shown);
  return (
    <div className="heat" ref={room}>
      <div className="heat-heads">
        {boxes.map((box, c) => (
          <button
            key={c}
            type="button"
            className="link"
            style={{ left: box.x, width: box.width }}
            aria-pressed={c + 1 === shown}
            disabled={!columns[c].scores && !columns[c].picked}
            onClick={() => showRound(c + 1)}
          >
            {width < 420 ? c + 1 : `round ${c + 1}`}
            {!columns[c].scores && !columns[c].picked && width > 640 ? " · to come" : ""}
          </button>
        ))}
      </div>
      <div className="heat-plot" style={{ height }}>
        {boxes.map(
          (box, c) =>
            !columns[c].scores &&
            !columns[c].picked && (
              <div key={c} className="heat-empty" style={{ left: box.x, width: box.width, height }} />
            ),
        )}
        <canvas ref={canvas} style={{ width, height }} aria-hidden="true" />
        <HeatCursor view={view} order={order} rows={rows} boxes={boxes} height={height} name={sentence} />
      </div>
    </div>
  );
}

export const parts: Parts = { className: "study", Tools: Order, Figure };
