// The frame shared by all pictures: a question as heading, one sentence computed from the data (also the accessible
// name), the figure, its key, and two buttons: table and save.
import { useId, useState, type ReactNode } from "react";
import { DataTable, toCsv, type TableData } from "./DataTable";
import { Menu, type MenuItem } from "./Menu";
import { propertyValue, saveFile } from "./save";
import { toSvg, type Figure } from "../charts/scene";

export interface PictureProps {
  /** Also the id of the section and the stem of saved files. */
  id: string;
  question: string;
  sentence: string;
  tools?: ReactNode;
  legend?: ReactNode;
  table?: () => TableData;
  figure?: () => Figure;
  className?: string;
  children: ReactNode;
}

export function Picture(props: PictureProps) {
  const { id, question, sentence, table, figure } = props;
  const [asTable, setAsTable] = useState(false);
  const heading = useId();
  const saves: MenuItem[] = [];
  if (figure)
    saves.push({
      label: "Picture, SVG",
      act: () =>
        saveFile(`${id}.svg`, [toSvg(figure(), `${question} ${sentence}`, propertyValue)], "image/svg+xml"),
    });
  if (table)
    saves.push({ label: "Numbers, CSV", act: () => saveFile(`${id}.csv`, [toCsv(table())], "text/csv") });
  return (
    <section id={id} className={`picture ${props.className ?? ""}`} aria-labelledby={heading}>
      <header>
        <h2 id={heading}>{question}</h2>
        <span className="tools">
          {props.tools}
          {table && (
            <button
              type="button"
              className="link"
              aria-pressed={asTable}
              aria-label={`See as table: ${question}`}
              onClick={() => setAsTable(!asTable)}
            >
              table
            </button>
          )}
          {saves.length > 0 && <Menu label="save" name={`Save: ${question}`} items={saves} />}
        </span>
      </header>
      <p className="sentence">{sentence}</p>
      <div className="body">
        {asTable && table ? <DataTable data={table()} name={question} /> : props.children}
      </div>
      {!asTable && props.legend && <div className="key">{props.legend}</div>}
    </section>
  );
}
