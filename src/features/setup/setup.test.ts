import { describe, expect, it } from "vitest";
import { FIELDS } from "../../config/describe";
import { resolveConfig } from "../../config/resolve";
import { asLabError } from "../../lib/errors";
import { faultsOf, fromText, limitWords, sectionOf, sections, toText } from "./setup";

const field = (path: string) => {
  const found = FIELDS.find((candidate) => candidate.path === path);
  if (!found) throw new Error(`no field ${path}`);
  return found;
};

describe("the settings form", () => {
  it("has a section for every setting", () => {
    for (const one of FIELDS) expect(sections.map((section) => section.key)).toContain(sectionOf(one));
  });
  it("reads back what it shows, for every default", () => {
    for (const one of FIELDS) expect(fromText(one, toText(one.fallback)), one.path).toEqual(one.fallback);
  });
  it("leaves words that are no number to the schema, which names them", () => {
    expect(fromText(field("curriculum.rounds"), "five")).toBe("five");
    try {
      resolveConfig({ curriculum: { rounds: "five" } });
      expect.unreachable();
    } catch (thrown) {
      expect(faultsOf(asLabError(thrown).message)["curriculum.rounds"]).toContain('got "five"');
    }
  });
  it("says the limits with their unit", () => {
    expect(limitWords(field("evaluation.probes"))).toBe("0 to 64 prompts");
    expect(limitWords(field("curriculum.perRound"))).toBe("1 to 1,000,000 samples");
    expect(limitWords(field("budget.seconds"))).toBe("1 to 10,000,000 s; empty = off");
  });
});
