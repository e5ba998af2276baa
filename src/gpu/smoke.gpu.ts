// The smallest kernel there is: does this device run a dispatch with a uniform, and leave the tail alone?
import { smokeCopy } from "../../shaders/probe/index";
import { defineKernel, fold } from "./kernel";
import { expectEqual, gpuTest, seeded } from "./testing/suite";

const kernel = defineKernel([smokeCopy]);

gpuTest.each([
  { why: "one value", count: 1, length: 1 },
  { why: "a ragged tail stays untouched", count: 1021, length: 1030 },
])("smoke copy: $why", async ({ gpu, input, output, count, length }) => {
  const values = seeded(3, length);
  const source = input(values, [length]);
  const to = output([length]);
  await gpu.run((rec) => rec.dispatch(kernel, { source, to, dims: { count } }, fold(Math.ceil(count / 64))));
  const want = values.map((v, i) => (i < count ? v : NaN));
  expectEqual(await gpu.readF32(to), want);
});
