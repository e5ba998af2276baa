// What is said to fit does fit, and one more of it does not.
import { describe, expect, it } from "vitest";
import { resolveConfig } from "../config/resolve";
import { openModel } from "../data/modelFolder";
import { nodeFolder } from "../data/testing/nodeFolder";
import { fittingIn, memoryAdvice, plannedMemory, totalBytes } from "./plan";

const model = await openModel(nodeFolder("public/models/tiny"));
const config = resolveConfig({ adapter: { rank: 64 }, trainer: { samplesPerBatch: 16 } });
const bytesWith = (rank: number, samples: number, limit: number): number =>
  totalBytes(
    plannedMemory(
      {
        ...config,
        adapter: { ...config.adapter, rank },
        trainer: { ...config.trainer, samplesPerBatch: samples },
      },
      model,
      64,
      limit,
    ),
  );
const present = totalBytes(plannedMemory(config, model, 64, 0));

describe("what would make a config fit", () => {
  it("is nothing where it fits", () => {
    const fit = fittingIn(present, config, model);
    expect(fit).toMatchObject({ fits: true, rank: null, tokens: null });
    expect(memoryAdvice(plannedMemory(config, model), present, fit)).toMatch(/^Fits: about \d+ MiB/);
  });

  it.each([0.999, 0.97, 0.9])("names the highest rank and batch at %d of the bytes", (share) => {
    const limit = share * present;
    const { fits, rank, samples, tokens } = fittingIn(limit, config, model);
    expect(fits).toBe(false);
    expect(rank).not.toBeNull();
    expect(bytesWith(rank!, 16, limit)).toBeLessThanOrEqual(limit);
    expect(bytesWith(rank! + 1, 16, limit)).toBeGreaterThan(limit);
    if (samples === null) return;
    expect(tokens).toBe(64 * samples);
    expect(bytesWith(64, samples, limit)).toBeLessThanOrEqual(limit);
    expect(bytesWith(64, samples + 1, limit)).toBeGreaterThan(limit);
  });

  it("is a smaller model where nothing helps", () => {
    const fit = fittingIn(1_000_000, config, model);
    expect(fit).toEqual({ fits: false, rank: null, tokens: null, samples: null, weights: null });
    expect(memoryAdvice(plannedMemory(config, model), 1_000_000, fit)).toContain("take a smaller model");
  });
});
