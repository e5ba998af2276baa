// A link can name a dataset of the user's own, but does not contain it. Where this browser has no such dataset, or one
// of the same name with other rows, this message says what to import.
import { useEffect, useState } from "react";
import { plural } from "../../lib/format";
import { useLab } from "../../store/hooks";
import { storedRowCount } from "../../store/storedData";
import { ownDataset, showPanel } from "../../store/lab";

export function missingDatasetSentence(id: string, rows: number | null, kept: number | null): string {
  const made = `This link was made with the dataset ${id}${rows === null ? "" : `, ${plural(rows, "question")}`}`;
  if (kept === null)
    return `${made}, which is not in this browser. Import its file under “My questions”, under the same name.`;
  return rows === null || rows === kept
    ? ""
    : `${made}. The one of that name in this browser has ${plural(kept, "question")}, so it is a different one, and a run on it does not repeat the linked run.`;
}

export function MissingDataset() {
  const id = useLab((state) => ownDataset(state.changes));
  const rows = useLab((state) => (id === null ? null : (state.datasetRows[id] ?? null)));
  const panel = useLab((state) => state.panel);
  const [said, setSaid] = useState({ id: "", words: "" });
  useEffect(() => {
    if (id === null || panel !== null) return;
    let here = true;
    storedRowCount(id).then(
      (kept) => here && setSaid({ id, words: missingDatasetSentence(id, rows, kept) }),
      () => undefined,
    );
    return () => {
      here = false;
    };
    // Checked again after a panel was closed, because the dataset may have been imported or deleted there.
  }, [id, rows, panel]);
  if (id === null || said.id !== id || said.words === "") return null;
  return (
    <section className="message calm" aria-label="Questions of this link">
      <p>{said.words}</p>
      <div className="acts">
        <button type="button" className="button small" onClick={() => showPanel("data")}>
          Open My questions
        </button>
      </div>
    </section>
  );
}
