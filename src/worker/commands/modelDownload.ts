// model.download and download.stop: a hub model into the library, or on with it; what has come is kept.
import type { Session } from "../session";
import type { CommandOf } from "./command";
import { postModels } from "./modelsList";

export async function downloadModel(
  session: Session,
  { requestId, source, revision }: CommandOf<"model.download">,
): Promise<void> {
  await postModels(session, requestId, await session.options.models.download(source, revision));
}

export function stopDownload({ options }: Session): void {
  options.models.stopDownload();
}
