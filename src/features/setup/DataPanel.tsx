// The panel for a dataset of the user's own: choose a file, see its first rows, say which columns hold question and
// answer, store it in this browser. A file that cannot be used is refused with the number of the line at fault.
import { useEffect, useState, type DragEvent } from "react";
import {
  formatEndings,
  formatNames,
  previewDataset,
  type DatasetOptions,
  type DatasetPreview,
  type FieldMap,
} from "../../data/dataset";
import { blobSource } from "../../data/files";
import { bytes, plural } from "../../lib/format";
import {
  removeDataset,
  storeDataset,
  storedDatasets,
  nameTaken,
  studyDataset,
  type DatasetRecord,
  type NameTaken,
} from "../../store/storedData";
import { Fault, useGuarded } from "../../ui/controls/Fault";
import { Sheet } from "../../ui/controls/Sheet";
import { SameName } from "./SameName";

interface Preview extends DatasetPreview {
  file: File;
  fields: FieldMap;
  /** Rows that a person wants left out. */
  leaveOut: { unusable: boolean; duplicates: boolean };
}

/** What the preview says, as the import takes it: columns count only where no layout of rows is known. */
const importOptions = ({ layout, fields, leaveOut }: Preview): DatasetOptions => ({
  ...(layout === null ? { fields } : {}),
  unusable: leaveOut.unusable ? "leave out" : "refuse",
  duplicates: leaveOut.duplicates ? "leave out" : "keep",
});

export function DataPanel({ onClose }: { onClose: () => void }) {
  const [stored, setStored] = useState<DatasetRecord[]>([]);
  const [preview, setPreview] = useState<Preview | null>(null);
  const [taken, setTaken] = useState<NameTaken | null>(null);
  const { fault, busy, guarded } = useGuarded();
  const refresh = async (): Promise<void> => setStored(await storedDatasets());
  useEffect(() => guarded(refresh), []);

  const open = (file: File | undefined): void => {
    if (!file) return;
    guarded(async () => {
      const shown = await previewDataset(blobSource(file));
      const [prompt = "", answer = ""] = shown.columns;
      const choices = { unusable: false, duplicates: false };
      setPreview({ ...shown, file, fields: shown.fields ?? { prompt, answer }, leaveOut: choices });
      if (shown.refusal) throw shown.refusal;
    });
  };
  const store = async (shown: Preview, datasetId: string): Promise<void> => {
    const record = await storeDataset(shown.file, importOptions(shown), datasetId);
    setPreview(null);
    await refresh();
    studyDataset(record);
  };
  /** Asks first if the name is taken, because stored runs depend on their dataset. */
  const keep = (shown: Preview): void =>
    guarded(async () => {
      const found = await nameTaken(shown.file.name);
      if (found) setTaken(found);
      else await store(shown, shown.file.name);
    });
  const keepAs = (datasetId: string): void => {
    setTaken(null);
    if (preview) guarded(() => store(preview, datasetId));
  };
  const remove = (datasetId: string): void => guarded(() => removeDataset(datasetId).then(refresh));
  const drop = (event: DragEvent): void => {
    event.preventDefault();
    open(event.dataTransfer.files[0]);
  };
  return (
    <Sheet title="My questions" place="panel" onClose={onClose}>
      <label className="drop" onDragOver={(event) => event.preventDefault()} onDrop={drop}>
        <b>Drop a {formatNames()} file here, or choose one</b>
        <span className="aside">
          One question a row: a prompt and an answer. It stays in this browser; nothing is uploaded.
        </span>
        <input
          type="file"
          accept={formatEndings()}
          disabled={busy}
          onChange={(event) => open(event.target.files?.[0])}
        />
      </label>
      <Fault fault={fault} />
      {preview && (
        <PreviewCard preview={preview} busy={busy} onChange={setPreview} onKeep={() => keep(preview)} />
      )}
      {stored.length > 0 && <h3>Stored in this browser</h3>}
      <ul className="runs">
        {stored.map((record) => (
          <li key={record.datasetId}>
            <span>
              {record.name}
              <span className="aside">
                {" "}
                {plural(record.train, "question")} to study, {record.test} to test, {bytes(record.bytes)}
                {record.notes?.map((note) => (
                  <span key={note} className="found">
                    {note}
                  </span>
                ))}
              </span>
            </span>
            <span className="acts">
              <button type="button" className="button small" onClick={() => studyDataset(record)}>
                Use
              </button>
              <button type="button" className="button small" onClick={() => remove(record.datasetId)}>
                Delete
              </button>
            </span>
          </li>
        ))}
      </ul>
      {taken && (
        <SameName
          taken={taken}
          onReplace={() => keepAs(taken.record.datasetId)}
          onBoth={() => keepAs(taken.free)}
          onCancel={() => setTaken(null)}
        />
      )}
    </Sheet>
  );
}

function PreviewCard(props: {
  preview: Preview;
  busy: boolean;
  onChange: (preview: Preview) => void;
  onKeep: () => void;
}) {
  const { preview, busy, onChange, onKeep } = props;
  const pick = (role: "prompt" | "answer", name: string) => (
    <label className="setting">
      {name}
      <select
        className="field"
        value={preview.fields[role]}
        onChange={(event) =>
          onChange({ ...preview, fields: { ...preview.fields, [role]: event.target.value } })
        }
      >
        {preview.columns.map((column) => (
          <option key={column}>{column}</option>
        ))}
      </select>
    </label>
  );
  const cell = (value: unknown): string => {
    const text = typeof value === "string" ? value : JSON.stringify(value ?? "");
    return text.length > 120 ? `${text.slice(0, 117)}…` : text;
  };
  const pairs =
    preview.layout === null
      ? preview.rows.map(({ values }) => [
          cell(values[preview.fields.prompt]),
          cell(values[preview.fields.answer]),
        ])
      : preview.samples.map(({ prompt, answer }) => [cell(prompt), cell(answer)]);
  const choice = (name: keyof Preview["leaveOut"], label: string) => (
    <label className="check">
      <input
        type="checkbox"
        checked={preview.leaveOut[name]}
        onChange={(event) =>
          onChange({ ...preview, leaveOut: { ...preview.leaveOut, [name]: event.target.checked } })
        }
      />{" "}
      {label}
    </label>
  );
  return (
    <section className="preview" aria-label="Preview">
      <h3>{preview.file.name}</h3>
      {preview.layout === null ? (
        <div className="two">
          {pick("prompt", "The question is in")}
          {pick("answer", "The answer is in")}
        </div>
      ) : (
        <p>Read as {preview.layout}.</p>
      )}
      <div className="table-scroll" tabIndex={0} role="region" aria-label="First rows">
        <table>
          <thead>
            <tr>
              <th scope="col">Question</th>
              <th scope="col">Answer</th>
            </tr>
          </thead>
          <tbody>
            {pairs.slice(0, 8).map(([question, answer], index) => (
              <tr key={index}>
                <td>{question}</td>
                <td>{answer}</td>
              </tr>
            ))}
          </tbody>
        </table>
      </div>
      {preview.notes.map((note) => (
        <p key={note} className="aside">
          {note}
        </p>
      ))}
      {choice("unusable", "Leave out rows that cannot be used")}
      {choice("duplicates", "Leave out rows that repeat an earlier one")}
      <button type="button" className="button main" disabled={busy} onClick={onKeep}>
        {busy ? "Reading every row…" : "Save and use"}
      </button>
      <p className="aside">
        {preview.rows.length === 1
          ? "A file of one row leaves none to hold out: the test will ask the same question that is studied."
          : "One row in ten, at least one, is held out for testing; which ones is drawn with seed 1."}
      </p>
    </section>
  );
}
