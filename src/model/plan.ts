// Plans GPU memory before anything is created: the sizes of the allocator's own tables, summed by purpose.
import type { WeightType } from "../gpu/weights";
import type { MemoryReport } from "../lib/memory";
import {
  adapterValues,
  blockPlan,
  cachePlan,
  headPlan,
  inputPlan,
  layerPlan,
  planBytes,
  ropePlan,
  ropeRows,
  sharedPlan,
  slotPlan,
} from "./buffers";
import type { AdapterConfig, DecoderConfig } from "../families/config";
import { weightBytes, type WeightChoice } from "./weightTypes";
import { paddedShape } from "./shape";

/** Default limits of an engine: rows of a batch, sequences that decode together, bytes of the cache. */
export const ENGINE_LIMITS = { maxRows: 512, slots: 64, cacheBytes: 256 * 2 ** 20 } as const;

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
  /** Keep only the inputs of blocks and compute the rest again in the backward pass. Default false. */
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
  planBytes(ropePlan(config, ropeRows(config, work.positions)), report);
  if (work.slots) {
    for (let layer = 0; layer < config.layers; layer++) planBytes(cachePlan(shape, work.cacheRows), report);
    planBytes(slotPlan(shape, work.slots), report);
  }
  report.scratch += 1024; // loss, status, partial norms
  return report;
}
