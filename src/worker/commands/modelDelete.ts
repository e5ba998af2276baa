// model.delete: out of the library; an engine that holds the model goes on with what it has.
import type { Session } from "../session";
import type { CommandOf } from "./command";
import { postModels } from "./modelsList";

export async function deleteModel(
  session: Session,
  { requestId, modelId }: CommandOf<"model.delete">,
): Promise<void> {
  const { models, host } = session.options;
  await models.remove(modelId);
  host.forget(modelId);
  await postModels(session, requestId);
}
