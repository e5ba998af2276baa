import { describe, expect, it } from "vitest";
import { bytes, count, duration, list, percent, plural, roughly, score, short } from "./format";

describe("format", () => {
  it("groups thousands and counts words", () => {
    expect(count(12060)).toBe("12,060");
    expect(plural(1, "pick")).toBe("1 pick");
    expect(plural(64, "pick")).toBe("64 picks");
    expect(list(["a", "b", "c"])).toBe("a, b and c");
  });
  it("gives every number its unit", () => {
    expect(percent(0.625, 1)).toBe("62.5 %");
    expect(score(1.234)).toBe("1.23 nats");
    expect(score(0.0421)).toBe("0.042 nats");
    expect(score(0.00318)).toBe("0.0032 nats");
    expect(score(0)).toBe("0.00 nats");
    expect(score(NaN)).toBe("not scored");
    expect(bytes(2_210_791)).toBe("2.2 MB");
    expect(bytes(512)).toBe("512 B");
  });
  it.each([
    [940, "0.9 s"],
    [40_000, "40 s"],
    [100_000, "1 min 40 s"],
    [119_700, "2 min"],
    [7_500_000, "2 h 5 min"],
  ])("says %d ms as %s", (ms, words) => expect(duration(ms)).toBe(words));
  it("guesses no finer than a guess can be", () => {
    expect(roughly(38_000)).toBe("40 s");
    expect(roughly(130_000)).toBe("2 min");
  });
  it("shortens axis numbers", () => {
    expect([999, 1500, 18_693, 2_500_000].map(short)).toEqual(["999", "1,500", "18.7k", "2.5M"]);
  });
});
