// adapter.export: an adapter of the library as PEFT's files, or the config's model with it worked in.
import { neededAdapter } from "../adapters";
import { withLibraryAdapter } from "../chat";
import { adapterFiles, exportMerged, type ExportedFile } from "../exporting";
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
    const revision = config.model.source === record.model ? config.model.revision : null;
    files = adapterFiles({
      ...{ name: record.name, model: { source: record.model, revision } },
      ...{ config: record.config, state, identity: record.identity ?? null },
    });
  } else {
    files = await session.work("exporting", async () => {
      const loaded = await withLibraryAdapter(host, archive.db, config, adapterId);
      const { record } = await neededAdapter(archive.db, adapterId);
      return exportMerged(loaded, loaded.model, record.identity ?? null);
    });
  }
  session.exported(requestId, files);
}
