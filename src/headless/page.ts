// The page behind `npm run lab`: no interface, the same worker as the lab's page. It takes one job from the command
// that opened it, and posts back what happens: events as they come, files when they are there.
import type { RunEvent } from "../lib/events";
import type { Command, DeviceReport, WorkerEvent } from "../worker/protocol";
import { Outbox } from "./outbox";

/** What the command asks for. */
export type HeadlessJob =
  | { command: "run"; runId: string; config: unknown; checkpoint: string[] | null }
  | { command: "score"; runId: string; config: unknown }
  | {
      command: "generate";
      config: unknown;
      prompts: string[];
      maxNewTokens: number;
      temperature: number;
      topP: number;
      seed: number;
      /** Files of an adapter to use, or null for the base model. */
      adapter: string[] | null;
    };

/** Lines posted to the command, in order. */
export type HeadlessLine =
  | { type: "device"; device: DeviceReport }
  | { type: "events"; first: number; events: RunEvent[] }
  | { type: "worker"; event: Exclude<WorkerEvent, { type: "run.events" | "run.exported" | "worker.ready" }> }
  | { type: "end"; status: string; reason: string; hint: string };

class Ended extends Error {
  constructor(
    readonly reason: string,
    readonly hint: string,
  ) {
    super(reason);
  }
}

const outbox = new Outbox();
const worker = new Worker(new URL("../worker/host.ts", import.meta.url), { type: "module", name: "engine" });
const send = (command: Command): void => worker.postMessage(command);

let requests = 0;
const waiting = new Map<string, { done: (event: WorkerEvent) => void; failed: (error: Ended) => void }>();
type Requesting = Extract<Command, { requestId: string }>;
/** A command without its id; distributed over the union, so that each keeps its own fields. */
type Request = Requesting extends infer C ? (C extends Requesting ? Omit<C, "requestId"> : never) : never;

/** Sends a command and resolves with the event that answers it. */
function ask(command: Request): Promise<WorkerEvent> {
  const requestId = `headless-${++requests}`;
  return new Promise((done, failed) => {
    waiting.set(requestId, { done, failed });
    send({ ...command, requestId } as Command);
  });
}

let finish: (status: "done" | "stopped" | "failed", reason?: string, hint?: string) => void = () => {};
const finished = new Promise<{ status: string; reason: string; hint: string }>((resolve) => {
  finish = (status, reason = "", hint = "") => resolve({ status, reason, hint });
});
let ready: (device: DeviceReport) => void = () => {};
const device = new Promise<DeviceReport>((resolve) => (ready = resolve));

worker.addEventListener("error", (event) => finish("failed", event.message || "the worker could not start"));
worker.addEventListener("message", ({ data }: MessageEvent<WorkerEvent>) => take(data));

function take(event: WorkerEvent): void {
  switch (event.type) {
    case "worker.ready":
      if (event.device) ready(event.device);
      else finish("failed", event.reason ?? "there is no WebGPU device here");
      return;
    case "run.events":
      outbox.line({ type: "events", first: event.first, events: event.events });
      for (const record of event.events) onRecord(event.runId, record);
      return;
    case "run.exported":
      break;
    default:
      outbox.line({ type: "worker", event });
  }
  if (event.type === "failed") {
    const asked = event.requestId === null ? undefined : waiting.get(event.requestId);
    if (asked) asked.failed(new Ended(event.message, event.hint));
    else finish("failed", event.message, event.hint);
  } else if ("requestId" in event) waiting.get(event.requestId)?.done(event);
}

function onRecord(runId: string, record: RunEvent): void {
  if (record.type === "checkpoint.saved") void keep(runId, "checkpoint");
  if (record.type === "run.finished") finish(record.status);
  if (record.type === "run.failed") finish("failed", record.reason, record.hint);
}

/** Fetches files of the run from the worker and posts them as one set. */
async function keep(runId: string, what: "adapter" | "checkpoint"): Promise<void> {
  const answer = await ask({ type: "run.export", runId, what });
  if (answer.type !== "run.exported") throw new Ended(`no ${what} came back from the worker`, "");
  await outbox.files(what, answer.files);
}

async function fetchFiles(
  folder: string,
  names: readonly string[],
): Promise<{ name: string; bytes: ArrayBuffer }[]> {
  return Promise.all(
    names.map(async (name) => ({
      name,
      bytes: await (
        await fetch(`/__in/${folder}/${name.split("/").map(encodeURIComponent).join("/")}`)
      ).arrayBuffer(),
    })),
  );
}

async function work(job: HeadlessJob): Promise<{ status: string; reason: string; hint: string }> {
  // A worker that cannot open a device says so through `finish`.
  const opened = await Promise.race([device, finished]);
  if ("status" in opened) return opened;
  outbox.line({ type: "device", device: opened });
  if (job.command === "generate") {
    const { command, adapter, ...request } = job;
    const runId = adapter ? "headless-adapter" : null;
    if (adapter)
      await ask({
        type: "run.import",
        runId: "headless-adapter",
        files: await fetchFiles("adapter", adapter),
      });
    await ask({ type: "text.generate", runId, ...request });
    return { status: `${command} done`, reason: "", hint: "" };
  }
  if (job.command === "score") {
    await ask({ type: "pool.score", runId: job.runId, config: job.config });
    return { status: "done", reason: "", hint: "" };
  }
  if (job.checkpoint)
    await ask({
      type: "run.import",
      runId: job.runId,
      files: await fetchFiles("checkpoint", job.checkpoint),
    });
  ask({ type: "run.start", runId: job.runId, config: job.config, resume: job.checkpoint !== null }).catch(
    (thrown: unknown) =>
      thrown instanceof Ended
        ? finish("failed", thrown.reason, thrown.hint)
        : finish("failed", String(thrown)),
  );
  const outcome = await finished;
  if (outcome.status !== "failed") await keep(job.runId, "adapter");
  await keep(job.runId, "checkpoint").catch((thrown: unknown) => {
    // A run that failed before its first round has none; any other run must have one.
    if (outcome.status !== "failed") throw thrown;
  });
  return outcome;
}

declare global {
  /** The command's way in: a polite stop on Ctrl-C. */
  var stopRun: () => void;
}
globalThis.stopRun = () => send({ type: "run.stop" });

async function main(): Promise<void> {
  try {
    const job = (await (await fetch("/__job")).json()) as HeadlessJob;
    outbox.line({ type: "end", ...(await work(job)) });
  } catch (thrown) {
    const [reason, hint] = thrown instanceof Ended ? [thrown.reason, thrown.hint] : [String(thrown), ""];
    outbox.line({ type: "end", status: "failed", reason, hint });
  }
  await outbox.sent();
}

void main();
