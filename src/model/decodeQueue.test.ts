// Laying prompts over cache and slots, and handing out tokens, without a GPU: the words a burst would bring are made up.
import { describe, expect, it } from "vitest";
import { DRAW_WORDS, NO_TOKEN } from "../gpu/kernels/sample";
import { DecodeQueue, planDecode } from "./decodeQueue";
import type { GenerateOptions, GenerateRequest } from "./engine";

const request = (length: number, rollouts = 1): GenerateRequest => ({
  prompt: Uint32Array.from({ length }, (_, i) => i),
  key: length,
  rollouts,
});
const options = (more: Partial<GenerateOptions> = {}): GenerateOptions => ({
  ...{ maxNewTokens: 6, stopTokens: [9], temperature: 0, topK: 0, topP: 1, seed: 1 },
  ...more,
});
const LIMITS = { slots: 4, cacheRows: 1000, maxPosition: 64 };

/** The words of a burst in which slot i draws `draw(i)`, or nothing more from then on. */
function words(slots: number, steps: number, draw: (slot: number, step: number) => number): Uint32Array {
  const out = new Uint32Array(slots * steps * DRAW_WORDS);
  for (let step = 0; step < steps; step++)
    for (let slot = 0; slot < slots; slot++) out[(step * slots + slot) * DRAW_WORDS] = draw(slot, step);
  return out;
}

describe("planDecode", () => {
  it("gives each prompt a region for its longest answer, as many as the cache holds", () => {
    const requests = [request(5, 2), request(9, 2), request(3, 2)];
    expect(planDecode(requests, options(), LIMITS)).toMatchObject({
      ...{ shared: 0, unitRows: 9 + 12, regions: 3, slots: 4, total: 6, longest: 9 },
    });
    expect(planDecode(requests, options(), { ...LIMITS, cacheRows: 40 })).toMatchObject({
      regions: 1,
      slots: 2,
    });
  });

  it("refuses what cannot be continued", () => {
    expect(() => planDecode([request(0)], options(), LIMITS)).toThrow("A prompt of 0 tokens");
    expect(() => planDecode([request(4)], options({ sharedPrefix: 4 }), LIMITS)).toThrow("shared prefix 4");
    expect(() => planDecode([request(4, 2)], options({ sharedPrefix: 2 }), LIMITS)).toThrow("one rollout");
    expect(() => planDecode([request(60)], options(), LIMITS)).toThrow("64 positions");
    expect(planDecode([], options(), LIMITS).units).toEqual([]);
  });
});

describe("DecodeQueue", () => {
  it("refills the slot and the region of a sequence that ended, and returns answers in order", () => {
    const requests = [request(3), request(4), request(5)];
    const plan = planDecode(requests, options(), { ...LIMITS, slots: 2 });
    const queue = new DecodeQueue(plan, options());
    expect(queue.admit().map(({ index }) => index)).toEqual([0, 1]);
    expect(queue.nextSteps()).toBe(2);
    // The first one stops at its second token; what the GPU marks as past the end is not taken.
    queue.take(
      words(2, 2, (slot, step) => (slot === 0 ? [7, 9][step] : 5)),
      2,
      false,
    );
    expect(queue.live.map(({ unit }) => unit.index)).toEqual([1]);
    const [arrived] = queue.admit();
    expect([arrived.index, arrived.region]).toEqual([2, plan.units[0].region]);
    queue.take(
      words(2, 4, (slot, step) => (slot === 1 && step > 0 ? NO_TOKEN : slot === 1 ? 9 : 5)),
      4,
      false,
    );
    expect(queue.unfinished).toBe(false);
    expect(queue.sorted().map(({ request: of, tokens, stopped }) => [of, [...tokens], stopped])).toEqual([
      [0, [7, 9], true],
      [1, [5, 5, 5, 5, 5, 5], false],
      [2, [9], true],
    ]);
  });

  it("submits ahead only after calm bursts, never past the end", () => {
    const queue = new DecodeQueue(
      planDecode([request(3)], options({ stopTokens: [] }), LIMITS),
      options({ stopTokens: [] }),
    );
    queue.admit();
    expect([queue.nextSteps(), queue.stepsBehind(4), queue.stepsBehind(6)]).toEqual([4, 2, 0]);
    const careful = new DecodeQueue(planDecode([request(3)], options(), LIMITS), options());
    careful.admit();
    expect(careful.stepsBehind(2)).toBe(0);
  });
});
