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
  const base = { config: (await models.open(model)).config, model };
  const folder = await unpacked(fileFolder(files), "adapter");
  const { adapterId } = await importAdapter(archive.db, folder, base, `file:${crypto.randomUUID()}`);
  post({ type: "adapter.stored", requestId, adapterId });
}
