// The page of the bench: prepares the tasks of a suite, measures them in interleaved rounds and posts every value.
import { Gpu } from "../src/gpu/gpu";
import { KERNEL_TASKS } from "./kernels";
import { MODEL_TASKS } from "./model";
import type { PreparedTask } from "./task";

const query = new URLSearchParams(location.search);
const suite = query.get("suite");
const filter = query.get("filter") ?? "";
const rounds = Number(query.get("rounds") ?? 5);
const post = (line: object) => fetch("/__lines", { method: "POST", body: JSON.stringify(line) });
const reasonOf = (thrown: unknown) => (thrown instanceof Error ? thrown.message : String(thrown));

async function main(): Promise<void> {
  const gpu = await Gpu.open();
  await post({ type: "device", adapter: gpu.info.description });
  const ready: { name: object; prepared: PreparedTask }[] = [];
  for (const { prepare, ...name } of [...KERNEL_TASKS, ...MODEL_TASKS]) {
    if ((suite && name.suite !== suite) || !`${name.task} ${name.shape}`.includes(filter)) continue;
    try {
      ready.push({ name, prepared: await prepare(gpu) });
    } catch (thrown) {
      await post({ type: "failed", ...name, reason: reasonOf(thrown) });
    }
  }
  for (let round = 0; round < rounds; round++) {
    for (const { name, prepared } of ready) {
      try {
        await post({ type: "value", ...name, round, value: await prepared.measure() });
      } catch (thrown) {
        await post({ type: "failed", ...name, reason: reasonOf(thrown) });
      }
    }
  }
  for (const { prepared } of ready) prepared.dispose();
  gpu.dispose();
}

main()
  .catch((thrown: unknown) =>
    post({ type: "failed", suite: suite ?? "all", task: "bench", shape: "", reason: reasonOf(thrown) }),
  )
  .finally(() => post({ type: "end" }));
