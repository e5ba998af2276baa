// Memory against the rows of a batch: a straight line, and never a tensor of all rows by the whole vocabulary.
import { openModel } from "../data/modelFolder";
import { urlFolder } from "../data/urlSource";
import type { Gpu } from "../gpu/gpu";
import type { Listed } from "../gpu/ledger";
import { expectTrue, gpuTest } from "../gpu/testing/suite";
import type { TrainItem } from "./engine";
import { createGpuEngine } from "./gpuEngine";
import type { LoadedModel } from "./weightTypes";
import {
  createTraining,
  documents,
  fitLine,
  lora,
  smolLm2,
  trainingWork,
  wideVocabulary,
} from "./testing/memory";

const ROWS = [128, 256, 512, 1024, 2048];
/** Longest document the built-in model takes. */
const LONGEST = 512;
const mib = (bytes: number) => `${(bytes / 2 ** 20).toFixed(2)} MiB`;
const OPTIMIZER = { learningRate: 1e-3, beta1: 0.9, beta2: 0.95, epsilon: 1e-8, weightDecay: 0, clipNorm: 1 };

const tiny = () =>
  openModel(urlFolder(new URL("/models/tiny/", location.href).href, "tiny"), { tokenizer: false });

/** A real step and a scoring of the same rows: the peak above what was there, and every buffer but the weights. */
async function work(
  gpu: Gpu,
  model: LoadedModel,
  item: TrainItem,
): Promise<{ peak: number; buffers: Listed[] }> {
  const known = new Set(gpu.ledger.buffers());
  gpu.ledger.resetPeak();
  const before = gpu.ledger.peakBytes;
  const engine = await createGpuEngine(gpu, model, lora(8), { maxRows: item.batch.tokens.length });
  engine.initAdapter(1);
  const { skipped } = await engine.trainStep([item], OPTIMIZER);
  expectTrue(!skipped, "the step was taken");
  await engine.tokenStats(item.batch, item.head);
  const buffers = gpu.ledger.list((buffer) => !known.has(buffer));
  const peak = gpu.ledger.peakBytes - before;
  engine.dispose();
  return { peak, buffers: buffers.filter(({ purpose }) => purpose !== "weights") };
}

gpuTest(
  "memory: a real step and scoring peak on a straight line from 128 to 2,048 rows (built-in model)",
  async ({ gpu, note }) => {
    const model = await tiny();
    const peakOf = async (rows: number) =>
      (await work(gpu, model, documents(rows, model.config.vocab, Math.min(rows, LONGEST)))).peak;
    // The device's uniform and read-back buffers stay once they are made; they are no part of what grows.
    await peakOf(ROWS[0]);
    const peaks: number[] = [];
    for (const rows of ROWS) peaks.push(await peakOf(rows));
    const { fixed, slope, worst } = fitLine(ROWS, peaks);
    // Measured 0.004 to 0.01, from read-back buffers of rounded sizes. A tensor rows × rows would be 16 MiB at 2,048 rows.
    expectTrue(worst < 0.02, `peaks ${peaks.map(mib).join(", ")} lie ${100 * worst} % off a line`);
    expectTrue(slope > 0 && fixed > 0, `${fixed} bytes + ${slope} a row`);
    note(`${mib(fixed)} + ${(slope / 1024).toFixed(1)} KiB a row, at most ${(100 * worst).toFixed(2)} % off`);
  },
);

gpuTest(
  "memory: buffers of SmolLM2-135M lie on a straight line from 128 to 2,048 rows",
  async ({ gpu, note }) => {
    const model = smolLm2();
    const totals: number[] = [];
    for (const rows of ROWS)
      totals.push((await createTraining(gpu, model, lora(8), trainingWork(rows))).total);
    const { fixed, slope, worst } = fitLine(ROWS, totals);
    // Measured 0.0001. A single tensor rows × rows, 16 MiB at 2,048 rows, is over the limit.
    expectTrue(worst < 0.002, `totals ${totals.map(mib).join(", ")} lie ${100 * worst} % off a line`);
    note(`${mib(fixed)} + ${(slope / 1024).toFixed(1)} KiB a row, at most ${(100 * worst).toFixed(2)} % off`);
  },
);

gpuTest(
  "memory: no buffer has a logit for every row and token (20,000 tokens, 384 and 512 rows)",
  async ({ gpu, note }) => {
    const model = wideVocabulary();
    const { vocab } = model.config;
    const [less, more] = [384, 512];
    const small = await work(gpu, model, documents(less, vocab));
    const large = await work(gpu, model, documents(more, vocab));
    const [largest] = large.buffers;
    const whole = 4 * more * vocab;
    expectTrue(
      largest.bytes < whole / 4,
      `${largest.label} takes ${largest.bytes} bytes, rows × vocabulary ${whole}`,
    );
    // One more row may cost its activations, far less than its logits.
    const perRow = (large.peak - small.peak) / (more - less);
    expectTrue(perRow < (4 * vocab) / 4, `a row costs ${perRow} bytes, its logits alone ${4 * vocab}`);
    note(
      `largest ${largest.label}, ${mib(largest.bytes)}; rows × vocabulary ${mib(whole)}; ${(perRow / 1024).toFixed(1)} KiB a row`,
    );
  },
);
