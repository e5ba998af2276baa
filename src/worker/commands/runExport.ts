// run.export: a stored run as an adapter for PEFT or llama.cpp, a merged model, or a checkpoint to go on from.
import type { ExportedFile } from "../exportFiles";
import { exportCheckpoint, neededCheckpoint } from "../exporting";
import { exportAdapter, intoModel, runAdapter } from "../exportWeights";
import type { Session } from "../session";
import { neededRun, resolvedRun } from "../storedRun";
import { withRunAdapter } from "../withRunAdapter";
import type { ExportKind } from "../protocol";
import type { CommandOf } from "./command";

export async function exportRun(
  session: Session,
  { requestId, runId, what }: CommandOf<"run.export">,
): Promise<void> {
  const { archive } = session.options;
  const files =
    what === "checkpoint"
      ? await exportCheckpoint(archive, await neededRun(archive, runId))
      : await exportWeights(session, runId, what);
  session.exported(requestId, files);
}

async function exportWeights(session: Session, runId: string, what: ExportKind): Promise<ExportedFile[]> {
  const { archive, models } = session.options;
  const run = await resolvedRun(archive, runId);
  const point = await neededCheckpoint(archive, runId);
  if (what !== "adapter")
    return intoModel(what, runAdapter(run, point), await models.open(run.config.model), session.merging);
  // A run under way keeps the engine; its adapter can be had all the same, without a probe.
  if (session.busy) return exportAdapter(run, point, null);
  return session.work("exporting", async () =>
    exportAdapter(run, point, await withRunAdapter(session, runId, run.config)),
  );
}
