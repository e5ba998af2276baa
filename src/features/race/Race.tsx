// Does it pay? Test accuracy against cost, random order beside it, on four clocks. The dial says who is ahead on
// each, so the answer does not depend on which clock happens to be open.
import { useMemo } from "react";
import { CHANCE, strategyLabel } from "../../curriculum/registry";
import { percent, short } from "../../lib/format";
import { lab } from "../../store/lab";
import { useLab, useLabInTurn, useView } from "../../store/hooks";
import type { CostAxis, EvaluationView, RunView } from "../../log/view";
import { lines, type LineSeries } from "../../ui/charts/lines";
import { Svg } from "../../ui/charts/Svg";
import { useWidth } from "../../ui/charts/useWidth";
import type { TableData } from "../../ui/controls/DataTable";
import { Picture } from "../../ui/controls/Picture";
import { Segments } from "../../ui/controls/Segments";
import { Gloss } from "../words";
import { Apart } from "./Apart";
import { fieldOf, type Field } from "./pairs";
import { axes, axisNames, axisNotes, raceSentence, seedBand, verdict, verdictNote, wayText } from "./race";

export function raceTable(field: Field): TableData {
  const rows: (string | number)[][] = [];
  const add = (name: string, seed: number, list: readonly EvaluationView[]): void => {
    for (const e of list)
      rows.push([
        name,
        seed,
        e.round,
        e.steps,
        e.trainTokens,
        e.allTokens,
        e.seconds.toFixed(1),
        percent(e.value, 1),
        `${percent(e.interval[0])} to ${percent(e.interval[1])}`,
      ]);
  };
  for (const pair of field.pairs) {
    add(strategyLabel(field.own), pair.seed, pair.own);
    add(strategyLabel(field.other), pair.seed, pair.other);
  }
  return {
    columns: [
      "Order",
      "#Seed",
      "#Round",
      "#Steps",
      "#Training tokens",
      "#All tokens",
      "#Seconds",
      "#Right",
      "95 %",
    ],
    rows,
  };
}

const xy = (list: readonly EvaluationView[], axis: CostAxis) => list.map((e) => [e[axis], e.value] as const);

export function raceSeries(field: Field, axis: CostAxis): LineSeries[] {
  const [first] = field.pairs;
  const series: LineSeries[] = [];
  const step = first.own.at(-1)?.step ?? 0;
  const side = (
    id: string,
    color: string,
    main: readonly EvaluationView[],
    runs: EvaluationView[][],
  ): void => {
    if (main.length === 0) return;
    const seeds = runs.length > 1 ? seedBand(runs, axis) : [];
    if (seeds.length > 1)
      series.push({
        id: `${id}-seeds`,
        name: `${id}, seeds`,
        color,
        points: seeds.map((s) => [s.x, s.mean]),
        band: seeds.map((s) => [s.low, s.high]),
        faint: true,
        dashed: true,
      });
    const reached = main.filter((e) => e.step <= step);
    series.push({
      id,
      name: strategyLabel(id),
      color,
      points: xy(reached, axis),
      ...(seeds.length > 1 ? {} : { band: reached.map((e) => e.interval) }),
      dots: true,
    });
    if (main.length > reached.length && seeds.length < 2)
      series.push({
        id: `${id}-rest`,
        name: `${id}, later`,
        color,
        points: xy(main.slice(Math.max(0, reached.length - 1)), axis),
        faint: true,
      });
  };
  const whole = (runs: Field["ownRuns"]) => runs.map((run) => run.evaluations);
  side(
    field.other,
    "var(--random)",
    first.other,
    first.other.length ? [[...first.other], ...whole(field.otherRuns)] : [],
  );
  // The seeds of the order on the page are only known up to the round that it has reached itself.
  const upTo = whole(field.ownRuns).map((list) => list.filter((e) => e.step <= step));
  side(field.own, "var(--pick)", first.own, [[...first.own], ...upTo]);
  return series;
}

/** Seconds of two machines, or of two browsers, are two clocks. */
const otherDevice = (a: RunView, b: RunView): boolean =>
  (["browser", "adapter"] as const).some((key) => a.environment[key] !== b.environment[key]);

export function Race() {
  const player = useLab((state) => state.player);
  const besidePlayer = useLabInTurn((state) => state.beside);
  const besideEntry = useLab((state) => state.besideEntry);
  const seeds = useLabInTurn((state) => state.seeds);
  const axis = useLab((state) => state.axis);
  const view = useView(player, "evaluations", "run");
  const beside = useView(besidePlayer, "evaluations", "run");
  const [room, width] = useWidth<HTMLDivElement>(460);
  const field = fieldOf(view, besideEntry?.strategy ?? null, besidePlayer ? beside : null, seeds);
  const ownName = strategyLabel(field.own);
  const otherName = strategyLabel(field.other);
  const sentence = raceSentence(field.pairs, ownName, otherName, axis);
  const way = wayText(field.pairs, axis, ownName, otherName);
  const news = `${view.version.evaluations} ${beside.version.evaluations} ${seeds.length}`;
  const figure = useMemo(() => {
    const series = raceSeries(field, axis);
    const ends = series.flatMap((s) => s.points.map(([x]) => x));
    const last = Math.max(...ends, player?.outline.spent[axis] ?? 0, 1);
    return lines({
      width,
      height: width < 420 ? 240 : 270,
      series,
      xDomain: [0, last * 1.03],
      yDomain: [0, 1],
      yTicks: [0, 0.25, 0.5, 0.75, 1],
      formatY: (value) => percent(value),
      formatX: (value) => (axis === "seconds" ? `${short(value)} s` : short(value)),
    });
    // `field` is rebuilt from the same records; `news` says when they changed.
  }, [width, axis, news, view, beside]);
  const many = field.pairs.length > 1;
  return (
    <Picture
      id="pays"
      question="Does it pay?"
      sentence={sentence}
      table={() => raceTable(field)}
      figure={() => figure}
      legend={
        <>
          <span>
            <i className="k-line k-pick" />
            {ownName || "this run"}
          </span>
          {field.other !== "" && (
            <span>
              <i className="k-line k-random" />
              <Gloss word={CHANCE}>{otherName}</Gloss>
              {besideEntry && player?.kind !== "recorded" ? ", recorded" : ""}
            </span>
          )}
          <span>
            <Gloss word="band">band</Gloss>:{" "}
            {many
              ? `lowest to highest of ${field.pairs.length} seeds, dashed their mean`
              : "95 % interval of one run, from its test questions"}
          </span>
        </>
      }
    >
      <Apart />
      <Segments
        legend="Cost counted in"
        value={axis}
        onChange={(value) => lab.setState({ axis: value })}
        options={axes.map((value) => {
          const found = view.step > 0 ? verdict(value, field.pairs) : null;
          const note = found === null ? undefined : verdictNote(found, ownName, otherName);
          return {
            value,
            label: axisNames[value],
            note,
            tone: found?.leader === "own" ? "pick" : undefined,
          };
        })}
      />
      <div ref={room} className="figure-room">
        <Svg figure={figure} name={`Test accuracy by ${axisNames[axis]}. ${sentence}`} />
      </div>
      <p className="aside">
        {axisNotes[view.groups.length > 0 ? "reward" : "supervised"][axis]}
        {axis === "seconds" && besidePlayer && otherDevice(view, beside)
          ? ". The two were not run on the same device or browser: their seconds do not compare."
          : ""}
      </p>
      {way !== "" && <p className="aside">{way}</p>}
    </Picture>
  );
}
