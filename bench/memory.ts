// GPU memory of a LoRA step: its peak during a real step beside the smallest possible; all buffers of batches from
// 128 to 2,048 rows, which must grow linearly; and the largest buffer beside the size of logits for every row.
import type { Gpu } from "../src/gpu/gpu";
import { createGpuEngine } from "../src/model/gpuEngine";
import type { AdamWStep } from "../src/model/engine";
import type { MemoryReport } from "../src/lib/memory";
import { createTraining, documents, fitLine, trainingWork, type Created } from "../src/model/testing/memory";
import { LORA_8, SUBJECTS, type Subject } from "./subjects";
import { seconds, type BenchTask, type Figure } from "./task";

const ROWS = [128, 256, 512, 1024, 2048];
/** What the issue asks for: a step at 512 rows, blocks kept and computed again. */
const BAR_ROWS = 512;
const PURPOSES = ["weights", "adapter", "moments", "activations", "scratch"] as const;
const MIB = 2 ** 20;
const mib = (bytes: number): string => `${(bytes / MIB).toFixed(1)} MiB`;

const OPTIMIZER: AdamWStep = {
  learningRate: 1e-3,
  beta1: 0.9,
  beta2: 0.95,
  epsilon: 1e-8,
  weightDecay: 0,
  clipNorm: 1,
};

interface Step {
  peak: number;
  bytes: MemoryReport;
  side: number;
  planned: MemoryReport;
  seconds: number;
}

/** One real step from an empty GPU: loading, the adapter, forward, backward, AdamW. */
async function runStep(gpu: Gpu, subject: Subject, rows: number, recompute: boolean): Promise<Step> {
  if (gpu.createdBytes > 0) throw new Error(`${gpu.createdBytes} bytes lie on the GPU before the step`);
  gpu.ledger.resetPeak();
  const model = await subject.open();
  const options = { maxRows: rows, ...(recompute ? { memoryLimit: 1 } : {}) };
  const engine = await createGpuEngine(gpu, model, LORA_8, options);
  try {
    engine.initAdapter(1);
    const item = documents(rows, model.config.vocab, Math.min(rows, subject.documentRows));
    const elapsed = await seconds(gpu, async () => {
      const { loss, skipped } = await engine.trainStep([item], OPTIMIZER);
      if (skipped || !Number.isFinite(loss)) throw new Error(`the step was skipped, loss ${loss}`);
    });
    return {
      peak: gpu.ledger.peakBytes,
      bytes: { ...gpu.bytes },
      side: gpu.ledger.sideBytes,
      planned: engine.memory().planned,
      seconds: elapsed,
    };
  } finally {
    engine.dispose();
  }
}

const shapeOf = (subject: Subject, rows: number | string): string =>
  `${subject.name}, T = ${rows.toLocaleString("en")}`;

function once<T>(make: (gpu: Gpu) => Promise<T>): (gpu: Gpu) => Promise<T> {
  let known: Promise<T> | null = null;
  return (gpu) => (known ??= make(gpu));
}

function figureTask(
  task: string,
  shape: string,
  unit: string,
  make: (gpu: Gpu) => Promise<Figure>,
): BenchTask {
  return {
    suite: "memory",
    task,
    shape,
    impl: "proximal",
    unit,
    prepare: async (gpu) => ({ measure: () => make(gpu), dispose: () => {} }),
  };
}

/** A step really run: its peak, the peak against what must be there, and where the bytes lie. */
function stepTasks(subject: Subject, rows: number, recompute: boolean): BenchTask[] {
  const step = once((gpu) => runStep(gpu, subject, rows, recompute));
  const how = recompute ? ", blocks computed again" : "";
  const shape = shapeOf(subject, rows);
  const task = (name: string, unit: string, figure: (step: Step) => Figure) =>
    figureTask(`step run${how}: ${name}`, shape, unit, async (gpu) => figure(await step(gpu)));
  return [
    task("peak", "MiB", ({ peak, bytes, side, seconds: s }) => ({
      value: peak / MIB,
      note: `${PURPOSES.map((purpose) => `${purpose} ${mib(bytes[purpose])}`).join(", ")}, uniforms and reads ${mib(side)}; ${s.toFixed(0)} s`,
    })),
    task("peak over weights, adapter, moments and saved activations", "×", ({ peak, planned }) => {
      const { weights, adapter, moments, activations } = planned;
      const must = weights + adapter + moments + activations;
      return {
        value: peak / must,
        note: `${mib(must)}; ${(peak / (must - adapter / 2)).toFixed(3)} × without the gradient`,
      };
    }),
  ];
}

/** Every buffer of a batch, created but not computed with: any size in no time. */
function createdTasks(subject: Subject): BenchTask[] {
  const created = ROWS.map((rows) =>
    once(async (gpu) => createTraining(gpu, await subject.open(), LORA_8, trainingWork(rows))),
  );
  const each = async (gpu: Gpu): Promise<Created[]> => {
    const all: Created[] = [];
    for (const make of created) all.push(await make(gpu));
    return all;
  };
  return [
    ...ROWS.flatMap((rows, i) =>
      [null, ...PURPOSES].map((purpose) =>
        figureTask(`created: ${purpose ?? "all"}`, shapeOf(subject, rows), "MiB", async (gpu) => {
          const { total, bytes } = await created[i](gpu);
          return { value: (purpose ? bytes[purpose] : total) / MIB };
        }),
      ),
    ),
    figureTask("created: farthest from a line in T", shapeOf(subject, "128 to 2,048"), "%", async (gpu) => {
      const { fixed, slope, worst } = fitLine(
        ROWS,
        (await each(gpu)).map(({ total }) => total),
      );
      return { value: 100 * worst, note: `${mib(fixed)} + T × ${(slope / 1024).toFixed(1)} KiB` };
    }),
    ...ROWS.map((rows, i) =>
      figureTask("largest buffer but the weights", shapeOf(subject, rows), "MiB", async (gpu) => {
        const { vocab } = (await subject.open()).config;
        const { buffers } = await created[i](gpu);
        const [largest] = buffers.filter(({ purpose }) => purpose !== "weights");
        const logits = buffers.find(({ label }) => label.includes("logits"));
        return {
          value: largest.bytes / MIB,
          note: `${largest.label}; logits ${mib(logits?.bytes ?? 0)}, T × V × 4 bytes would be ${mib(4 * rows * vocab)}`,
        };
      }),
    ),
  ];
}

export const MEMORY_TASKS: BenchTask[] = [SUBJECTS.builtIn, SUBJECTS.smolLm2].flatMap((subject) => [
  ...createdTasks(subject),
  ...ROWS.flatMap((rows) => stepTasks(subject, rows, false)),
  ...stepTasks(subject, BAR_ROWS, true),
]);
