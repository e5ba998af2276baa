// The page's end of the wire to the worker, loaded with the first live run and not before.
import type { Command, WorkerEvent } from "../worker/protocol";

export interface Connection {
  send: (command: Command) => void;
  close: () => void;
}

export async function connect(onEvent: (event: WorkerEvent) => void): Promise<Connection> {
  const { startWorker } = await import("../worker/client");
  const client = startWorker(onEvent);
  return { send: (command) => client.post(command), close: () => client.close() };
}
