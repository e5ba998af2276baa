// Runs the parts of `npm test` a few at a time, since hardly one of them keeps two cores busy, and prints each part's
// lines in one piece and in the parts' order.
import type { Print } from "./tally";

/** A piece of work that says what it does a line at a time. */
export type Job<Result> = (print: Print) => Promise<Result>;

/**
 * Runs jobs in `lanes` at once; each begins in its order, as soon as a lane is free. The lines of the first job that has
 * not ended are printed as they come, those of later ones when their turn has come. Results are in the order of the jobs.
 * @throws what a job threw, when all have ended: the lines of none are lost
 */
export async function inLanes<Result>(
  lanes: number,
  jobs: readonly Job<Result>[],
  print: Print,
): Promise<Result[]> {
  const results: Promise<Result>[] = [];
  const kept: string[][] = jobs.map(() => []);
  const ended = jobs.map(() => false);
  let shown = 0;
  let begun = 0;
  const say = (job: number) => (line: string) => {
    if (job === shown) print(line);
    else kept[job].push(line);
  };
  const end = (job: number) => {
    ended[job] = true;
    while (ended[shown]) {
      shown++;
      kept[shown]?.forEach(print);
    }
  };
  const lane = async () => {
    while (begun < jobs.length) {
      const job = begun++;
      results[job] = jobs[job](say(job)).finally(() => end(job));
      // Held here only to keep the order; what it threw is thrown at the end.
      await results[job].catch(() => {});
    }
  };
  await Promise.all(Array.from({ length: lanes }, lane));
  return Promise.all(results);
}
