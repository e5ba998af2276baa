// The page of the bench: prepares the tasks of a suite, measures them in interleaved rounds and posts every value.
import { Gpu } from "../src/gpu/gpu";
import { KERNEL_TASKS } from "./kernels";
import { MODEL_TASKS } from "./model";
import { SEPARATE, SHARED_TASKS } from "./shared";
import { MEMORY_TASKS } from "./memory";
import { SCORING_TASKS } from "./scoring";
import { ON_REQUEST, type BenchTask, type PreparedTask, type TaskName } from "./task";

const query = new URLSearchParams(location.search);
const suite = query.get("suite");
const filter = query.get("filter") ?? "";
const rounds = Number(query.get("rounds") ?? 5);
/** Where the peers' packages are served, "" = none. */
const peers = query.has("peers") ? new URL(query.get("peers") ?? "", location.href).href : "";
const post = (line: object) => fetch("/__lines", { method: "POST", body: JSON.stringify(line) });
const reasonOf = (thrown: unknown) => (thrown instanceof Error ? thrown.message : String(thrown));

/** Loaded only when asked for: a peer that cannot start costs its own rows and nothing else. */
async function peerTasks(): Promise<BenchTask[]> {
  const loaders = [
    async () => (await import("./peers/jax")).jaxTasks(peers),
    async () => (await import("./peers/tfjs")).tfjsTasks(peers),
    async () => (await import("./peers/ort")).ortTasks(peers),
    async () => (await import("./peers/transformers")).transformersTasks(peers),
  ];
  const found: BenchTask[] = [];
  for (const load of peers ? loaders : []) {
    try {
      found.push(...(await load()));
    } catch (thrown) {
      await post({ type: "skipped", task: "peer", shape: "", reason: reasonOf(thrown) });
    }
  }
  return found;
}

function wanted({ suite: own, task, shape }: TaskName): boolean {
  if (suite ? own !== suite : ON_REQUEST.includes(own)) return false;
  return task.startsWith("ceiling") || `${task} ${shape}`.includes(filter);
}

async function main(): Promise<void> {
  const gpu = await Gpu.open();
  await post({ type: "device", adapter: gpu.info.description });
  const ready: { name: TaskName; prepared: PreparedTask }[] = [];
  for (const { prepare, ...name } of [
    ...KERNEL_TASKS,
    ...MODEL_TASKS,
    ...SHARED_TASKS,
    ...SCORING_TASKS,
    ...MEMORY_TASKS,
    ...(await peerTasks()),
  ]) {
    if (!wanted(name)) continue;
    try {
      const prepared = await prepare(gpu);
      ready.push({ name, prepared });
      if (prepared.wrong) await post({ type: "wrong", ...name, reason: prepared.wrong });
    } catch (thrown) {
      const type = name.impl === "proximal" || name.impl === SEPARATE ? "failed" : "skipped";
      await post({ type, ...name, reason: reasonOf(thrown) });
    }
  }
  for (let round = 0; round < rounds; round++) {
    // Another task begins each round, so that none always follows the same one.
    const order = ready.map((_, i) => ready[(i + round) % ready.length]);
    for (const { name, prepared } of order) {
      try {
        const got = await prepared.measure(round);
        await post({
          type: "value",
          ...name,
          round,
          ...(typeof got === "number" ? { value: got } : { ...got, figure: true }),
        });
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
