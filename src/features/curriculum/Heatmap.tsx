// What did it study, and when? Samples × rounds on a canvas: a row is a sample, a column a round, the colour how
// unsure the model was, the warm rail what was picked, the grey one what random order picked.
import { useLayoutEffect, useMemo, useRef } from "react";
import { plural } from "../../lib/format";
import { lab, type Sort } from "../../store/lab";
import { useLab, useShownRound, useView } from "../../store/hooks";
import { rowOrder, rowsOf } from "../../store/order";
import { columnBoxes, raster, rowsAt } from "../../ui/charts/raster";
import { useWidth } from "../../ui/charts/useWidth";
import { Menu } from "../../ui/controls/Menu";
import { Picture } from "../../ui/controls/Picture";
import { Gloss } from "../words";
import { HeatCursor } from "./HeatCursor";
import { useInks } from "./inks";
import { columnsOf, matrixFigure, matrixTable } from "./matrix";
import { highest, place } from "./nats";
import { studySentence } from "./sentences";

const HEIGHT = 430;
const GAP = 10;
const RAIL = 9;
const BESIDE = 6;

const sortNames: Record<Sort, string> = {
  "first-pick": "sorted by first pick",
  difficulty: "sorted by difficulty",
  order: "in dataset order",
};

export function Heatmap() {
  const player = useLab((state) => state.player);
  const besidePlayer = useLab((state) => state.beside);
  const sort = useLab((state) => state.sort);
  const view = useView(player, "pool", "scores", "picks", "run");
  const beside = useView(besidePlayer, "picks", "run");
  const shown = useShownRound(view);
  const inks = useInks();
  const [room, width] = useWidth<HTMLDivElement>(720);
  const canvas = useRef<HTMLCanvasElement>(null);

  const news = `${view.version.pool} ${view.version.scores} ${view.version.picks}`;
  const order = useMemo(() => rowOrder(view, sort), [view, sort, news]);
  const rows = useMemo(() => rowsOf(order), [order]);
  const columns = columnsOf(view, besidePlayer ? beside : null);
  const high = highest(player?.outline.scoreMax ?? 0);
  const height = width < 420 ? 320 : HEIGHT;
  const gap = width < 420 ? 6 : GAP;
  const boxes = columnBoxes(width, columns.length, gap, RAIL, BESIDE);

  useLayoutEffect(() => {
    const element = canvas.current;
    const context = element?.getContext("2d");
    if (!element || !context || width === 0) return;
    const ratio = Math.min(2, window.devicePixelRatio || 1);
    const [w, h] = [Math.round(width * ratio), Math.round(height * ratio)];
    if (element.width !== w || element.height !== h) [element.width, element.height] = [w, h];
    const pixels = raster({
      width: w,
      height: h,
      columns,
      order,
      place: (score) => place(score, high),
      ramp: inks.ramp,
      pick: inks.pick,
      besideColor: inks.random,
      line: inks.line,
      gap: gap * ratio,
      rail: RAIL * ratio,
      besideRail: BESIDE * ratio,
    });
    context.putImageData(new ImageData(pixels, w, h), 0, 0);
  }, [width, height, gap, order, news, inks, high, columns.length, besidePlayer, beside.version.picks]);

  const sentence = studySentence(view, shown);
  const perLine = rowsAt(0, height, Math.max(1, order.length))[1];
  const scores = view.rounds.some((round) => round.scores);
  const hasDifficulty = view.samples.some((sample) => sample.difficulty !== undefined);
  const sorts: Sort[] = hasDifficulty ? ["first-pick", "difficulty", "order"] : ["first-pick", "order"];
  return (
    <Picture
      id="study"
      question="What did it study, and when?"
      sentence={sentence}
      className="study"
      tools={
        <Menu
          label={`${sortNames[sort]} ▾`}
          name={`Order of the rows: ${sortNames[sort]}`}
          items={sorts.map((value) => ({
            label: sortNames[value],
            chosen: value === sort,
            act: () => lab.setState({ sort: value }),
          }))}
        />
      }
      table={() => matrixTable(view, order)}
      figure={() => matrixFigure(columns, order, high)}
      legend={
        <>
          {scores && (
            <span>
              <i className="k-ramp" />
              <Gloss word="entropy">entropy</Gloss>, to {high}{" "}
              {high === 1 ? "nat" : (view.rounds[0]?.unit ?? "nats")}, each shade a multiple
            </span>
          )}
          <span>
            <i className="k-pick k-thin" />
            picked
          </span>
          {besidePlayer && (
            <span>
              <i className="k-random k-thin" />
              picked by <Gloss word="random">random order</Gloss>
            </span>
          )}
          {perLine > 1 && <span>one line is {plural(perLine, "question")}, averaged</span>}
        </>
      }
    >
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
              onClick={() => lab.setState({ round: c + 1 })}
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
    </Picture>
  );
}
