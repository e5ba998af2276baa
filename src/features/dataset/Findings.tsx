// What was found in the rows, a sentence each, with what can be done about it: look at them, leave them out, take them out.
import { count, plural } from "../../lib/format";
import type { DraftView } from "../../store/dataWorker";
import type { FindingKind } from "../../data/dataset/findings";

/** What the check with the model found. */
function measuredFindings({ kinds, measured }: DraftView): { kind: FindingKind; text: string }[] {
  const said: Partial<Record<FindingKind, string>> = {
    "too-long": `too long for ${measured?.model}`,
    "not-rendered": `not to be trained with ${measured?.model}: they hold what it reads as control tokens, or its template leaves something out`,
  };
  return kinds.flatMap(({ kind, rows }) => {
    const text = said[kind];
    return text ? [{ kind, text: `${plural(rows, "row")} ${rows === 1 ? "is" : "are"} ${text}.` }] : [];
  });
}

/** Kinds whose rows are still in and can be taken out in one go. */
const TAKEN: readonly FindingKind[] = ["near-duplicate", "contradiction", "too-long", "not-rendered"];

export function Findings(props: {
  view: DraftView;
  busy: boolean;
  onShow: (kind: FindingKind) => void;
  onDrop: (kind: FindingKind) => void;
  onChoose: (choices: Partial<DraftView["choices"]>) => void;
  onMeasure: () => void;
}) {
  const { view, busy, onShow, onDrop, onChoose, onMeasure } = props;
  const { choices, notes, measured, samples } = view;
  const findings = [...view.findings, ...measuredFindings(view)];
  const choice = (label: string, checked: boolean, put: (on: boolean) => Partial<DraftView["choices"]>) => (
    <label className="check">
      <input type="checkbox" checked={checked} onChange={({ target }) => onChoose(put(target.checked))} />{" "}
      {label}
    </label>
  );
  return (
    <section className="findings" aria-label="What was found">
      <h3>What was found</h3>
      {notes.map((note) => (
        <p key={note} className="aside">
          {note}
        </p>
      ))}
      <p className="acts" role="status">
        {measured === null || measured.samples < samples ? (
          <button type="button" className="button small" disabled={busy} onClick={onMeasure}>
            Check every row with the model
          </button>
        ) : (
          <span className="aside">Every row was checked with the tokenizer of {measured.model}.</span>
        )}
        {measured !== null && measured.samples < samples && (
          <span className="aside">
            {count(measured.samples)} of {plural(samples, "row")} checked
          </span>
        )}
      </p>
      {findings.length === 0 && <p>Every row can be used, and none repeats or contradicts another.</p>}
      <ul>
        {findings.map(({ kind, text }) => (
          <li key={kind}>
            <span>{text}</span>
            <span className="acts">
              <button
                type="button"
                className="button small"
                aria-label={`Show: ${text}`}
                onClick={() => onShow(kind)}
              >
                Show
              </button>
              {TAKEN.includes(kind) && (
                <button
                  type="button"
                  className="button small"
                  disabled={busy}
                  aria-label={`Take out: ${text}`}
                  onClick={() => onDrop(kind)}
                >
                  Take out
                </button>
              )}
            </span>
          </li>
        ))}
      </ul>
      {choice("Leave out rows that cannot be used", choices.unusable === "leave out", (on) => ({
        unusable: on ? "leave out" : "refuse",
      }))}
      {choice("Leave out rows that repeat an earlier one", choices.duplicates === "leave out", (on) => ({
        duplicates: on ? "leave out" : "keep",
      }))}
    </section>
  );
}
