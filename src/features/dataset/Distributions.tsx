// Small pictures of the rows: how long questions and answers are, and which answers come most often; once they are counted, how
// many tokens the samples have. A press on a bar
// shows its rows alone; a second press shows all again.
import { useRef, useState, type KeyboardEvent } from "react";
import type { Filter } from "../../data/draft/list";
import { plural } from "../../lib/format";
import type { ListView } from "../../store/dataWorker";
import { Svg } from "../../ui/charts/Svg";
import { useWidth } from "../../ui/charts/useWidth";
import type { Figure } from "../../ui/charts/scene";
import { Picture } from "../../ui/controls/Picture";
import type { TableData } from "../../ui/controls/DataTable";
import {
  answerFigure,
  answerSentence,
  answerTable,
  lengthFigure,
  lengthName,
  lengthSentence,
  lengthTable,
} from "./bars";

export function Distributions({ view, onFilter }: { view: ListView; onFilter: (filter: Filter) => void }) {
  const { counted, filter } = view;
  const lengths = (of: "prompt" | "answer" | "tokens", noun: string, question: string, unit?: string) => (
    <BarPicture
      id={`${of}-lengths`}
      question={question}
      sentence={lengthSentence(counted[of], counted.longest[of], noun, unit)}
      figure={(width) => lengthFigure(counted[of], filter[of], width)}
      table={lengthTable(counted[of])}
      bars={counted[of].map((bin) => `${lengthName(bin, unit)}: ${plural(bin.rows, "row")}`)}
      pressed={counted[of].findIndex(({ from }) => from === filter[of]?.[0])}
      onPress={(at) => {
        const { from, to } = counted[of][at];
        onFilter({ ...filter, [of]: filter[of]?.[0] === from ? null : [from, to] });
      }}
    />
  );
  return (
    <div className="distributions">
      {lengths("prompt", "question", "How long are the questions?")}
      {lengths("answer", "answer", "How long are the answers?")}
      {counted.tokens.length > 0 &&
        lengths("tokens", "sample", "How many tokens does a sample have?", "token")}
      <BarPicture
        id="answers-often"
        question="Which answers come most often?"
        sentence={answerSentence(counted)}
        figure={(width) => answerFigure(counted, filter.text, width)}
        table={answerTable(counted)}
        bars={counted.answers.map(({ text, rows }) => `Answer ${text}: ${plural(rows, "row")}`)}
        pressed={counted.answers.findIndex(({ text }) => text === filter.text)}
        onPress={(at) => {
          const { text } = counted.answers[at];
          onFilter({ ...filter, text: filter.text === text ? null : text });
        }}
        lying
      />
    </div>
  );
}

function BarPicture(props: {
  id: string;
  question: string;
  sentence: string;
  figure: (width: number) => Figure;
  table: TableData;
  /** A name for each bar. */
  bars: readonly string[];
  /** The bar whose rows are shown; -1 = none. */
  pressed: number;
  onPress: (at: number) => void;
  /** Bars lie one under the other. */
  lying?: boolean;
}) {
  const { id, question, sentence, figure, table, bars, pressed, onPress, lying } = props;
  const [room, width] = useWidth<HTMLDivElement>();
  const drawn = figure(Math.max(120, width));
  return (
    <Picture
      id={id}
      question={question}
      sentence={sentence}
      table={() => table}
      figure={() => drawn}
      className="small"
    >
      <div ref={room} className="figure-room bars">
        <Svg figure={drawn} name={`${question} ${sentence}`} />
        <BarButtons name={question} bars={bars} pressed={pressed} onPress={onPress} lying={lying === true} />
      </div>
    </Picture>
  );
}

/** A button over each bar: one stop of the Tab key, arrow keys between them. */
function BarButtons(props: {
  name: string;
  bars: readonly string[];
  pressed: number;
  onPress: (at: number) => void;
  lying: boolean;
}) {
  const { name, bars, pressed, onPress, lying } = props;
  const [at, setAt] = useState(0);
  const root = useRef<HTMLDivElement>(null);
  const move = (event: KeyboardEvent): void => {
    const steps: Record<string, number> = { ArrowRight: 1, ArrowDown: 1, ArrowLeft: -1, ArrowUp: -1 };
    const by = steps[event.key];
    if (by === undefined) return;
    event.preventDefault();
    const next = Math.max(0, Math.min(bars.length - 1, at + by));
    setAt(next);
    root.current?.querySelectorAll("button")[next]?.focus();
  };
  const stop = Math.min(at, bars.length - 1);
  const track = `repeat(${bars.length}, 1fr)`;
  return (
    <div
      ref={root}
      role="toolbar"
      aria-label={`Show rows by bar: ${name}`}
      aria-orientation={lying ? "vertical" : "horizontal"}
      className={lying ? "bar-buttons" : "bar-buttons standing"}
      style={lying ? { gridTemplateRows: track } : { gridTemplateColumns: track }}
      onKeyDown={move}
    >
      {bars.map((bar, index) => (
        <button
          key={index}
          type="button"
          aria-label={bar}
          title={bar}
          aria-pressed={index === pressed}
          tabIndex={index === stop ? 0 : -1}
          onFocus={() => setAt(index)}
          onClick={() => onPress(index)}
        />
      ))}
    </div>
  );
}
