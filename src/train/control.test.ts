// Pausing, stepping and stopping at the gates of a loop.
import { describe, expect, it } from "vitest";
import { RunControl } from "./control";

/** A loop of 3 rounds, each two chunks of scoring and three steps; returns where it has been. */
function run(control: RunControl): { trace: string[]; done: Promise<void>; saves: string[] } {
  const trace: string[] = [];
  const saves: string[] = [];
  const loop = async () => {
    for (let round = 1; round <= 3; round++) {
      if (!(await control.gate("round", async () => void saves.push(`round ${round}`)))) return;
      for (let chunk = 1; chunk <= 2; chunk++) {
        if (!(await control.gate("chunk"))) return;
        trace.push(`score ${round}.${chunk}`);
      }
      for (let step = 1; step <= 3; step++) {
        if (!(await control.gate("step", async () => void saves.push(`step ${round}.${step}`)))) return;
        trace.push(`step ${round}.${step}`);
        if (!(await control.gate("chunk"))) return;
        trace.push(`rest of ${round}.${step}`);
      }
    }
    trace.push("end");
  };
  return { trace, saves, done: loop() };
}

const settle = () => new Promise((resolve) => setTimeout(resolve, 0));

describe("RunControl", () => {
  it("runs through when nobody interferes", async () => {
    const { trace, done } = run(new RunControl());
    await done;
    expect(trace.at(-1)).toBe("end");
    expect(trace).toHaveLength(3 * 2 + 3 * 6 + 1);
  });

  it("rests, saves once, and goes on", async () => {
    const control = new RunControl();
    control.pause();
    const { trace, saves, done } = run(control);
    await settle();
    expect(control.state).toBe("paused");
    expect(trace).toEqual([]);
    expect(saves).toEqual(["round 1"]);
    control.resume();
    await done;
    expect(trace.at(-1)).toBe("end");
    expect(saves).toEqual(["round 1"]);
  });

  it("takes one whole step, then one round, then stops", async () => {
    const control = new RunControl();
    control.pause();
    const { trace, done } = run(control);
    await settle();
    control.step("step");
    await settle();
    expect(trace).toEqual(["score 1.1", "score 1.2", "step 1.1", "rest of 1.1"]);
    expect(control.state).toBe("paused");
    control.step("round");
    await settle();
    expect(trace.at(-1)).toBe("rest of 1.3");
    control.step("round");
    await settle();
    expect(trace.at(-1)).toBe("rest of 2.3");
    control.stop();
    await done;
    expect(control.state).toBe("stopping");
    expect(trace.at(-1)).toBe("rest of 2.3");
  });

  it("says when it rests", async () => {
    const control = new RunControl();
    const rests: boolean[] = [];
    control.onRest = (resting) => rests.push(resting);
    control.pause();
    const { done } = run(control);
    await settle();
    control.resume();
    await done;
    expect(rests).toEqual([true, false]);
  });
});
