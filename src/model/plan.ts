// GPU bytes before anything is created: the same tables the allocator uses, summed by purpose.
import type { WeightType } from "../gpu/weights";
import type { MemoryReport } from "../lib/memory";
import { adapterValues, blockPlan, headPlan, inputPlan, layerPlan, planBytes, sharedPlan } from "./buffers";
import type { AdapterConfig, DecoderConfig } from "../families/config";
import { weightBytes, type WeightChoice } from "./weightTypes";
import { paddedShape } from "./shape";

export interface PlannedWork {
  /** Rows and head rows of the largest training batch; 0 = no training. */
  trainRows: number;
  trainHead: number;
  /** Rows and head rows of the largest forward-only batch. */
  inferRows: number;
  inferHead: number;
  /** Cache rows and slots of decoding. */
  cacheRows: number;
  slots: number;
  positions: number;
  /** Keep only the inputs of blocks and compute the rest again going back. Default false. */
  recompute?: boolean;
  /** A reference adapter is kept. Default false. */
  reference?: boolean;
}

export const totalBytes = (report: MemoryReport): number =>
  Object.values(report).reduce((sum: number, bytes: number) => sum + bytes, 0);

const bucket = (n: number): number => Math.max(128, Math.ceil(n / 128) * 128);
const round16 = (bytes: number): number => Math.ceil(bytes / 16) * 16;

/** Bytes by purpose. `dtypeOf` says how a tensor is stored in the file. */
export function planMemory(
  config: DecoderConfig,
  adapter: AdapterConfig,
  work: PlannedWork,
  dtypeOf: (name: string) => WeightType = () => "bf16",
  choice: WeightChoice = "as-stored",
): MemoryReport {
  const shape = paddedShape(config);
  const report: MemoryReport = {
    weights: weightBytes(config, dtypeOf, choice),
    adapter: 0,
    moments: 0,
    activations: 0,
    scratch: 0,
    cache: 0,
  };
  const values = adapterValues(config, shape, adapter);
  report.adapter = (work.reference ? 4 : 2) * round16(4 * values);
  report.moments = 2 * round16(4 * values);
  const add = (rows: number, head: number, train: boolean) => {
    const [r, h] = [bucket(rows), bucket(head)];
    const lowest = Math.min(...(adapter.layers?.length ? adapter.layers : [0]));
    const blocks = blockPlan(config.layers, lowest, train, work.recompute ?? false);
    for (let set = 0; set < blocks.whole; set++) planBytes(layerPlan(config, shape, adapter, r), report);
    for (let input = 0; input < blocks.inputs; input++) planBytes(inputPlan(shape, r), report);
    planBytes(sharedPlan(config, shape, adapter, r, train), report);
    planBytes(headPlan(shape, r, h, train), report);
  };
  if (work.trainRows) add(work.trainRows, work.trainHead, true);
  if (work.inferRows) add(work.inferRows, work.inferHead, false);
  const positions = Math.min(
    config.maxPosition,
    Math.max(512, 2 ** Math.ceil(Math.log2(Math.max(1, work.positions)))),
  );
  report.scratch += round16(positions * 8 * 4 * Math.ceil(config.headDim / 8));
  if (work.slots) {
    report.cache += 2 * config.layers * round16(4 * shape.kv * work.cacheRows);
    report.scratch +=
      round16(work.slots * 32) +
      round16(work.slots * 16) +
      round16(4 * work.slots * 16) +
      round16(4 * work.slots * shape.vocab) +
      64;
  }
  report.scratch += 1024; // loss, status, partial norms
  return report;
}
