// The datasets of this browser: use, view, rename, duplicate, delete. What was deleted last can be restored while the panel
// is open.
import { useState } from "react";
import { bytes, plural } from "../../lib/format";
import { studyDataset, type DatasetRecord } from "../../store/storedData";

export interface StoredActs {
  view: (record: DatasetRecord) => void;
  rename: (record: DatasetRecord, name: string) => void;
  duplicate: (record: DatasetRecord) => void;
  remove: (record: DatasetRecord) => void;
}

export function StoredList({
  stored,
  busy,
  acts,
}: {
  stored: readonly DatasetRecord[];
  busy: boolean;
  acts: StoredActs;
}) {
  return (
    <>
      {stored.length > 0 && <h3>Stored in this browser</h3>}
      <ul className="runs">
        {stored.map((record) => (
          <Stored key={record.datasetId} record={record} busy={busy} acts={acts} />
        ))}
      </ul>
    </>
  );
}

function Stored({ record, busy, acts }: { record: DatasetRecord; busy: boolean; acts: StoredActs }) {
  const [renaming, setRenaming] = useState(false);
  const [testSet, setTestSet] = useState<string | undefined>(undefined);
  const { name, train, test, tests, notes } = record;
  const button = (label: string, act: () => void) => (
    <button
      type="button"
      className="button small"
      aria-label={`${label} ${name}`}
      disabled={busy}
      onClick={act}
    >
      {label}
    </button>
  );
  return (
    <li>
      <span>
        {name}
        <span className="aside">
          {" "}
          {plural(train, "question")} to study,{" "}
          {tests ? tests.map((one) => `${one.rows} in ${one.name}`).join(", ") : `${test} to test`},{" "}
          {bytes(record.bytes)}
          {notes?.map((note) => (
            <span key={note} className="found">
              {note}
            </span>
          ))}
        </span>
      </span>
      {renaming ? (
        <form
          className="acts"
          onSubmit={(event) => {
            event.preventDefault();
            const wanted = new FormData(event.currentTarget).get("name");
            setRenaming(false);
            if (typeof wanted === "string" && wanted.trim() !== "" && wanted !== name)
              acts.rename(record, wanted.trim());
          }}
        >
          <label className="setting">
            New name
            <input className="field" name="name" defaultValue={name} autoFocus />
          </label>
          <button type="submit" className="button small">
            Rename
          </button>
        </form>
      ) : (
        <span className="acts">
          {tests && tests.length > 1 && (
            <label className="setting">
              Test with
              <select
                className="field"
                value={testSet ?? tests[0].name}
                onChange={({ target }) => setTestSet(target.value)}
              >
                {tests.map((one) => (
                  <option key={one.name}>{one.name}</option>
                ))}
              </select>
            </label>
          )}
          {button("Use", () => studyDataset(record, testSet === tests?.[0].name ? undefined : testSet))}
          {button("View", () => acts.view(record))}
          {button("Rename", () => setRenaming(true))}
          {button("Duplicate", () => acts.duplicate(record))}
          {button("Delete", () => acts.remove(record))}
        </span>
      )}
    </li>
  );
}
