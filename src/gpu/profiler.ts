// Measures the time of single kernels with GPU timestamp queries, for traces and for tuning.
import type { KernelTime } from "../lib/profile";
import type { Dispatch } from "./recorder";

/** Queries of one set: the limit every device has is 4,096. Further sets are made as they are needed. */
const CAPACITY = 2048;
/** Sets at most: 16,384 timed kernels a step. */
const MOST_SETS = 16;

interface Stamps {
  queries: GPUQuerySet;
  resolved: GPUBuffer;
  mapped: GPUBuffer;
}

interface Timed {
  dispatch: Dispatch;
  submission: number;
}

export class Profiler {
  /** ns of the GPU's clock at the first stamp. */
  private origin: bigint | null = null;
  readonly kernels: KernelTime[] = [];
  /** Dispatches that found no room for their stamps. */
  untimed = 0;
  private submission = 0;
  private readonly sets: Stamps[] = [];
  private pending: Timed[] = [];

  /** @throws when the device has no timestamp-query. */
  constructor(private readonly device: GPUDevice) {
    this.grow();
  }

  private grow(): void {
    const { device } = this;
    this.sets.push({
      queries: device.createQuerySet({ type: "timestamp", count: CAPACITY }),
      resolved: device.createBuffer({ label: "timestamps", size: CAPACITY * 8, usage: 0x200 | 0x4 }),
      mapped: device.createBuffer({ label: "timestamps read", size: CAPACITY * 8, usage: 0x1 | 0x8 }),
    });
  }

  /** Where this dispatch writes its two stamps; null where there is no room for them. */
  writes(dispatch: Dispatch): GPUComputePassTimestampWrites | null {
    const at = 2 * this.pending.length;
    const set = Math.floor(at / CAPACITY);
    if (set >= MOST_SETS) {
      this.untimed++;
      return null;
    }
    if (set >= this.sets.length) this.grow();
    this.pending.push({ dispatch, submission: this.submission });
    const first = at % CAPACITY;
    return {
      querySet: this.sets[set].queries,
      beginningOfPassWriteIndex: first,
      endOfPassWriteIndex: first + 1,
    };
  }

  /** What follows is part of the next submission. */
  cut(): void {
    this.submission++;
  }

  /** Reads the stamps of what was just submitted. */
  async collect(): Promise<void> {
    const { pending } = this;
    this.pending = [];
    for (let set = 0; (set * CAPACITY) / 2 < pending.length; set++) {
      const part = pending.slice((set * CAPACITY) / 2, ((set + 1) * CAPACITY) / 2);
      await this.readSet(this.sets[set], part);
    }
  }

  private async readSet({ queries, resolved, mapped }: Stamps, part: readonly Timed[]): Promise<void> {
    const count = 2 * part.length;
    const encoder = this.device.createCommandEncoder();
    encoder.resolveQuerySet(queries, 0, count, resolved, 0);
    encoder.copyBufferToBuffer(resolved, 0, mapped, 0, count * 8);
    this.device.queue.submit([encoder.finish()]);
    await mapped.mapAsync(1, 0, count * 8);
    const stamps = new BigUint64Array(mapped.getMappedRange(0, count * 8));
    this.origin ??= stamps[0];
    const origin = this.origin;
    part.forEach(({ dispatch, submission }, i) => {
      const [start, end] = [stamps[2 * i], stamps[2 * i + 1]];
      this.kernels.push({
        kernel: dispatch.kernel.entry,
        startMs: Number(start - origin) / 1e6,
        durationMs: Math.max(0, Number(end - start) / 1e6),
        multiplyAdds: dispatch.cost,
        workgroups: dispatch.grid,
        submission,
      });
    });
    mapped.unmap();
  }

  dispose(): void {
    for (const { queries, resolved, mapped } of this.sets) {
      queries.destroy();
      resolved.destroy();
      mapped.destroy();
    }
  }
}
