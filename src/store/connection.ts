// Creates the page's connection to the worker. The code is loaded with the first live run.
import type { WorkerClient } from "../worker/client";
import type { WorkerEvent } from "../worker/protocol";

export type { AnswerTo, Question } from "../worker/client";

export async function connect(onEvent: (event: WorkerEvent) => void): Promise<WorkerClient> {
  const { startWorker } = await import("../worker/client");
  return startWorker(onEvent);
}
