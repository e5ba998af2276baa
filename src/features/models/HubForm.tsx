// Adds a model from the Hugging Face hub: first shows its size, its GPU memory and whether it fits, then downloads it.
import { useState } from "react";
import type { StoredModel } from "../../data/library/models";
import { bytes, count } from "../../lib/format";
import { ask, presentConfig } from "../../store/session";
import { merge } from "../../store/config";
import type { PlannedModel } from "../../worker/protocol";
import { Bars, memoryRows, memoryTable } from "../accounting";
import { DataTable } from "../../ui/controls/DataTable";
import { takeModel } from "./models";

interface Props {
  busy: boolean;
  guarded: (work: () => Promise<void>) => void;
  onListed: (answer: { models: StoredModel[]; freeBytes: number | null }) => void;
}

export function HubForm({ busy, guarded, onListed }: Props) {
  const [source, setSource] = useState("");
  const [revision, setRevision] = useState("");
  const [plan, setPlan] = useState<PlannedModel | null>(null);
  const look = (): void =>
    guarded(async () => {
      setPlan(null);
      const model = { source: source.trim(), revision: revision.trim() || null };
      setPlan(await ask({ type: "memory.plan", config: merge(await presentConfig(), { model }) }));
    });
  const fetchIt = ({ revision: commit }: PlannedModel): void =>
    guarded(async () => {
      const answer = await ask({ type: "model.download", source: source.trim(), revision: commit });
      onListed(answer);
      const added = answer.models.find(({ modelId }) => modelId === answer.modelId);
      if (added) takeModel(added);
      setPlan(null);
    });
  return (
    <>
      <h3>From the Hugging Face hub</h3>
      <form
        className="two"
        onSubmit={(event) => {
          event.preventDefault();
          look();
        }}
      >
        <label className="setting">
          Model
          <input
            className="field"
            value={source}
            placeholder="Qwen/Qwen3-0.6B"
            onChange={(event) => setSource(event.target.value)}
          />
        </label>
        <label className="setting">
          Revision
          <input
            className="field"
            value={revision}
            placeholder="main"
            onChange={(event) => setRevision(event.target.value)}
          />
        </label>
        <button type="submit" className="button" disabled={busy || source.trim() === ""}>
          Check size and fit
        </button>
      </form>
      {plan && (
        <section className="preview" aria-label="Size and memory">
          <h3>
            {plan.name}, {count(plan.parameters / 1e6)} M parameters
          </h3>
          <p>{plan.advice}</p>
          <Bars rows={memoryRows(plan.memory)} names={180} name={`GPU memory by purpose. ${plan.advice}`} />
          <details>
            <summary>As a table</summary>
            <DataTable data={memoryTable(plan.memory)} name="GPU memory by purpose" />
          </details>
          {plan.download && (
            <p className="aside">
              {bytes(plan.download.totalBytes)} in {plan.download.files.length} files
              {plan.download.hereBytes > 0
                ? `, ${bytes(plan.download.hereBytes)} of them already downloaded`
                : ""}
              {plan.download.freeBytes === null
                ? ""
                : `; ${bytes(plan.download.freeBytes)} of storage are free`}
              .{plan.revision ? ` Revision ${plan.revision.slice(0, 8)} is recorded with every run.` : ""}
            </p>
          )}
          <button type="button" className="button main" disabled={busy} onClick={() => fetchIt(plan)}>
            {plan.fits ? "Download and use" : "Download and use anyway"}
          </button>
        </section>
      )}
    </>
  );
}
