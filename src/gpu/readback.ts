// Reads results back from the GPU: a copy into a buffer that the CPU can map, ordered after all work submitted
// before.
import { LabError } from "../lib/errors";
import type { Allocator } from "./allocator";
import type { Health } from "./device";
import type { Tensor } from "./tensor";

/** Buffers kept for the next reads. */
const MOST_KEPT = 16;

export class Readback {
  private readonly kept: GPUBuffer[] = [];

  constructor(
    private readonly device: GPUDevice,
    private readonly allocator: Allocator,
    private readonly health: Health,
  ) {}

  /** Starts a read. @throws LabError "gpu-lost" */
  read(tensor: Tensor, bytes: number, byteOffset: number): Promise<ArrayBuffer> {
    const size = Math.max(16, Math.ceil(bytes / 16) * 16);
    const words = Math.ceil(bytes / 4) * 4;
    const at = this.kept.findIndex((b) => b.size >= size && b.size <= 4 * size);
    const staging =
      at >= 0
        ? this.kept.splice(at, 1)[0]
        : this.allocator.side({ label: "staging", size, usage: 0x1 | 0x8 }); // MAP_READ | COPY_DST
    const encoder = this.device.createCommandEncoder();
    encoder.copyBufferToBuffer(tensor.buffer, tensor.offset + byteOffset, staging, 0, words);
    this.device.queue.submit([encoder.finish()]);
    return this.mapped(staging, words, bytes);
  }

  private async mapped(staging: GPUBuffer, words: number, bytes: number): Promise<ArrayBuffer> {
    try {
      await Promise.race([
        staging.mapAsync(1, 0, words),
        this.health.lost.then(() => Promise.reject(new Error("lost"))),
      ]);
    } catch {
      this.health.check();
      throw new LabError(
        "gpu-lost",
        "The results could not be read back from the GPU.",
        "Resume the run from its last checkpoint.",
      );
    }
    const copy = staging.getMappedRange(0, words).slice(0, bytes);
    staging.unmap();
    if (this.kept.length < MOST_KEPT) this.kept.push(staging);
    else this.allocator.drop(staging);
    this.health.check();
    return copy;
  }
}
