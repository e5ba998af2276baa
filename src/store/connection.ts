// The page's end of the wire to the worker, loaded with the first live run and not before.
import { LabError } from "../lib/errors";
import type { Command, WorkerEvent } from "../worker/protocol";

export interface Connection {
  send: (command: Command) => void;
  close: () => void;
}

export async function connect(_onEvent: (event: WorkerEvent) => void): Promise<Connection> {
  return Promise.reject(
    new LabError("internal", "This build has no training worker.", "Build the lab again."),
  );
}
