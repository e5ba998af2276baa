// model.prepare: loads the model that a config names, without running.
import type { Session } from "../session";
import type { CommandOf } from "./command";

export async function prepareModel(
  session: Session,
  { requestId, config }: CommandOf<"model.prepare">,
): Promise<void> {
  const loaded = await session.work("loading a model", () => session.load(config));
  session.modelReady(requestId, config, loaded);
}
