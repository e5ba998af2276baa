// The page behind `npm run conformance`: gets its jobs from the command that opened it, runs them one after the
// other on the real GPU, and sends one line of JSON for each check.
import { Gpu } from "../gpu/gpu";
import { runQuantised, type QuantisedJob, type QuantisedResult } from "./quantised";
import { runReal, type RealJob } from "./realModel";
import type { BadAnswer, BadWork } from "./bad.worker";
import type { BadJob } from "./runBad";
import { runCase, type CaseJob, type CaseOutcome, type Row } from "./runCase";

/** What the command asks for; `base` addresses are relative to the page's origin. */
export interface ConformanceJobs {
  kinds: string[] | null;
  cases: CaseJob[];
  bad: BadJob[];
  bases: (BadJob & { adapter: boolean })[];
  /** A pretrained model with its golden numbers. */
  real?: RealJob;
  /** Weights as stored, int8 and int4 side by side. */
  quantised?: QuantisedJob;
}

export type ConformanceLine =
  | { type: "row"; row: Row }
  | { type: "outcome"; outcome: CaseOutcome }
  | { type: "quantised"; result: QuantisedResult }
  | { type: "device"; adapter: string }
  | { type: "end"; reason: string };

let sending: Promise<unknown> = Promise.resolve();
// Infinity is no JSON: it travels as null.
const send = (line: ConformanceLine) => {
  sending = sending.then(() => fetch("/__report", { method: "POST", body: JSON.stringify(line) }));
};
const onRow = (row: Row) => send({ type: "row", row });
const absolute = <Job extends { base: string }>(job: Job): Job => ({
  ...job,
  base: new URL(job.base, location.href).href,
});

/** In a worker; rejects when it ends badly. */
function runBadWork(work: BadWork): Promise<void> {
  const worker = new Worker(new URL("./bad.worker.ts", import.meta.url), { type: "module" });
  return new Promise<void>((resolve, reject) => {
    worker.onerror = (event) => reject(new Error(event.message || "the worker of bad inputs did not start"));
    worker.onmessage = ({ data }: MessageEvent<BadAnswer>) => {
      if ("row" in data) onRow(data.row);
      else if (data.end) reject(new Error(data.end));
      else resolve();
    };
    worker.postMessage(work);
  }).finally(() => worker.terminate());
}

async function main(): Promise<void> {
  const jobs = (await (await fetch("/__jobs")).json()) as ConformanceJobs;
  const gpu = await Gpu.open();
  send({ type: "device", adapter: gpu.info.description });
  gpu.dispose();
  if (jobs.bad.length + jobs.bases.length > 0)
    await runBadWork({ bases: jobs.bases.map(absolute), bad: jobs.bad.map(absolute) });
  for (const job of jobs.cases)
    send({ type: "outcome", outcome: await runCase(absolute(job), jobs.kinds, onRow) });
  const at = (path: string) => new URL(path, location.href).href;
  if (jobs.quantised) {
    const job = { ...jobs.quantised, model: at(jobs.quantised.model) };
    await runQuantised(job, (result) => send({ type: "quantised", result }));
  }
  if (jobs.real) {
    const { label, model, base, outbox } = jobs.real;
    await runReal({ label, model: at(model), base: at(base), outbox: at(outbox) }, onRow);
  }
}

main()
  .then(
    () => "",
    (thrown: unknown) => (thrown instanceof Error ? thrown.message : String(thrown)),
  )
  .then((reason) => send({ type: "end", reason }));
