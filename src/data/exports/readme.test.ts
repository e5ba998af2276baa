// What an exported adapter says of its base: a name that PEFT can load, or words that say how to find it.
import { describe, expect, it } from "vitest";
import type { AdapterConfig } from "../../families/config";
import { exportBase } from "./base";
import { adapterReadme } from "./readme";

const config: AdapterConfig = { rank: 4, alpha: 8, targets: ["q_proj"], useRslora: false, layers: null };
const readme = (source: string, revision: string | null = null) =>
  adapterReadme("first try", exportBase({ source, revision }), config, null);

describe("the base of an export", () => {
  it.each([
    ["Qwen/Qwen3-0.6B", "c1", "Qwen/Qwen3-0.6B", "c1"],
    ["/home/me/models/plain", null, "/home/me/models/plain", null],
    ["http://127.0.0.1:1/x/model/plain/", null, "http://127.0.0.1:1/x/model/plain/", null],
    ["builtin:tiny", null, null, null],
    ["library:plain", null, null, null],
    ["/home/me/plain-q8.gguf", null, null, null],
    ["Qwen/Qwen3-0.6B-GGUF/q8.gguf", "c1", null, null],
  ])("%s is %s", (source, revision, name, wanted) => {
    expect(exportBase({ source, revision })).toMatchObject({ name, revision: wanted });
  });
});

describe("an adapter's README", () => {
  it("loads the base of the hub at its commit", () => {
    const text = readme("Qwen/Qwen3-0.6B", "c1");
    expect(text).toContain("base_model: Qwen/Qwen3-0.6B\n");
    expect(text).toContain('base = "Qwen/Qwen3-0.6B"');
    expect(text).toContain('from_pretrained(base, revision="c1")');
    expect(text).not.toContain("names no base model");
  });

  it("says why there is no name, and what to do", () => {
    const text = readme("library:plain");
    expect(text).not.toContain("base_model:");
    expect(text).not.toContain("library:");
    expect(text).toContain("names no base model");
    expect(text).toContain("the model plain, which was imported from a disk");
    expect(text).toContain('base = "PATH OF THE BASE MODEL\'S FOLDER"');
    expect(readme("/tmp/plain.gguf")).toContain("use the adapter as GGUF");
  });

  it("names the folder that the base was read from", () => {
    const text = readme("/home/me/models/plain");
    expect(text).toContain('base = "/home/me/models/plain"');
    expect(text).not.toContain("base_model:");
  });
});
