// A dataset of the hub by its id: looked up at a commit, then the first rows of one of its splits are fetched and opened as a
// file would be. Nothing is fetched before the button is pressed.
import { useState } from "react";
import { hubDatasetName, type HubDataset } from "../../data/library/hubDatasetName";
import { LabError } from "../../lib/errors";
import { bytes as bytesText, count } from "../../lib/format";
import { askData } from "../../store/dataWorker";

/** Rows that are fetched where nobody says otherwise. */
const ROWS = 1000;
/** Rows that a tab can hold. */
const MOST_ROWS = 200_000;

export function FromHub({
  busy,
  guarded,
  onFile,
}: {
  busy: boolean;
  guarded: (work: () => Promise<void>) => void;
  onFile: (file: Blob, name: string) => void;
}) {
  const [open, setOpen] = useState(false);
  const [text, setText] = useState("");
  const [revision, setRevision] = useState("main");
  const [found, setFound] = useState<HubDataset | null>(null);
  const [chosen, setChosen] = useState(0);
  const [rows, setRows] = useState(ROWS);
  if (!open)
    return (
      <button type="button" className="button small paste" onClick={() => setOpen(true)}>
        Take a dataset from the hub
      </button>
    );
  const look = (): void =>
    guarded(async () => {
      setFound(null);
      const name = hubDatasetName(text);
      if (name === null)
        throw new LabError(
          "data",
          `“${text.trim()}” is no id of a dataset.`,
          "Give it as OWNER/NAME, or paste the address of its page.",
        );
      const next = await askData("hub.look", { name, revision: revision.trim() || "main" });
      setChosen(
        Math.max(
          0,
          next.parts.findIndex(({ split }) => split.startsWith("train")),
        ),
      );
      setFound(next);
    });
  const read = (): void =>
    guarded(async () => {
      const { file, name } = await askData("hub.read", {
        dataset: { name: found!.name, revision: found!.revision },
        part: found!.parts[chosen],
        rows,
      });
      setOpen(false);
      onFile(file, name);
    });
  return (
    <form
      className="edit-row"
      aria-label="A dataset of the hub"
      onSubmit={(event) => {
        event.preventDefault();
        if (found) read();
        else look();
      }}
    >
      <label className="setting">
        Dataset on the hub: OWNER/NAME, or the address of its page
        <input
          className="field mono"
          value={text}
          autoFocus
          onChange={({ target }) => (setText(target.value), setFound(null))}
        />
      </label>
      <label className="setting">
        Branch, tag or commit
        <input
          className="field mono"
          value={revision}
          onChange={({ target }) => (setRevision(target.value), setFound(null))}
        />
      </label>
      {found && (
        <>
          <p className="aside" role="status">
            {found.name} at commit {found.revision.slice(0, 7)}
            {found.asked.startsWith("refs/convert") ? ", as the hub converted it" : ""}. The commit becomes
            part of the dataset’s name.
          </p>
          <label className="setting">
            Subset and split
            <select
              className="field"
              value={chosen}
              onChange={({ target }) => setChosen(Number(target.value))}
            >
              {found.parts.map(({ subset, split, files }, index) => (
                <option key={`${subset}/${split}`} value={index}>
                  {subset} · {split} ({bytesText(files.reduce((sum, { bytes }) => sum + bytes, 0))})
                </option>
              ))}
            </select>
          </label>
          <label className="setting">
            First rows
            <input
              className="field"
              type="number"
              min={1}
              max={MOST_ROWS}
              value={rows}
              onChange={({ target }) => setRows(Math.min(MOST_ROWS, Math.max(1, Number(target.value) || 1)))}
            />
          </label>
        </>
      )}
      <div className="acts">
        <button type="submit" className="button small" disabled={busy || text.trim() === ""}>
          {found ? `Fetch the first ${count(rows)} rows` : "Look it up"}
        </button>
        <button type="button" className="button small" onClick={() => setOpen(false)}>
          Cancel
        </button>
      </div>
    </form>
  );
}
