// A tiny log for tests of a run that chooses each batch: the six samples of the tiny log in two neighbourhoods, two steps.
// Made by hand, not a real run.
import type { RunEvent } from "../../lib/events";
import { tinyLog } from "./log";

/** The tiny log of random order, its picks told batch by batch. */
export function batchLog(): RunEvent[] {
  const [started, ...rest] = tinyLog("random").filter(({ type }) => type !== "round.selected");
  const log: RunEvent[] = [{ ...started, config: { curriculum: { strategy: "scout" } } } as RunEvent];
  for (const event of rest) {
    if (event.type === "step.finished" && event.step === 1)
      log.push({
        type: "batch.chosen",
        atMs: event.atMs,
        round: 1,
        step: 1,
        random: [5, 0],
        chosen: [{ sample: 1, why: "neighbourhood “early birds”: not seen yet; 0 of 3 seen" }],
        firstSights: [
          { sample: 5, lossNats: 0.001 },
          { sample: 0, lossNats: 2 },
          { sample: 1, lossNats: 1.5 },
        ],
        open: [0],
        gain: null,
        paid: false,
        balance: 7,
      });
    if (event.type === "step.finished" && event.step === 2)
      log.push({
        type: "batch.chosen",
        atMs: event.atMs,
        round: 1,
        step: 2,
        random: [0, 3],
        chosen: [{ sample: 2, why: "neighbourhood “early birds”: loss at first sight 1.8 nats" }],
        firstSights: [
          { sample: 3, lossNats: 0.002 },
          { sample: 2, lossNats: 0.5 },
        ],
        open: [0],
        gain: { gain: 0.4, error: 0.1 },
        paid: true,
        balance: 7.1,
      });
    log.push(event);
    if (event.type === "pool.loaded")
      log.push({
        type: "pool.parted",
        atMs: event.atMs,
        names: ["early birds", "late risers"],
        parts: [0, 0, 0, 1, 1, 1],
      });
  }
  return log;
}
