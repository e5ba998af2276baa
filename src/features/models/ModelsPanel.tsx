// The panel "Models": the built-in model, the models stored in this browser, and two ways to add one, from the hub
// or from disk. Size and GPU memory of a hub model are shown before it is downloaded.
import { useEffect, useState, type DragEvent } from "react";
import { droppedFiles, pathFiles, type PathFile } from "../../data/files";
import type { StoredModel } from "../../data/library/models";
import { bytes } from "../../lib/format";
import { useLab } from "../../store/hooks";
import { showPanel } from "../../store/lab";
import { ask } from "../../store/session";
import { Fault, useGuarded } from "../../ui/controls/Fault";
import { Sheet } from "../../ui/controls/Sheet";
import { HubForm } from "./HubForm";
import { LoadingLine } from "./LoadingLine";
import { BUILT_IN, isPresent, takeModel } from "./models";

export function ModelsPanel({ onClose }: { onClose: () => void }) {
  const changes = useLab((state) => state.changes);
  const [models, setModels] = useState<StoredModel[]>([]);
  const [free, setFree] = useState<number | null>(null);
  const { fault, busy, guarded } = useGuarded();
  const show = (answer: { models: StoredModel[]; freeBytes: number | null }): void => {
    setModels(answer.models);
    setFree(answer.freeBytes);
  };
  useEffect(() => guarded(async () => show(await ask({ type: "models.list" }))), []);

  const fromDisk = (files: PathFile[]): void => {
    if (files.length === 0) return;
    guarded(async () => {
      const answer = await ask({ type: "model.import", files });
      show(answer);
      const added = answer.models.find(({ modelId }) => modelId === answer.modelId);
      if (added) takeModel(added);
    });
  };
  const drop = (event: DragEvent): void => {
    event.preventDefault();
    guarded(async () => fromDisk(await droppedFiles(event.dataTransfer.items)));
  };
  const remove = (modelId: string): void =>
    guarded(async () => show(await ask({ type: "model.delete", modelId })));
  return (
    <Sheet title="Models" place="panel" onClose={onClose}>
      <ul className="runs">
        <li>
          <span>
            Built in
            <span className="aside"> 1.1 M parameters, answers small sums; comes with the page</span>
          </span>
          <span className="acts">
            {isPresent(changes, null) ? (
              <b>in use</b>
            ) : (
              <button type="button" className="button small" onClick={() => takeModel(BUILT_IN)}>
                Use
              </button>
            )}
          </span>
        </li>
        {models.map((model) => (
          <li key={model.modelId}>
            <span>
              {model.name}
              <span className="aside">
                {" "}
                {model.revision ? `revision ${model.revision.slice(0, 8)}, ` : ""}
                {model.whole
                  ? bytes(model.totalBytes)
                  : `${bytes(model.storedBytes)} of ${bytes(model.totalBytes)}, download incomplete`}
                , last used {new Date(model.usedAt).toLocaleDateString("en-GB")}
              </span>
            </span>
            <span className="acts">
              {isPresent(changes, model) ? (
                <b>in use</b>
              ) : (
                <button
                  type="button"
                  className="button small"
                  disabled={busy}
                  onClick={() =>
                    guarded(async () => {
                      if (!model.whole)
                        show(
                          await ask({ type: "model.download", source: model.name, revision: model.revision }),
                        );
                      takeModel(model);
                    })
                  }
                >
                  {model.whole ? "Use" : "Resume download"}
                </button>
              )}
              <button
                type="button"
                className="button small"
                disabled={busy}
                aria-label={`Delete ${model.name}`}
                onClick={() => remove(model.modelId)}
              >
                Delete
              </button>
            </span>
          </li>
        ))}
      </ul>
      {free !== null && (
        <p className="aside">Stored in this browser, which has about {bytes(free)} left for this page.</p>
      )}
      <LoadingLine busy={busy} />
      <Fault fault={fault} />
      <HubForm busy={busy} guarded={guarded} onListed={show} />
      <h3>From this computer</h3>
      <div className="drop" onDragOver={(event) => event.preventDefault()} onDrop={drop}>
        <b>Drop a folder with Hugging Face files, a .gguf file, or a .tar with either</b>
        <span className="aside">
          All of it is checked, then copied into this browser’s storage. Nothing is uploaded.
        </span>
        <label>
          Choose files
          <input
            type="file"
            multiple
            disabled={busy}
            onChange={(event) => fromDisk(pathFiles(event.target.files ?? []))}
          />
        </label>
      </div>
      <p>
        <button type="button" className="button" onClick={() => showPanel("ask")}>
          Ask the model something
        </button>
      </p>
    </Sheet>
  );
}
