// The page's connection to the worker: starts it, sends commands, matches each answer to its request, and passes on
// all other events.
import { LabError } from "../lib/errors";
import type { Command, WorkerEvent } from "./protocol";

type Requesting = Extract<Command, { requestId: string }>;
/** A command without its id; distributed, so that each keeps its own fields. */
export type Question = Requesting extends infer C
  ? C extends Requesting
    ? Omit<C, "requestId">
    : never
  : never;
export type Order = Exclude<Command, Requesting>;

/** What answers each question. */
interface AnswerTypes {
  "model.prepare": "model.ready";
  "run.start": "request.done";
  "pool.score": "request.done";
  "text.generate": "text.generated";
  "run.profile": "run.profiled";
  "run.export": "run.exported";
  "run.import": "request.done";
  "memory.plan": "memory.planned";
  "models.list": "models.listed";
  "model.download": "models.listed";
  "model.import": "models.listed";
  "model.delete": "models.listed";
  "adapter.import": "adapter.stored";
  "adapter.export": "run.exported";
  "chat.answer": "chat.answered";
}
export type AnswerTo<Q extends Question> = Extract<WorkerEvent, { type: AnswerTypes[Q["type"]] }>;

/** Commands for which a `model.ready` event is only a step on the way, not the answer. */
const ANSWER: AnswerTypes = {
  "model.prepare": "model.ready",
  "run.start": "request.done",
  "pool.score": "request.done",
  "text.generate": "text.generated",
  "run.profile": "run.profiled",
  "run.export": "run.exported",
  "run.import": "request.done",
  "memory.plan": "memory.planned",
  "models.list": "models.listed",
  "model.download": "models.listed",
  "model.import": "models.listed",
  "model.delete": "models.listed",
  "adapter.import": "adapter.stored",
  "adapter.export": "run.exported",
  "chat.answer": "chat.answered",
};

/** As much of Worker as is needed. */
export interface Port {
  postMessage(message: Command): void;
  addEventListener(type: "message", listener: (event: MessageEvent<WorkerEvent>) => void): void;
  addEventListener(type: "error", listener: (event: ErrorEvent) => void): void;
  terminate(): void;
}

interface Waiting {
  answer: WorkerEvent["type"];
  resolve: (event: WorkerEvent) => void;
  reject: (error: LabError) => void;
}

export class WorkerClient {
  #requests = 0;
  readonly #waiting = new Map<string, Waiting>();

  /** @param onEvent everything the worker says, answers included, in order */
  constructor(
    private readonly port: Port,
    private readonly onEvent: (event: WorkerEvent) => void,
  ) {
    port.addEventListener("message", ({ data }) => this.#take(data));
    port.addEventListener("error", (event) => {
      const reason = event.message || "its script could not be loaded";
      this.#failAll(new LabError("internal", `The worker stopped: ${reason}.`, "Reload the page."));
    });
  }

  /** Sends a request and resolves with its answer. @throws LabError as the worker's `failed` says */
  ask<Q extends Question>(question: Q): Promise<AnswerTo<Q>> {
    const requestId = `request-${++this.#requests}`;
    return new Promise<AnswerTo<Q>>((resolve, reject) => {
      this.#waiting.set(requestId, {
        answer: ANSWER[question.type],
        resolve: resolve as (event: WorkerEvent) => void,
        reject,
      });
      this.port.postMessage({ ...question, requestId } as Command);
    });
  }

  /** Sends an order, which has no answer. */
  send(order: Order): void {
    this.post(order);
  }

  /** Sends a command with an id of the caller's own; its answer comes through `onEvent` alone. */
  post(command: Command): void {
    this.port.postMessage(command);
  }

  /** Ends the worker; what still waits fails. */
  close(): void {
    this.port.terminate();
    this.#failAll(new LabError("stopped", "The worker was closed."));
  }

  #take(event: WorkerEvent): void {
    if ("requestId" in event && event.requestId !== null) {
      const waiting = this.#waiting.get(event.requestId);
      if (waiting && event.type === "failed") {
        this.#waiting.delete(event.requestId);
        waiting.reject(new LabError(event.code, event.message, event.hint, event.facts));
      } else if (waiting && event.type === waiting.answer) {
        this.#waiting.delete(event.requestId);
        waiting.resolve(event);
      }
    }
    this.onEvent(event);
  }

  #failAll(error: LabError): void {
    for (const { reject } of this.#waiting.values()) reject(error);
    this.#waiting.clear();
  }
}

/** Starts the lab's worker. */
export function startWorker(onEvent: (event: WorkerEvent) => void): WorkerClient {
  const worker = new Worker(new URL("./host.ts", import.meta.url), { type: "module", name: "engine" });
  return new WorkerClient(worker as Port, onEvent);
}
