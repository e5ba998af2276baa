// The page behind `npm run lab`: no user interface, the same worker as the lab's page. It takes one job from the
// command that opened it and sends back events and files as they appear.
import { asLabError } from "../lib/errors";
import type { RunEvent } from "../lib/events";
import { startWorker } from "../worker/client";
import type { DeviceReport, ExportKind, GeneratedText, WorkerEvent } from "../worker/protocol";
import { Outbox } from "./outbox";

/** What the command asks for. */
export type HeadlessJob =
  | { command: "run"; runId: string; config: unknown; checkpoint: string[] | null }
  | { command: "score"; runId: string; config: unknown }
  | ExportJob
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

/** What an adapter is exported from, by the page's own way: into the library, and out of it. */
interface ExportJob {
  command: "export";
  config: unknown;
  what: ExportKind;
  adapter: string[];
  /** Of the adapter, in what is written. */
  name: string;
}

/** What the worker says on the way that a progress line can show. */
export type Passing = Extract<WorkerEvent, { type: "model.progress" | "model.ready" | "run.progress" }>;

export interface Outcome {
  status: "done" | "stopped" | "failed";
  reason: string;
  hint: string;
}

/** Lines posted to the command, in order. */
export type HeadlessLine =
  | { type: "device"; device: DeviceReport }
  | { type: "events"; first: number; events: RunEvent[] }
  | { type: "passing"; event: Passing }
  | { type: "answers"; answers: GeneratedText[] }
  /** Something a person should know. */
  | { type: "note"; text: string }
  | ({ type: "end" } & Outcome);

const failed = (reason: string, hint = ""): Outcome => ({ status: "failed", reason, hint });
const outbox = new Outbox();

let opened: (device: DeviceReport | string) => void = () => {};
/** The device, or why there is none. */
const device = new Promise<DeviceReport | string>((resolve) => (opened = resolve));
/** How the run ended, once its log says so. */
let outcome: Outcome = failed("the run ended without a word");

const client = startWorker((event) => {
  switch (event.type) {
    case "worker.ready":
      opened(event.device ?? event.reason ?? "there is no WebGPU device here");
      break;
    case "run.events":
      outbox.line({ type: "events", first: event.first, events: event.events });
      for (const record of event.events) onRecord(event.runId, record);
      break;
    case "model.progress":
    case "model.ready":
    case "run.progress":
      outbox.line({ type: "passing", event });
      break;
    default:
      break;
  }
});

function onRecord(runId: string, record: RunEvent): void {
  if (record.type === "run.finished") outcome = { status: record.status, reason: "", hint: "" };
  if (record.type === "run.failed") outcome = failed(record.reason, record.hint);
  // A checkpoint that cannot be fetched now is fetched with the next one, or at the end.
  if (record.type === "checkpoint.saved") keep(runId, "checkpoint").catch(() => {});
}

/** Fetches files of the run from the worker and posts them as one set. */
async function keep(runId: string, what: "adapter" | "checkpoint"): Promise<void> {
  const { files } = await client.ask({ type: "run.export", runId, what });
  await outbox.files(what, files);
}

function tell(notes: readonly string[]): void {
  for (const text of notes) outbox.line({ type: "note", text });
}

async function fetchFiles(
  folder: string,
  names: readonly string[],
): Promise<{ name: string; bytes: ArrayBuffer }[]> {
  return Promise.all(
    names.map(async (name) => {
      const path = name.split("/").map(encodeURIComponent).join("/");
      return { name, bytes: await (await fetch(`/__in/${folder}/${path}`)).arrayBuffer() };
    }),
  );
}

async function exportAdapter({ config, what, adapter, name }: ExportJob): Promise<void> {
  const files = (await fetchFiles("adapter", adapter)).map((file) => ({
    path: `${name}/${file.name}`,
    file: new File([file.bytes], file.name),
  }));
  const { adapterId, notes } = await client.ask({ type: "adapter.import", config, files });
  tell(notes);
  const exported = await client.ask({ type: "adapter.export", adapterId, config, what });
  await outbox.files("export", exported.files);
}

async function work(job: HeadlessJob): Promise<Outcome> {
  const found = await device;
  if (typeof found === "string") return failed(found);
  outbox.line({ type: "device", device: found });
  const done: Outcome = { status: "done", reason: "", hint: "" };
  if (job.command === "generate") {
    const { adapter, config, prompts, maxNewTokens, temperature, topP, seed } = job;
    const request = { config, prompts, maxNewTokens, temperature, topP, seed };
    const runId = adapter ? "adapter" : null;
    if (adapter)
      await client.ask({ type: "run.import", runId: "adapter", files: await fetchFiles("adapter", adapter) });
    const { answers, notes } = await client.ask({ type: "text.generate", runId, ...request });
    tell(notes);
    outbox.line({ type: "answers", answers });
    return done;
  }
  if (job.command === "export") {
    await exportAdapter(job);
    return done;
  }
  const { runId, config } = job;
  if (job.command === "score") {
    await client.ask({ type: "pool.score", runId, config });
    return done;
  }
  if (job.checkpoint)
    await client.ask({ type: "run.import", runId, files: await fetchFiles("checkpoint", job.checkpoint) });
  await client.ask({ type: "run.start", runId, config, resume: job.checkpoint !== null });
  if (outcome.status !== "failed") {
    await keep(runId, "adapter");
    await keep(runId, "checkpoint");
  }
  return outcome;
}

declare global {
  /** The command's way in: a polite stop on Ctrl-C. */
  var stopRun: () => void;
}
globalThis.stopRun = () => client.send({ type: "run.stop" });

async function main(): Promise<void> {
  try {
    const job = (await (await fetch("/__job")).json()) as HeadlessJob;
    outbox.line({ type: "end", ...(await work(job)) });
  } catch (thrown) {
    const { code, message, hint } = asLabError(thrown);
    const status = code === "stopped" ? "stopped" : "failed";
    outbox.line({ type: "end", status, reason: message, hint });
  }
  await outbox.sent();
}

void main();
