// The helper that writes lines of WGSL out, and what the generators make of it.
import { expect, test } from "vitest";
import { loraGradXaLoops } from "../../shaders/lora/lora_grad_xa";
import { matmulRegisterLoops } from "../../shaders/matmul/matmul_register";
import { unroll } from "../../shaders/unroll";

test("repeats a text with its number for every #", () => {
  expect(unroll(3, "c# += x[#];")).toBe("c0 += x[0];\nc1 += x[1];\nc2 += x[2];");
  expect(unroll(0, "c#;")).toBe("");
});

test("leaves no # behind: WGSL knows none", () => {
  for (const joins of ["none", "one", "split"] as const)
    expect(matmulRegisterLoops(joins)).not.toContain("#");
  expect(loraGradXaLoops()).not.toContain("#");
});

test("names the adapters only where one joins", () => {
  const adapters = (joins: "none" | "one" | "split") =>
    ["lora_block", "slot0 + r", "slot1 + r"].map((what) => matmulRegisterLoops(joins).includes(what));
  expect(adapters("none")).toEqual([false, false, false]);
  expect(adapters("one")).toEqual([true, true, false]);
  expect(adapters("split")).toEqual([true, true, true]);
});
