// models.list: the library as it is now; also what answers every command that changes it.
import { freeBytes } from "../../data/db";
import type { Session } from "../session";
import type { CommandOf } from "./command";

/** @param modelId the model that a command has just brought; null = none */
export async function postModels(
  { options }: Session,
  requestId: string,
  modelId: string | null = null,
): Promise<void> {
  const models = await options.models.list();
  options.post({ type: "models.listed", requestId, models, freeBytes: await freeBytes(), modelId });
}

export const listModels = (session: Session, { requestId }: CommandOf<"models.list">): Promise<void> =>
  postModels(session, requestId);
