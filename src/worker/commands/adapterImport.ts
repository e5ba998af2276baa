// adapter.import: PEFT's two files, or a tar archive of them, into the library, checked against the config's model.
import { fileFolder } from "../../data/files";
import { unpacked } from "../../data/tar";
import { LabError } from "../../lib/errors";
import { importAdapter } from "../adapters";
import type { Session } from "../session";
import type { CommandOf } from "./command";

export async function importAdapterFiles(
  { options }: Session,
  { requestId, config: { model }, files }: CommandOf<"adapter.import">,
): Promise<void> {
  const { archive, models, post } = options;
  if (!archive.db)
    throw new LabError("storage", "This browser offers the page no storage, so adapters cannot be stored.");
  const opened = await models.open(model);
  const base = { config: opened.config, model, present: models.present(opened, model) };
  const folder = await unpacked(fileFolder(files), "adapter");
  const { adapterId, notes = [] } = await importAdapter(
    archive.db,
    folder,
    base,
    `file:${crypto.randomUUID()}`,
  );
  post({ type: "adapter.stored", requestId, adapterId, notes });
}
