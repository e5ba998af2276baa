// Pipelines are built once each, and those that no work asked for are known by name; the device here is a stand-in.
import { expect, it } from "vitest";
import type { Kernel } from "./kernel";
import { Pipelines } from "./pipelines";

const device = {
  createShaderModule: () => ({}),
  createBindGroupLayout: () => ({}),
  createPipelineLayout: () => ({}),
  createComputePipelineAsync: () => Promise.resolve({}),
} as unknown as GPUDevice;
const kernel = (key: string): Kernel => ({ key, entry: key, source: "", bindings: [], dims: [] }) as never;

it("builds each kernel once and names those that never ran", async () => {
  const pipelines = new Pipelines(device);
  const [add, matmul] = [kernel("add"), kernel("matmul")];
  await Promise.all([pipelines.prepare([add, matmul]), pipelines.prepare([matmul])]);
  expect(pipelines.built).toBe(2);
  expect(pipelines.unused).toEqual(["add", "matmul"]);
  pipelines.of(matmul);
  expect(pipelines.unused).toEqual(["add"]);
  await pipelines.prepare([add, matmul]);
  pipelines.of(add);
  expect(pipelines.unused).toEqual([]);
  expect(pipelines.built).toBe(2);
});
