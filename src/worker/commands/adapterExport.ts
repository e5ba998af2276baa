// adapter.export: an adapter of the library as PEFT's files, or the config's model with it worked in.
import { writeAdapter } from "../../data/peft";
import { neededAdapter } from "../adapters";
import { withLibraryAdapter } from "../chat";
import { exportMerged, exportedFiles, identityNotes, type ExportedFile } from "../exporting";
import type { Session } from "../session";
import type { CommandOf } from "./command";

export async function exportAdapter(
  session: Session,
  { requestId, adapterId, config, what }: CommandOf<"adapter.export">,
): Promise<void> {
  const { archive, host } = session.options;
  let files: ExportedFile[];
  if (what === "adapter") {
    const { record, state } = await neededAdapter(archive.db, adapterId);
    const notes = identityNotes(record.identity);
    files = exportedFiles(writeAdapter(record.config, state, record.model, config.model.revision, notes));
  } else {
    files = await session.work("exporting", async () => {
      const loaded = await withLibraryAdapter(host, archive.db, config, adapterId);
      const { record } = await neededAdapter(archive.db, adapterId);
      return exportMerged(loaded, loaded.model, record.identity ?? null);
    });
  }
  session.exported(requestId, files);
}
