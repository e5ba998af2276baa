// How a model of the library is named in the settings, and that taking one leaves the other settings alone.
import { beforeEach, describe, expect, it, vi } from "vitest";
import { lab } from "../../store/lab";
import { BUILT_IN, isPresent, settingsOf, takeModel } from "./models";

vi.mock("../../store/url", () => ({ writeUrl: () => undefined, readUrl: () => ({}) }));

const hub = { modelId: "lab--tiny@abc", name: "lab/tiny", origin: "hub" as const, revision: "abc" };
const file = { modelId: "mine-1", name: "mine.gguf", origin: "file" as const, revision: null };

beforeEach(() => lab.setState({ changes: { "adapter.rank": 4 }, past: [] }));

describe("a model in the settings", () => {
  it("is named by hub id and commit, or by its place in the library", () => {
    expect(settingsOf(BUILT_IN)).toEqual({ source: "builtin:tiny", revision: null });
    expect(settingsOf(hub)).toEqual({ source: "lab/tiny", revision: "abc" });
    expect(settingsOf(file)).toEqual({ source: "library:mine-1", revision: null });
  });

  it.each([
    ["hub", hub],
    ["file", file],
    ["built in", BUILT_IN],
  ])("is present once taken, and no other is: %s", (_, model) => {
    takeModel(model);
    const { changes } = lab.getState();
    expect(changes["adapter.rank"]).toBe(4);
    expect([hub, file, BUILT_IN].filter((one) => isPresent(changes, one))).toEqual([model]);
  });

  it("is the built-in one where nothing is said, and another revision is another model", () => {
    expect(isPresent({}, BUILT_IN)).toBe(true);
    expect(isPresent({ "model.source": "lab/tiny", "model.revision": "def" }, hub)).toBe(false);
  });

  it("leaves no trace of the model before", () => {
    takeModel(hub);
    takeModel(BUILT_IN);
    expect(lab.getState().changes).toEqual({ "adapter.rank": 4 });
  });
});
