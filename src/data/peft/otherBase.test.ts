// An adapter on another model than its own is told in one sentence; the same model under another name is not.
import { describe, expect, it } from "vitest";
import { identityIn, otherBase, shortName } from "./otherBase";

const hash = "ab".repeat(32);
const rows = { name: "needle", rows: 3, hash };
const identity = { train: rows, test: rows, weights: { name: "tiny", hash }, code: "0.1.0" };
const model = { name: "tiny", source: "builtin:tiny", hash: async () => hash };

describe("an adapter's own model", () => {
  it.each([
    ["Qwen/Qwen3-0.6B", "library:Qwen3-0.6B"],
    ["/home/me/models/Qwen3-0.6B/", "Qwen/Qwen3-0.6B"],
    ["C:\\models\\Qwen3-0.6B", "qwen/qwen3-0.6b"],
    ["/x/hub/models--Qwen--Qwen3-0.6B/snapshots/c1899de2", "Qwen3-0.6B-Q8_0.gguf"],
    ["unsloth/Qwen3-0.6B-GGUF", "http://127.0.0.1:80/t/model/Qwen3-0.6B/"],
  ])("%s is %s", (one, other) => {
    expect(shortName(one)).toBe(shortName(other));
  });

  it("is known by the weights first, then by the name", async () => {
    expect(await otherBase({ baseModel: "someone/else", identity }, model)).toBeNull();
    expect(await otherBase({ baseModel: "me/tiny", identity: null }, model)).toBeNull();
    expect(await otherBase({ baseModel: "", identity: null }, model)).toBeNull();
  });
});

describe("another model", () => {
  it("is named as the file names it", async () => {
    const said = await otherBase({ baseModel: "someone/other-model-7B", identity: null }, model);
    expect(said).toMatch(/^The adapter was made for someone\/other-model-7B, and this model is tiny: .*\.$/);
    expect(shortName("Qwen3-0.6B")).not.toBe(shortName("Qwen3-1.7B"));
  });

  it("is known by its weights, though the name is the same", async () => {
    const other = { ...model, hash: async () => "cd".repeat(32) };
    const said = await otherBase({ baseModel: "me/tiny", identity }, other);
    expect(said).toContain("on tiny (files’ SHA-256 abababab…), and tiny is cdcdcdcd…");
  });
});

describe("what a weight file says of its run", () => {
  it("is read where it is whole", () => {
    expect(identityIn({ proximal: JSON.stringify(identity) })).toEqual(identity);
    expect(identityIn({ format: "pt" })).toBeNull();
    for (const text of ["{", "null", "[]", JSON.stringify({ ...identity, weights: { name: "x" } })])
      expect(identityIn({ proximal: text })).toBeNull();
  });
});
