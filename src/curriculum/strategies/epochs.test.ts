// Full-pool epochs: every sample once an epoch, in an order of its own.
import { describe, expect, it } from "vitest";
import { resolveConfig } from "../../config/schema";
import { indices } from "../random";
import { onePart } from "../testing/prompts";
import { strategy } from "./epochs";

const CONFIG = resolveConfig({ curriculum: { strategy: "epochs" }, budget: { steps: 5 } });

function rows(pool: number, size: number, steps: number): number[] {
  const parts = onePart(pool);
  let state = strategy.begin(7);
  return indices(steps).flatMap(() => {
    const drawn = strategy.draw({ config: CONFIG, size, parts, state });
    state = JSON.parse(JSON.stringify(drawn.state));
    return drawn.batch.random;
  });
}

describe("full-pool epochs", () => {
  it("train each sample once before any comes again, in another order then", () => {
    const all = rows(12, 8, 3);
    const [first, second] = [all.slice(0, 12), all.slice(12)];
    expect([...first].sort((a, b) => a - b)).toEqual(indices(12));
    expect([...second].sort((a, b) => a - b)).toEqual(indices(12));
    expect(second).not.toEqual(first);
  });

  it("bear a pool smaller than a batch", () => {
    expect(rows(1, 3, 1)).toEqual([0, 0, 0]);
  });

  it("tell losses at first sight of the first epoch only", () => {
    const parts = onePart(3);
    const { batch, state } = strategy.draw({ config: CONFIG, size: 5, parts, state: strategy.begin(7) });
    const { told } = strategy.see(state, { config: CONFIG, parts, batch, losses: [1, NaN, 2, 3, 4] });
    expect(told.firstSights).toEqual([
      { sample: batch.random[0], lossNats: 1 },
      { sample: batch.random[2], lossNats: 2 },
    ]);
  });
});
