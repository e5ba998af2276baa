// Adapters of the library: one put into a larger engine computes the same product, and PEFT's files go in and come out.
import "fake-indexeddb/auto";
import { describe, expect, it } from "vitest";
import { listAdapters, openLabDb } from "../data/db";
import { memoryFolder } from "../data/files";
import { writeAdapter } from "../data/peft";
import { nodeFolder } from "../data/testing/nodeFolder";
import { loadModelConfig } from "../data/modelConfig";
import { linearShape, scaleOf, type AdapterConfig } from "../families/config";
import type { AdapterState } from "../model/engine";
import { loraName } from "../data/peft";
import { fitInto, importAdapter, neededAdapter, roomyShape } from "./adapters";

const base = await loadModelConfig(nodeFolder("public/models/tiny"));

/** Factors that are all different, so that a row or column in the wrong place shows. */
function stateOf({ rank, targets, layers }: AdapterConfig): AdapterState {
  const state: AdapterState = new Map();
  let next = 1;
  for (const layer of layers ?? [0, 1, 2, 3])
    for (const linear of targets) {
      const [out, input] = linearShape(base, linear);
      for (const [factor, shape] of [["A", [rank, input]] as const, ["B", [out, rank]] as const]) {
        const values = Float32Array.from({ length: shape[0] * shape[1] }, () => Math.sin(next++));
        state.set(loraName(layer, linear, factor), { shape: [shape[0], shape[1]], values });
      }
    }
  return state;
}

/** scale · B · A at one place. */
function product(config: AdapterConfig, state: AdapterState, row: number, column: number): number {
  const a = state.get(loraName(1, "v_proj", "A"))!;
  const b = state.get(loraName(1, "v_proj", "B"))!;
  let sum = 0;
  for (let k = 0; k < config.rank; k++)
    sum += b.values[row * b.shape[1] + k] * a.values[k * a.shape[1] + column];
  return scaleOf(config) * sum;
}

const small: AdapterConfig = {
  rank: 3,
  alpha: 12,
  targets: ["q_proj", "v_proj"],
  useRslora: true,
  layers: [1, 2],
};

describe("an adapter in an engine made for another", () => {
  it("computes the same product, with zeros where it adapts nothing", () => {
    const roomy = roomyShape(8);
    const own = stateOf(small);
    const fitted = fitInto(roomy, stateOf(roomy), small, own)!;
    for (const [row, column] of [
      [0, 0],
      [5, 17],
      [63, 159],
    ])
      expect(product(roomy, fitted, row, column)).toBeCloseTo(product(small, own, row, column), 5);
    expect(fitted.size).toBe(4 * 7 * 2);
    expect(fitted.get(loraName(0, "q_proj", "A"))!.values.every((value) => value === 0)).toBe(true);
    expect(fitted.get(loraName(1, "up_proj", "B"))!.values.every((value) => value === 0)).toBe(true);
  });

  it("keeps its bits in an engine of its own shape", () => {
    const own = stateOf(small);
    expect(fitInto(small, own, small, own)).toEqual(own);
  });

  it("has no place where rank, layers or modules are too few", () => {
    const own = stateOf(small);
    const shapes = (change: Partial<AdapterConfig>) => {
      const engine = { ...small, ...change };
      return fitInto(engine, stateOf(engine), small, own);
    };
    expect(shapes({ rank: 2 })).toBeNull();
    expect(shapes({ layers: [1] })).toBeNull();
    expect(shapes({ targets: ["q_proj"] })).toBeNull();
    expect(shapes({ rank: 4 })).not.toBeNull();
  });
});

describe("PEFT's files", () => {
  const model = { source: "builtin:tiny", revision: null };
  const files = (change: (json: Record<string, unknown>) => void = () => {}) => {
    const content = new Map(
      writeAdapter(small, stateOf(small), "tiny").map(({ name, bytes }) => [name, bytes]),
    );
    const json = JSON.parse(new TextDecoder().decode(content.get("adapter_config.json"))) as Record<
      string,
      unknown
    >;
    change(json);
    content.set("adapter_config.json", new TextEncoder().encode(JSON.stringify(json)));
    return memoryFolder("from peft", content);
  };

  it("go into the library as they are", async () => {
    const db = await openLabDb("adapters-test");
    await importAdapter(db, files(), { config: base, model }, "a1");
    const { record, state } = await neededAdapter(db, "a1");
    expect(record).toMatchObject({ name: "from peft", runId: null, model: "builtin:tiny", config: small });
    expect(state).toEqual(stateOf(small));
  });

  it("keep the name of their own model, and say where it is another", async () => {
    const db = await openLabDb("adapters-other");
    const other = files((json) => (json.base_model_name_or_path = "someone/other-7B"));
    const present = { name: "tiny", source: "builtin:tiny", hash: async () => "" };
    const record = await importAdapter(db, other, { config: base, model, present }, "a3");
    expect(record.baseModel).toBe("someone/other-7B");
    expect(record.notes).toEqual([expect.stringContaining("made for someone/other-7B")]);
    const own = await importAdapter(db, files(), { config: base, model, present }, "a4");
    expect(own.notes).toBeUndefined();
  });

  it("leave the library as it was when they do not fit", async () => {
    const db = await openLabDb("adapters-refused");
    const wrong = files((json) => (json.r = 5));
    await expect(importAdapter(db, wrong, { config: base, model }, "a2")).rejects.toMatchObject({
      code: "adapter",
    });
    expect(await listAdapters(db)).toEqual([]);
    await expect(neededAdapter(db, "a2")).rejects.toThrow("not in this browser's library");
  });
});
