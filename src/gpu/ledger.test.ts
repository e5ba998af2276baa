// The ledger of GPU memory: sums by purpose, and a peak that stays when buffers go.
import { describe, expect, it } from "vitest";
import { Ledger } from "./ledger";

const buffer = (label: string, size: number) => ({ label, size });

describe("Ledger", () => {
  it("keeps the peak after buffers are gone, and counts uniforms and reads beside the tensors", () => {
    const ledger = new Ledger();
    const [weights, scratch, read] = [buffer("w", 64), buffer("s", 32), buffer("staging", 16)];
    ledger.add(weights, "weights");
    ledger.add(scratch, "scratch");
    expect(ledger.remove(scratch)).toBe(true);
    ledger.add(read, "side");
    expect(ledger.bytes).toMatchObject({ weights: 64, scratch: 0 });
    expect([ledger.createdBytes, ledger.sideBytes, ledger.peakBytes]).toEqual([64, 16, 96]);
    ledger.resetPeak();
    expect(ledger.peakBytes).toBe(80);
    ledger.add(scratch, "scratch");
    expect(ledger.peakBytes).toBe(112);
  });

  it("takes a buffer out once", () => {
    const ledger = new Ledger();
    const shared = ledger.add(buffer("a", 48), "cache");
    expect([ledger.remove(shared), ledger.remove(shared)]).toEqual([true, false]);
    expect(ledger.bytes.cache).toBe(0);
  });

  it("lists buffers from the largest", () => {
    const ledger = new Ledger();
    ledger.add(buffer("small", 16), "scratch");
    ledger.add(buffer("large", 160), "weights");
    expect(ledger.list()).toEqual([
      { label: "large", purpose: "weights", bytes: 160 },
      { label: "small", purpose: "scratch", bytes: 16 },
    ]);
  });
});
