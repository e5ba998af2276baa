// The page's connection to its data worker: one question, one answer, in any order.
import { LabError } from "../../lib/errors";
import type { DataAnswer, DataCommand, DataCommands, DataQuestion } from "./protocol";

/** As much of Worker as is needed. */
export interface DataPort {
  postMessage(question: DataQuestion): void;
  addEventListener(type: "message", listener: (event: MessageEvent<DataAnswer>) => void): void;
  addEventListener(type: "error", listener: (event: ErrorEvent) => void): void;
}

interface Waiting {
  resolve: (answer: never) => void;
  reject: (error: LabError) => void;
}

export class DataClient {
  #asked = 0;
  readonly #waiting = new Map<number, Waiting>();

  constructor(private readonly port: DataPort) {
    port.addEventListener("message", ({ data }) => this.#take(data));
    port.addEventListener("error", ({ message }) => {
      const reason = message || "its script could not be loaded";
      const error = new LabError("internal", `The data worker stopped: ${reason}.`, "Reload the page.");
      for (const { reject } of this.#waiting.values()) reject(error);
      this.#waiting.clear();
    });
  }

  /** @throws LabError as the worker threw it */
  ask<K extends DataCommand>(command: K, ask: DataCommands[K]["ask"]): Promise<DataCommands[K]["answer"]> {
    const id = ++this.#asked;
    return new Promise((resolve, reject) => {
      this.#waiting.set(id, { resolve, reject });
      this.port.postMessage({ command, id, ask } as DataQuestion);
    });
  }

  #take(data: DataAnswer): void {
    const waiting = this.#waiting.get(data.id);
    if (!waiting) return;
    this.#waiting.delete(data.id);
    if ("failure" in data) {
      const { code, message, hint, facts } = data.failure;
      waiting.reject(new LabError(code, message, hint, facts));
    } else waiting.resolve(data.answer as never);
  }
}

/** Starts the data worker. */
export function startDataWorker(): DataClient {
  const worker = new Worker(new URL("./host.ts", import.meta.url), { type: "module", name: "data" });
  return new DataClient(worker as DataPort);
}
