// Bad inputs are fed in a worker, where the lab does its storing: the browser's file storage can be written there only.
import type { ConformanceJobs } from "./page";
import { runBad, runBase } from "./runBad";
import type { Row } from "./runCase";

export type BadWork = Pick<ConformanceJobs, "bad" | "bases">;
export type BadAnswer = { row: Row } | { end: string };

const post = (answer: BadAnswer) => self.postMessage(answer);

self.onmessage = ({ data }: MessageEvent<BadWork>) => {
  const work = async () => {
    for (const job of data.bases) await runBase(job, (row) => post({ row }));
    for (const job of data.bad) await runBad(job, (row) => post({ row }));
  };
  work().then(
    () => post({ end: "" }),
    (thrown: unknown) => post({ end: thrown instanceof Error ? thrown.message : String(thrown) }),
  );
};
