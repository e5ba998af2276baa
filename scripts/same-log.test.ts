// Two logs are the same only where everything but times, names and added fields agrees.
import { expect, it } from "vitest";
import { firstDifference } from "./same-log";

const log = () => ({
  started: {
    atMs: 3,
    type: "run.started",
    runId: "a",
    name: "one",
    config: { seed: 1, metis: { memory: 3 } } as Record<string, unknown>,
    identity: { code: "0.1.0 (a)", weights: { name: "tiny", hash: "ff" } },
  },
  step: { atMs: 9, type: "step.finished", samples: [4, 2], loss: 0.5, partsMs: {}, elapsedMs: 5 },
  more: [] as { type: string }[],
});
type Logged = ReturnType<typeof log>;
const records = ({ started, step, more }: Logged) => [started, step, ...more];

/** The second log changed by hand. */
function against(change: (log: Logged) => void): string | null {
  const other = log();
  change(other);
  return firstDifference(records(log()), records(other));
}

it("overlooks times, names of the run and the version of the lab", () => {
  const difference = against(({ started, step }) => {
    Object.assign(started, { atMs: 70, runId: "b", name: "two" });
    started.identity.code = "0.1.0 (b)";
    Object.assign(step, { atMs: 99, partsMs: { train: 1, judge: 2 }, elapsedMs: 1 });
  });
  expect(difference).toBeNull();
});

it("overlooks the settings of strategies that came later, where one side lacks them", () => {
  expect(against(({ started }) => (started.config.ucb = { arms: 3 }))).toBeNull();
  expect(against(({ started }) => (started.config.other = { arms: 3 }))).toBe(
    "record 1: run.started.config.other.arms is nothing in the first and 3 in the second log",
  );
});

it.each<[(log: Logged) => unknown, string]>([
  [({ step }) => (step.loss = 0.5000000001), "record 2: step.finished.loss is 0.5 in the first"],
  [({ step }) => step.samples.reverse(), "record 2: step.finished.samples.0 is 4 in the first"],
  [({ step }) => step.samples.push(7), "record 2: step.finished.samples.length is 2 in the first"],
  [({ started }) => (started.identity.weights.name = "other"), "run.started.identity.weights.name"],
  [
    ({ started }) => (started.config.metis = { memory: 0 }),
    "config.metis.memory is 3 in the first and 0 in the second log",
  ],
  [({ more }) => more.push({ type: "note" }), "record 3 (note): only in the second log"],
])("names the first difference: %s", (change, sentence) => {
  expect(against(change)).toContain(sentence);
});
