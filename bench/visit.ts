// One visit to the lab for the warm-start suite: the worker's own session loads the default model and makes short
// runs, while each pipeline that the device compiles is recorded with its start and duration.
import { preset } from "../src/config/presets";
import { REWARD_STORY } from "../src/config/recorded";
import { openFileStore } from "../src/data/library/fileStore";
import type { RunEvent } from "../src/lib/events";
import { openArchive } from "../src/worker/archive";
import { dispatch } from "../src/worker/commands";
import { EngineHost } from "../src/worker/engineHost";
import { Models } from "../src/worker/models";
import type { WorkerEvent } from "../src/worker/protocol";
import { Session } from "../src/worker/session";
import { hubAddress, rootAddress } from "../src/worker/sources";

const query = new URLSearchParams(location.search);
const post = (line: object) => fetch("/__lines", { method: "POST", body: JSON.stringify(line) });

/** What the page posts when it is done; `failed` says that its figures are worth nothing. */
export interface Visit {
  adapter: string;
  readyMs: number;
  pipelineMs: number;
  allPipelinesMs: number;
  prepared: number;
  builds: Build[];
  /** Kernels built up to the first step, and behind it, by run. */
  runs: Record<string, { firstStep: string[]; later: string[] }>;
  failed?: string;
}

interface Build {
  kernel: string;
  fromMs: number;
  tookMs: number;
}

/** Notes every pipeline of a device from now on. `alone`: one is begun when the one before is there. */
function watchBuilds(device: GPUDevice, alone: boolean): Build[] {
  const builds: Build[] = [];
  const build = device.createComputePipelineAsync.bind(device);
  let before: Promise<unknown> = Promise.resolve();
  const timed = async (descriptor: GPUComputePipelineDescriptor) => {
    const fromMs = performance.now();
    const made = await build(descriptor);
    builds.push({ kernel: descriptor.label ?? "", fromMs, tookMs: performance.now() - fromMs });
    return made;
  };
  device.createComputePipelineAsync = (descriptor) => {
    const building = alone ? before.then(() => timed(descriptor)) : timed(descriptor);
    before = building.catch(() => undefined);
    return building;
  };
  return builds;
}

/** EDCO in two rounds, METIS in two steps: scoring, decoding, supervised and policy training. */
const RUNS = {
  edco: { curriculum: { rounds: 2, perRound: 16 }, budget: { steps: 4 }, evaluation: { limit: 8 } },
  metis: {
    data: { train: "builtin:comm", test: "builtin:comm" },
    trainer: { kind: "grpo", samplesPerBatch: 2, rollouts: 4, maxNewTokens: 24, warmStartSteps: 2 },
    curriculum: preset(REWARD_STORY)?.config.curriculum,
    metis: { poolMultiplier: 2, memory: 3 },
    budget: { steps: 2 },
    evaluation: { limit: 8 },
  },
};

async function main(): Promise<Visit> {
  const root = rootAddress();
  const { archive } = await openArchive();
  const events: RunEvent[] = [];
  let failed: string | null = null;
  const hear = (event: WorkerEvent): void => {
    if (event.type === "run.events") events.push(...event.events);
    if (event.type === "failed") failed ??= event.message;
  };
  const address = hubAddress(archive.db, root);
  const models = new Models({ root, post: hear, store: openFileStore(), hubAddress: address });
  const host = new EngineHost(models, hear);
  const session = new Session({ root, host, models, archive, post: hear });
  const fromMs = performance.now();
  const gpu = await host.gpu();
  const builds = watchBuilds(gpu.device, query.has("alone"));
  await dispatch(session, { type: "model.prepare", requestId: "model", config: {} });
  const readyMs = performance.now() - fromMs;
  const { pipelineMs } = gpu;
  await host.prepared();
  const allPipelinesMs = gpu.pipelineMs;
  const prepared = builds.length;
  const runs: Visit["runs"] = {};
  for (const [runId, config] of Object.entries(query.has("runs") ? RUNS : {})) {
    const before = builds.length;
    events.length = 0;
    const runFromMs = performance.now();
    await dispatch(session, { type: "run.start", requestId: runId, runId, config, resume: false });
    const step = events.find((event) => event.type === "step.finished");
    if (!step) failed ??= `the run ${runId} made no step`;
    const own = builds.slice(before);
    const first = own.filter((b) => b.fromMs - runFromMs <= (step?.atMs ?? 0));
    runs[runId] = {
      firstStep: first.map((b) => b.kernel),
      later: own.slice(first.length).map((b) => b.kernel),
    };
  }
  return {
    adapter: gpu.info.description,
    readyMs,
    pipelineMs,
    allPipelinesMs,
    prepared,
    builds,
    runs,
    ...(failed === null ? {} : { failed }),
  };
}

void main()
  .catch((thrown: unknown) => ({ failed: thrown instanceof Error ? thrown.message : String(thrown) }))
  .then(post);
