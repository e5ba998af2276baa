// adapter.export: an adapter of the library as PEFT's files, for llama.cpp, or worked into the config's model.
import { neededAdapter } from "../adapters";
import { adapterFiles, intoModel } from "../exportWeights";
import type { Session } from "../session";
import type { CommandOf } from "./command";

export async function exportAdapter(
  session: Session,
  { requestId, adapterId, config, what }: CommandOf<"adapter.export">,
): Promise<void> {
  const { archive, models } = session.options;
  const { record, state } = await neededAdapter(archive.db, adapterId);
  const revision = config.model.source === record.model ? config.model.revision : null;
  const adapter = {
    ...{ name: record.name, model: { source: record.model, revision }, baseModel: record.baseModel },
    ...{ config: record.config, state, identity: record.identity ?? null },
  };
  const files =
    what === "adapter"
      ? adapterFiles(adapter)
      : await intoModel(what, adapter, await models.open(config.model), session.merging);
  session.exported(requestId, files);
}
