// run.import: puts a checkpoint back into the archive, or takes an adapter to generate with.
import { importCheckpoint } from "../exporting";
import type { Session } from "../session";
import type { CommandOf } from "./command";

export async function importRun(
  session: Session,
  { requestId, runId, files }: CommandOf<"run.import">,
): Promise<void> {
  const isAdapter = files.some(({ name }) => /(?:adapter_config\.json|\.tar)$/i.test(name));
  if (isAdapter) session.importedAdapters.set(runId, files);
  else await importCheckpoint(session.options.archive, runId, files);
  session.done(requestId);
}
