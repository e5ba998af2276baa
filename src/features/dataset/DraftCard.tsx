// A file that is being made ready: how it is read, what was found, its rows, its parts, and the button that keeps it.
import { useState } from "react";
import { NO_FILTER, type Filter } from "../../data/draft/list";
import { bytes, plural } from "../../lib/format";
import type { ShownRow } from "../../store/dataWorker";
import { Segments } from "../../ui/controls/Segments";
import { Fault, type Advice } from "../../ui/controls/Fault";
import { Browser } from "./Browser";
import { Columns } from "./Columns";
import { EditRow } from "./EditRow";
import { Findings } from "./Findings";
import { Split } from "./Split";
import type { DraftState } from "./useDraft";

export function DraftCard(props: {
  draft: DraftState;
  /** What its error advises beside what this card offers. */
  advice: readonly Advice[];
  onFilter: (filter: Filter) => void;
  onKeep: () => void;
}) {
  const { draft, onFilter, onKeep } = props;
  const { busy, change, fault } = draft;
  const [editing, setEditing] = useState<number | null>(null);
  const view = draft.view!;
  const choose = (choices: Partial<typeof view.choices>): void => change("draft.choose", { choices });
  const { setting } = fault?.facts ?? {};
  const advice: Advice[] = [
    ...props.advice,
    ...(setting === "data.unusable" && view.choices.unusable === "refuse"
      ? [
          { label: "Leave out such rows", act: () => choose({ unusable: "leave out" }) },
          { label: "Show them", act: () => onFilter({ ...NO_FILTER, kind: "unusable" }) },
        ]
      : []),
    ...(view.layout === "columns" && (setting === "data.unusable" || setting === "data.fields")
      ? [{ label: "Choose another column", act: () => document.getElementById("question-column")?.focus() }]
      : []),
  ];
  const acts = (row: ShownRow) =>
    row.kinds.includes("dropped") ? (
      <p className="aside">It was taken out by hand.</p>
    ) : editing === row.index ? (
      <EditRow
        index={row.index}
        place={row.place}
        busy={busy}
        onChange={(texts) => {
          setEditing(null);
          change("draft.change", { index: row.index, texts });
        }}
        onCancel={() => setEditing(null)}
      />
    ) : (
      <div className="acts">
        <button
          type="button"
          className="button small"
          aria-label={`Change ${row.place}`}
          onClick={() => setEditing(row.index)}
        >
          Change
        </button>
        <button
          type="button"
          className="button small"
          disabled={busy}
          aria-label={`Take out ${row.place}`}
          onClick={() => change("draft.drop", { rows: [row.index] })}
        >
          Take out
        </button>
      </div>
    );
  return (
    <section className="preview" aria-label="Preview">
      <header className="acts">
        <h3>{view.name}</h3>
        <span className="aside">
          {plural(view.rows, "row")}, {bytes(view.bytes)}
        </span>
        <button type="button" className="button small" onClick={draft.close}>
          Put away
        </button>
      </header>
      <Fault fault={fault} advice={advice} />
      <Columns
        view={view}
        remembered={draft.remembered}
        busy={busy}
        onChoose={(fields) => choose({ fields })}
      />
      {(view.hasTurns || view.choices.turns === "each") && (
        <div className="setting">
          <span>Trained turns</span>
          <Segments
            legend="Trained turns"
            value={view.choices.turns}
            options={[
              { value: "last", label: "the last answer" },
              { value: "each", label: "each answer, after what came before it" },
            ]}
            onChange={(turns) => choose({ turns })}
          />
        </div>
      )}
      <Findings
        view={view}
        busy={busy}
        onShow={(kind) => onFilter({ ...NO_FILTER, kind })}
        onDrop={(kind) => change("draft.drop", { rows: { kind } })}
        onChoose={choose}
        onMeasure={draft.measure}
      />
      <Browser
        view={view}
        onFilter={onFilter}
        acts={acts}
        actsOnFound={
          <button
            type="button"
            className="button small"
            disabled={busy}
            onClick={() => change("draft.drop", { rows: "found" })}
          >
            Take out these {plural(view.matched, "row")}
          </button>
        }
      />
      {view.undoable !== "" && (
        <div className="undo" role="status">
          {view.undoable}{" "}
          <button
            type="button"
            className="button small"
            disabled={busy}
            onClick={() => change("draft.undo", null)}
          >
            Undo
          </button>
        </div>
      )}
      <Split
        view={view}
        onSplit={(split) => change("draft.choose", { split })}
        onFile={(file) => change("draft.test", { file, name: file.name })}
        onRemoveFile={(name) => change("draft.untest", { name })}
      />
      <button type="button" className="button main" disabled={busy} onClick={onKeep}>
        Save and use
      </button>
    </section>
  );
}
