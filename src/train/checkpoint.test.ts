// The checkpoint file: everything comes back to the bit, and damage is noticed.
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import type { AdapterState, TrainState } from "../model/engine";
import { crc32, decodeCheckpoint, encodeCheckpoint } from "./checkpoint";

const arrays: AdapterState = new Map([
  ["base_model.a.lora_A.weight", { shape: [1, 3], values: Float32Array.of(1e-40, -0, 3.4e38) }],
  ["base_model.a.lora_B.weight", { shape: [2, 1], values: Float32Array.of(0.1, -2) }],
]);
const train: TrainState = {
  adapter: arrays,
  firstMoment: new Map([["m", { shape: [1, 1], values: Float32Array.of(7) }]]),
  secondMoment: new Map(),
  optimizerStep: 12,
  variants: { "64×160": "quads" },
};

describe("checkpoint", () => {
  it("gives back what was put in, to the bit", () => {
    const got = decodeCheckpoint<{ word: string }>(encodeCheckpoint({ word: "müde 😴" }, train));
    expect(got.state).toEqual({ word: "müde 😴" });
    expect(got.train).toEqual(train);
    expect(Object.is(got.train.adapter.get("base_model.a.lora_A.weight")!.values[1], -0)).toBe(true);
  });

  it("gives back the reference adapter where there is one", () => {
    const reference: AdapterState = new Map([["r", { shape: [1, 2], values: Float32Array.of(-0, 1e-41) }]]);
    const got = decodeCheckpoint(encodeCheckpoint({}, { ...train, reference }));
    expect(got.train).toEqual({ ...train, reference });
    expect("reference" in decodeCheckpoint(encodeCheckpoint({}, train)).train).toBe(false);
  });

  it("reads from a window into a larger buffer", () => {
    const bytes = encodeCheckpoint({}, train);
    const larger = new Uint8Array(bytes.length + 3);
    larger.set(bytes, 3);
    expect(decodeCheckpoint(larger.subarray(3)).train).toEqual(train);
  });

  it("notices any changed byte and any cut", () => {
    const bytes = encodeCheckpoint({ round: 3 }, train);
    fc.assert(
      fc.property(fc.nat(bytes.length - 1), fc.integer({ min: 1, max: 255 }), (at, change) => {
        const damaged = bytes.slice();
        damaged[at] ^= change;
        expect(() => decodeCheckpoint(damaged)).toThrow("The checkpoint cannot be used");
        expect(() => decodeCheckpoint(bytes.subarray(0, at))).toThrow("The checkpoint cannot be used");
      }),
    );
  });

  it("computes the CRC-32 of zip files", () => {
    expect(crc32(new TextEncoder().encode("123456789"))).toBe(0xcbf43926);
  });
});
