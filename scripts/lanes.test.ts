// Several jobs at once: how many run, in which order they begin, and that their lines are never mixed.
import { describe, expect, it } from "vitest";
import { inLanes, type Job } from "./lanes";

/** Lets everything run that can. */
const settle = () => new Promise((resolve) => setTimeout(resolve, 0));

/** Jobs that say one line at their begin and one at their end, and end when they are told to. */
function controlled(count: number) {
  const begun: number[] = [];
  const ends: ((fault?: Error) => void)[] = [];
  const jobs = Array.from({ length: count }, (_, i): Job<number> => (print) => {
    begun.push(i);
    print(`${i} begins`);
    return new Promise((resolve, reject) => {
      ends[i] = (fault) => {
        print(`${i} ends`);
        if (fault) reject(fault);
        else resolve(10 * i);
      };
    });
  });
  return { begun, ends, jobs };
}

describe("lanes", () => {
  it("begin jobs in order, so many at once, and give their results in order", async () => {
    const { begun, ends, jobs } = controlled(4);
    const results = inLanes(2, jobs, () => {});
    expect(begun).toEqual([0, 1]);
    ends[1]();
    await settle();
    expect(begun).toEqual([0, 1, 2]);
    ends[2]();
    await settle();
    expect(begun).toEqual([0, 1, 2, 3]);
    ends[3]();
    ends[0]();
    expect(await results).toEqual([0, 10, 20, 30]);
  });

  it("print the first job's lines at once, a later one's in one piece when its turn has come", async () => {
    const { ends, jobs } = controlled(3);
    const lines: string[] = [];
    const results = inLanes(2, jobs, (line) => lines.push(line));
    ends[1]();
    await settle();
    expect(lines).toEqual(["0 begins"]);
    ends[0]();
    await settle();
    expect(lines).toEqual(["0 begins", "0 ends", "1 begins", "1 ends", "2 begins"]);
    ends[2]();
    await results;
    expect(lines.at(-1)).toBe("2 ends");
  });

  it("run all jobs to their end where one throws, and print what it said", async () => {
    const { begun, ends, jobs } = controlled(3);
    const lines: string[] = [];
    const results = inLanes(1, jobs, (line) => lines.push(line));
    const refused = expect(results).rejects.toThrow("broke");
    ends[0](new Error("broke"));
    await settle();
    ends[1]();
    await settle();
    ends[2]();
    await refused;
    expect(begun).toEqual([0, 1, 2]);
    expect(lines).toContain("0 ends");
    expect(lines).toContain("2 ends");
  });
});
