// The comparison itself must be able to fail: every way a produced tensor can be wrong is tried.
import { describe, expect, it } from "vitest";
import { compareAll, compareTensor, type HostTensor } from "./compare";

const want: HostTensor = { shape: [3], values: [1, -4, 2] };
const rule = { compare: "close", abs: 0.1, rel: 0.1 }; // allows 0.1 + 0.1 · 4 = 0.5

describe("close", () => {
  it.each([
    ["equal", [1, -4, 2], 0],
    ["half the tolerance", [1.25, -4, 2], 0.5],
    ["at the tolerance", [1, -4.5, 2], 1],
  ])("%s passes", (_, values, share) => {
    const got = compareTensor("x", { shape: [3], values }, want, rule);
    expect(got.message).toBe("");
    expect(got.share).toBeCloseTo(share, 12);
  });
  it.each([
    ["beyond the tolerance", { shape: [3], values: [1, -4, 2.51] }, "x[2] is 2.51"],
    ["not a number", { shape: [3], values: [NaN, -4, 2] }, "x[0] is NaN"],
    ["infinite", { shape: [3], values: [1, -Infinity, 2] }, "x[1] is -Infinity"],
    ["another shape", { shape: [3, 1], values: [1, -4, 2] }, "has shape [3, 1]"],
    ["too few values", { shape: [3], values: [1, -4] }, "has 2 values"],
    ["not produced", null, "was not produced"],
  ])("%s fails", (_, got, message) => {
    const result = compareTensor("x", got, want, rule);
    expect(result.message).toContain(message);
    expect(result.share).toBeGreaterThan(1);
  });
  it("allows nothing when no tolerance is given", () => {
    const exactly = { compare: "close" };
    expect(compareTensor("x", { shape: [1], values: [1] }, { shape: [1], values: [1] }, exactly).share).toBe(
      0,
    );
    expect(
      compareTensor("x", { shape: [1], values: [1.0001] }, { shape: [1], values: [1] }, exactly).share,
    ).toBe(Infinity);
  });
});

it("exact means equal", () => {
  const exact = { compare: "exact" };
  expect(
    compareTensor("x", { shape: [2], values: [1, 2] }, { shape: [2], values: [1, 2] }, exact).message,
  ).toBe("");
  expect(
    compareTensor("x", { shape: [2], values: [1, 3] }, { shape: [2], values: [1, 2] }, exact).message,
  ).toContain("x[1] is 3");
});

it("an unknown comparison fails", () => {
  expect(compareTensor("x", want, want, { compare: "similar" }).message).toContain("similar");
});

describe("a whole check", () => {
  const expected = new Map([
    ["grad/a", want],
    ["grad/b", want],
    ["loss", { shape: [1], values: [3] }],
  ]);
  const all = () => want;
  it("takes every tensor of a prefix", () => {
    const result = compareAll([{ ...rule, prefix: "grad/" }], expected, (name) =>
      name === "grad/b" ? null : want,
    );
    expect(result.message).toBe("grad/b was not produced");
  });
  it("fails on a prefix or a tensor that is not there, and on no expectation", () => {
    expect(compareAll([{ ...rule, prefix: "none/" }], expected, all).message).toContain("none/");
    expect(compareAll([{ ...rule, tensor: "lost" }], expected, all).message).toContain("lost is missing");
    expect(compareAll([], expected, all).share).toBe(Infinity);
    expect(compareAll([{ ...rule }], expected, all).share).toBe(Infinity);
  });
  it("reports the worst share", () => {
    const produced = (name: string) => ({
      shape: [3],
      values: name === "grad/a" ? [1.1, -4, 2] : [1.3, -4, 2],
    });
    expect(compareAll([{ ...rule, prefix: "grad/" }], expected, produced).share).toBeCloseTo(0.6, 9);
  });
});
