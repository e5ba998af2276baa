// Asks the data worker, which is started with the first question and ends with the page.
import type { DataClient } from "../worker/dataset/client";
import type { DataCommand, DataCommands } from "../worker/dataset/protocol";

export {
  PAGE_ROWS,
  type Away,
  type DataCommand,
  type DataCommands,
  type DraftView,
  type ListView,
  type NameTaken,
  type RenderedSample,
  type RenderedToken,
  type Rendering,
  type ShownRow,
} from "../worker/dataset/protocol";

let client: Promise<DataClient> | null = null;

/** @throws LabError as the worker threw it */
export async function askData<K extends DataCommand>(
  command: K,
  ask: DataCommands[K]["ask"],
): Promise<DataCommands[K]["answer"]> {
  client ??= import("../worker/dataset/client").then(({ startDataWorker }) => startDataWorker());
  return (await client).ask(command, ask);
}
