// Times of single kernels from timestamp queries: what a person opens as a trace, and what tuning looks at.
import type { Dispatch } from "./recorder";

/** One timed dispatch. */
export interface KernelSpan {
  kernel: string;
  grid: readonly [number, number, number];
  /** Multiply-adds, roughly. */
  cost: number;
  /** ms on the GPU's clock. */
  startMs: number;
  durationMs: number;
}

const CAPACITY = 2048; // queries of one set: the limit every device has is 4,096

export class Profiler {
  readonly spans: KernelSpan[] = [];
  private readonly queries: GPUQuerySet;
  private readonly resolved: GPUBuffer;
  private readonly mapped: GPUBuffer;
  private pending: Dispatch[] = [];

  /** @throws when the device has no timestamp-query. */
  constructor(private readonly device: GPUDevice) {
    this.queries = device.createQuerySet({ type: "timestamp", count: CAPACITY });
    this.resolved = device.createBuffer({ label: "timestamps", size: CAPACITY * 8, usage: 0x200 | 0x4 });
    this.mapped = device.createBuffer({ label: "timestamps read", size: CAPACITY * 8, usage: 0x1 | 0x8 });
  }

  /** Where this dispatch writes its two stamps; null once a submission holds more than the set takes. */
  writes(dispatch: Dispatch): GPUComputePassTimestampWrites | null {
    const at = 2 * this.pending.length;
    if (at + 2 > CAPACITY) return null;
    this.pending.push(dispatch);
    return { querySet: this.queries, beginningOfPassWriteIndex: at, endOfPassWriteIndex: at + 1 };
  }

  /** Reads the stamps of what was just submitted. */
  async collect(): Promise<void> {
    const count = 2 * this.pending.length;
    if (!count) return;
    const encoder = this.device.createCommandEncoder();
    encoder.resolveQuerySet(this.queries, 0, count, this.resolved, 0);
    encoder.copyBufferToBuffer(this.resolved, 0, this.mapped, 0, count * 8);
    this.device.queue.submit([encoder.finish()]);
    await this.mapped.mapAsync(1, 0, count * 8);
    const stamps = new BigUint64Array(this.mapped.getMappedRange(0, count * 8));
    this.pending.forEach((dispatch, i) => {
      const [start, end] = [Number(stamps[2 * i]) / 1e6, Number(stamps[2 * i + 1]) / 1e6];
      const { entry } = dispatch.kernel;
      this.spans.push({
        kernel: entry,
        grid: dispatch.grid,
        cost: dispatch.cost,
        startMs: start,
        durationMs: end - start,
      });
    });
    this.mapped.unmap();
    this.pending = [];
  }

  /** Total ms, count and multiply-adds by kernel, longest first. */
  summary(): { kernel: string; ms: number; count: number; cost: number }[] {
    const rows = new Map<string, { kernel: string; ms: number; count: number; cost: number }>();
    for (const span of this.spans) {
      const row = rows.get(span.kernel) ?? { kernel: span.kernel, ms: 0, count: 0, cost: 0 };
      row.ms += span.durationMs;
      row.count += 1;
      row.cost += span.cost;
      rows.set(span.kernel, row);
    }
    return [...rows.values()].sort((a, b) => b.ms - a.ms);
  }

  dispose(): void {
    this.queries.destroy();
    this.resolved.destroy();
    this.mapped.destroy();
  }
}
