// The data page: bring in a file or pasted rows, see how they are read and what was found, mend them, keep them, and look at
// what was kept. The rows stay with the data worker; this page sees counts and what is in sight.
import { useEffect, useRef, useState, type DragEvent } from "react";
import type { Filter } from "../../data/draft/list";
import { formatEndings, formatNames } from "../../data/dataset/formats";
import { LabError } from "../../lib/errors";
import { askData, type ListView } from "../../store/dataWorker";
import { requestPersistence } from "../../store/persistence";
import {
  clearHiddenDatasets,
  hideDataset,
  nameTaken,
  renameDataset,
  restoreDataset,
  storedDatasets,
  studyDataset,
  unusedName,
  type DatasetRecord,
  type NameTaken,
} from "../../store/storedData";
import { count } from "../../lib/format";
import { Fault, type Advice } from "../../ui/controls/Fault";
import { Sheet } from "../../ui/controls/Sheet";
import { Browser } from "./Browser";
import { DraftCard } from "./DraftCard";
import { FromHub } from "./FromHub";
import { Paste } from "./Paste";
import { SameName } from "./SameName";
import { StoredList } from "./StoredList";
import { useDraft } from "./useDraft";
import "./dataset.css";

export function DataPanel({ onClose }: { onClose: () => void }) {
  const [stored, setStored] = useState<DatasetRecord[]>([]);
  const [looked, setLooked] = useState<ListView | null>(null);
  const [taken, setTaken] = useState<NameTaken | null>(null);
  const [deleted, setDeleted] = useState<DatasetRecord | null>(null);
  const draft = useDraft();
  const { view, busy, fault, guarded } = draft;
  const filters = useRef(0);
  const refresh = async (): Promise<void> => setStored(await storedDatasets());
  useEffect(() => {
    guarded(refresh);
    draft.reopen();
    // What was deleted here can be restored until the panel closes.
    return () => void clearHiddenDatasets().catch(() => undefined);
  }, []);

  /** The newest filter counts: answers may come while one types on. */
  const filter = (wanted: Filter, put: (change: Pick<ListView, "filter" | "matched">) => void): void => {
    const turn = ++filters.current;
    put({ filter: wanted, matched: (looked ?? view)!.matched });
    askData("list.filter", { filter: wanted }).then(
      (found) => turn === filters.current && put(found),
      () => undefined,
    );
  };
  const open = (file: Blob | undefined, name: string): void => {
    if (!file) return;
    setLooked(null);
    draft.open(file, name);
  };
  const store = async (datasetId: string): Promise<void> => {
    void requestPersistence();
    const record = await askData("draft.keep", { datasetId });
    draft.close();
    await refresh();
    studyDataset(record);
  };
  /** Asks first if the name is taken, because stored runs depend on their dataset. */
  const keep = (): void =>
    guarded(async () => {
      const { name, refusal } = view!;
      if (refusal) throw new LabError(refusal.code, refusal.message, refusal.hint, refusal.facts);
      const found = await nameTaken(name);
      if (found) setTaken(found);
      else await store(name);
    });
  const keepAs = (datasetId: string): void => {
    setTaken(null);
    guarded(() => store(datasetId));
  };
  const rename = (datasetId: string, name: string): void =>
    guarded(() => renameDataset(datasetId, name).then(refresh));
  const { datasetId: renamed, free, most } = fault?.facts ?? {};
  const advice: Advice[] = [
    ...(typeof renamed === "string" && typeof free === "string"
      ? [{ label: `Call it ${free}`, act: () => rename(renamed, free) }]
      : []),
    ...(typeof most === "number" && draft.again
      ? [{ label: `Read the first ${count(most)} rows`, act: () => draft.again!(most) }]
      : []),
  ];
  const drop = (event: DragEvent): void => {
    event.preventDefault();
    const [file] = event.dataTransfer.files;
    open(file, file?.name ?? "");
  };
  return (
    <Sheet title="My questions" place="panel" size="wide" onClose={onClose}>
      <label className="drop" onDragOver={(event) => event.preventDefault()} onDrop={drop}>
        <b>Drop a {formatNames()} file here, or choose one</b>
        <span className="aside">
          One question a row: a prompt and an answer. It stays in this browser; nothing is uploaded.
        </span>
        <input
          type="file"
          accept={formatEndings()}
          disabled={busy}
          onChange={({ target }) => open(target.files?.[0], target.files?.[0]?.name ?? "")}
        />
      </label>
      <Paste busy={busy} onPaste={(text) => open(new Blob([text]), "pasted.txt")} />
      <FromHub busy={busy} guarded={guarded} onFile={open} />
      {(!view || looked) && <Fault fault={fault} advice={advice} />}
      {busy && !view && (
        <p className="aside" role="status">
          Reading every row…
        </p>
      )}
      {view && !looked && (
        <DraftCard
          key={view.name}
          draft={draft}
          advice={advice}
          onFilter={(wanted) => filter(wanted, draft.filtered)}
          onKeep={keep}
        />
      )}
      {looked && (
        <section className="preview" aria-label={`Rows of ${looked.name}`}>
          <header className="acts">
            <h3>{looked.name}</h3>
            <button
              type="button"
              className="button small"
              onClick={() => {
                setLooked(null);
                draft.reopen();
              }}
            >
              Close the rows
            </button>
          </header>
          <Browser
            view={looked}
            onFilter={(wanted) =>
              filter(wanted, (change) => setLooked((now) => (now ? { ...now, ...change } : now)))
            }
          />
        </section>
      )}
      {deleted && (
        <div className="undo" role="status">
          {deleted.name} was deleted.{" "}
          <button
            type="button"
            className="button small"
            onClick={() =>
              guarded(async () => {
                setDeleted(null);
                await restoreDataset(deleted.datasetId);
                await refresh();
              })
            }
          >
            Undo
          </button>
        </div>
      )}
      <StoredList
        stored={stored}
        busy={busy}
        acts={{
          view: ({ datasetId }) =>
            guarded(async () => setLooked(await askData("stored.open", { datasetId }))),
          rename: ({ datasetId }, name) => rename(datasetId, name),
          duplicate: ({ datasetId, name }) =>
            guarded(async () => {
              await askData("stored.copy", { datasetId, as: await unusedName(name) });
              await refresh();
            }),
          remove: (record) =>
            guarded(async () => {
              await hideDataset(record.datasetId);
              setDeleted(record);
              if (looked?.name === record.name) setLooked(null);
              await refresh();
            }),
        }}
      />
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
