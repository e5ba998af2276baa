// model.import: files from disk into the library, everything or nothing.
import type { Session } from "../session";
import type { CommandOf } from "./command";
import { postModels } from "./modelsList";

export async function importModelFiles(
  session: Session,
  { requestId, files }: CommandOf<"model.import">,
): Promise<void> {
  await postModels(session, requestId, await session.options.models.import(files));
}
