// What the compiler and the recorder say to arguments that are not those of the WGSL. The functions that nobody calls are
// tests too: `tsc` fails where one of their marked lines compiles.
import { describe, expect, test } from "vitest";
import { attention, attentionBuffers } from "../../shaders/attention/index";
import { row } from "../../shaders/common/index";
import { shader } from "../../shaders/shader";
import { defineKernel, remembered, withOverrides, type ArgumentsOf, type Kernel } from "./kernel";
import { Recorder } from "./recorder";
import type { Tensor } from "./tensor";

const kernel = defineKernel([row, attentionBuffers, attention]);
type Taken = ArgumentsOf<[typeof row, typeof attentionBuffers, typeof attention]>;
const GRID = [1, 1, 1] as const;

export const swapped = (rec: Recorder, { q, k, v, rows, o, lse, dims }: Taken): void => {
  rec.dispatch(kernel, { q, k, v, rows, o, lse, dims }, GRID);
  // @ts-expect-error -- two buffers of the same access and element swapped
  rec.dispatch(kernel, { q, k: v, v: k, rows, o, lse, dims }, GRID);
  // @ts-expect-error -- an input where an output belongs
  rec.dispatch(kernel, { q, k, v, rows, o: q, lse, dims }, GRID);
  const { heads, kvHeads } = dims;
  // @ts-expect-error -- two fields of the same type swapped
  rec.dispatch(kernel, { q, k, v, rows, o, lse, dims: { ...dims, heads: kvHeads, kvHeads: heads } }, GRID);
};

export const incomplete = (rec: Recorder, taken: Taken, plain: Tensor): void => {
  // A value without a name fits everywhere: naming it is what binds it.
  rec.dispatch(kernel, { ...taken, k: plain, dims: { rows: 1, heads: 2, kvHeads: 1, scale: 0.5 } }, GRID);
  const { lse, ...rest } = taken;
  // @ts-expect-error -- a buffer is missing
  rec.dispatch(kernel, rest, GRID);
  // @ts-expect-error -- a field is missing
  rec.dispatch(kernel, { ...rest, lse, dims: { rows: 1, heads: 2, kvHeads: 1 } }, GRID);
  // @ts-expect-error -- a field that the WGSL does not have
  rec.dispatch(kernel, { ...taken, dims: { rows: 1, heads: 2, kvHeads: 1, scale: 0.5, width: 3 } }, GRID);
};

export const stands = (small: Kernel<{ x: Tensor }>, large: Kernel<{ x: Tensor; y: Tensor }>): unknown => {
  const more: Kernel<{ x: Tensor; y: Tensor }> = small;
  // @ts-expect-error -- a kernel that takes y does not stand where nobody hands it over
  const less: Kernel<{ x: Tensor }> = large;
  return [more, less];
};

const tensor = (label: string): Tensor => {
  // The recorder asks only whether there is a buffer.
  const buffer = { label } as GPUBuffer;
  return { id: 1, buffer, offset: 0, bytes: 4, shape: [1], dtype: "f32", label };
};
const two = shader(
  "@compute @workgroup_size(1)\nfn two() {}",
  { 1: ["y", "write", "f32"], 0: ["x", "read", "f32"] },
  [
    ["count", "u32"],
    ["scale", "f32"],
    ["shift", "i32"],
  ],
);

describe("a recorded dispatch", () => {
  test("has buffers and fields in the order of the WGSL, whatever the order of the call", () => {
    const rec = new Recorder();
    const dims = { shift: -2, scale: 0.5, count: 3 };
    rec.dispatch(defineKernel([two]), { dims, y: tensor("y"), x: tensor("x") }, GRID);
    const [command] = rec.commands;
    expect(command).toMatchObject({ kernel: { entry: "two" }, tensors: [{ label: "x" }, { label: "y" }] });
    expect(rec.uniforms[0]).toBe(3);
    expect(new Float32Array(rec.uniforms.buffer)[1]).toBe(0.5);
    expect(new Int32Array(rec.uniforms.buffer)[2]).toBe(-2);
  });

  test.each([
    { args: { x: tensor("x"), dims: { count: 1, scale: 1, shift: 1 } }, named: "binding y" },
    { args: { x: tensor("x"), y: tensor("y"), dims: { count: 1, scale: 1 } }, named: "dims.shift" },
    { args: { x: tensor("x"), y: tensor("y") }, named: "dims.count" },
  ])("names what a caller without types left out: $named", ({ args, named }) => {
    const rec = new Recorder();
    expect(() => Reflect.apply(rec.dispatch, rec, [defineKernel([two]), args, GRID])).toThrow(named);
  });
});

describe("defineKernel", () => {
  test("joins parts; of two names of a slot the first counts", () => {
    const wider = shader("fn wide() {}", { 0: ["x8", "read", "mat2x4f"], 2: ["z", "read", "f32"] }, []);
    const joined = defineKernel([two, wider, "// end"]);
    expect(joined.bindings.map(([name]) => name)).toEqual(["x", "y", "z"]);
    expect(joined.source).toBe(
      `${two.text}\n${wider.text}\n// end\n@group(1) @binding(0) var<uniform> dims: Dims;`,
    );
  });

  test("declares no dims where no part has any", () => {
    expect(defineKernel(["@compute @workgroup_size(1) fn none() {}"]).source).not.toContain("dims");
  });

  test("refuses parts without an entry point, and a slot without a buffer", () => {
    expect(() => defineKernel([row])).toThrow("@compute");
    const gap = shader(two.text, { 0: ["x", "read", "f32"], 2: ["y", "write", "f32"] }, []);
    expect(() => defineKernel([gap])).toThrow("two");
  });

  test("other overrides are another pipeline, the same ones are not", () => {
    const one = defineKernel([two], { overrides: { A: 1, B: 2 } });
    expect(withOverrides(one, { B: 3 }).key).not.toBe(one.key);
    expect(withOverrides(one, { B: 2, A: 1 }).key).toBe(one.key);
  });

  test("a variant is made once", () => {
    let made = 0;
    const variant = remembered((lanes: number, wide: boolean) => ({ lanes, wide, at: made++ }));
    expect([variant(1, true), variant(1, false), variant(1, true)].map(({ at }) => at)).toEqual([0, 1, 0]);
  });
});
