// A worker that is fed malformed inputs. It has to be a worker, because the browser's file storage can be written
// in workers only.
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
