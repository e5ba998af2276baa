import { describe, expect, it } from "vitest";
import { browserOf, canRun, checksOf, type Probe } from "./checks";

const good: Probe = {
  secure: true,
  gpu: true,
  adapter: { name: "apple", software: false, f16: true, subgroups: true, maxBufferBytes: 2 ** 30 },
  storageBytes: 2 ** 32,
  browser: "chromium",
};

describe("checks", () => {
  it("let a good browser run", () => {
    expect(canRun(checksOf(good))).toBe(true);
    expect(checksOf(good).every((check) => check.state === "yes")).toBe(true);
  });
  it("do without subgroups, half precision and hardware", () => {
    const slow = {
      ...good,
      adapter: { name: "swiftshader", software: true, f16: false, subgroups: false, maxBufferBytes: 2 ** 30 },
    };
    expect(canRun(checksOf(slow))).toBe(true);
    expect(checksOf(slow).filter((check) => check.state === "slow")).toHaveLength(3);
  });
  it.each([
    [{ gpu: false, adapter: null }, "webgpu"],
    [{ adapter: null }, "adapter"],
    [{ secure: false }, "secure"],
    [{ storageBytes: 1000 }, "storage"],
  ] as [Partial<Probe>, string][])("name what is missing: %o", (change, id) => {
    const missing = checksOf({ ...good, ...change }).filter((check) => check.state === "missing");
    expect(missing.map((check) => check.id)).toEqual([id]);
    expect(missing[0].howTo.length).toBeGreaterThan(20);
  });
  it("know the browsers apart", () => {
    expect(browserOf("Mozilla/5.0 Chrome/156 Safari/537.36")).toBe("chromium");
    expect(browserOf("Mozilla/5.0 Gecko/20100101 Firefox/153.0")).toBe("firefox");
    expect(browserOf("Mozilla/5.0 Version/26.0 Safari/605.1.15")).toBe("safari");
  });
});
