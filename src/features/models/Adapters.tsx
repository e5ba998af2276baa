// Adapters of the model chosen in the settings: select one, export it, delete it, import one.
import { useEffect, useState } from "react";
import { pathFiles, type PathFile } from "../../data/files";
import { useLab } from "../../store/hooks";
import { removeAdapter, storedAdapters, type AdapterRecord } from "../../store/storedData";
import { ask, presentConfig } from "../../store/session";
import { saveArchive } from "../../ui/controls/archive";
import { saveFile } from "../../ui/controls/save";
import type { ExportKind } from "../../worker/protocol";

export const BASE = "the base model";

type Guarded = (work: () => Promise<void>) => void;

export interface AdapterChoice {
  own: readonly AdapterRecord[];
  chosen: AdapterRecord | null;
  choose: (adapterId: string) => void;
  refresh: () => Promise<void>;
}

/** The adapters that fit the model, and the one that is chosen among them. */
export function useAdapters(guarded: Guarded): AdapterChoice {
  const source = String(useLab((state) => state.changes)["model.source"] ?? "builtin:tiny");
  const [all, setAll] = useState<AdapterRecord[]>([]);
  const [adapterId, choose] = useState("");
  const refresh = async (): Promise<void> => setAll(await storedAdapters());
  useEffect(() => guarded(refresh), []);
  const own = all.filter(({ model }) => model === source);
  return { own, chosen: own.find((adapter) => adapter.adapterId === adapterId) ?? null, choose, refresh };
}

export function AdapterSelect({ own, chosen, choose }: AdapterChoice) {
  return (
    <label className="setting">
      Adapter
      <select
        className="field"
        value={chosen?.adapterId ?? ""}
        onChange={(event) => choose(event.target.value)}
      >
        <option value="">none: {BASE}</option>
        {own.map((adapter) => (
          <option key={adapter.adapterId} value={adapter.adapterId}>
            {adapter.name}
          </option>
        ))}
      </select>
    </label>
  );
}

interface Acting {
  choice: AdapterChoice;
  busy: boolean;
  guarded: Guarded;
}

/** What can be done with the chosen adapter. */
export function AdapterActs({ choice: { chosen, refresh }, busy, guarded }: Acting) {
  if (!chosen) return null;
  const { adapterId, name, notes = [] } = chosen;
  const save = (what: ExportKind): void =>
    guarded(async () => {
      const config = await presentConfig();
      const { files } = await ask({ type: "adapter.export", adapterId, config, what });
      if (what === "gguf") saveFile(`${name}.gguf`, [files[0].blob], "application/octet-stream");
      else await saveArchive(`${name}-${what}`, files);
    });
  const acts = [
    { label: "Save for PEFT", act: () => save("adapter") },
    { label: "Save for llama.cpp", act: () => save("gguf") },
    { label: "Save merged model", act: () => save("merged") },
    { label: "Delete adapter", act: () => guarded(() => removeAdapter(adapterId).then(refresh)) },
  ];
  return (
    <>
      {notes.map((note) => (
        <p key={note} role="status">
          {note}
        </p>
      ))}
      <p className="acts">
        {acts.map(({ label, act }) => (
          <button key={label} type="button" className="button small" disabled={busy} onClick={act}>
            {label}
          </button>
        ))}
      </p>
    </>
  );
}

export function ImportAdapter({ choice: { choose, refresh }, busy, guarded }: Acting) {
  const bring = (files: PathFile[]): void => {
    if (files.length === 0) return;
    guarded(async () => {
      const stored = await ask({ type: "adapter.import", config: await presentConfig(), files });
      await refresh();
      choose(stored.adapterId);
    });
  };
  return (
    <>
      <h3>Import an adapter</h3>
      <label className="drop">
        <b>adapter_config.json and adapter_model.safetensors, as PEFT writes them, or one .tar with both</b>
        <input
          type="file"
          multiple
          accept=".json,.safetensors,.tar"
          disabled={busy}
          onChange={(event) => bring(pathFiles(event.target.files ?? []))}
        />
      </label>
    </>
  );
}
