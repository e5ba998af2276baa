// Counts the GPU memory in use: every buffer with its purpose, the sum by purpose, and the largest total so far.
// Only buffers created by this program are counted; memory that the browser or driver uses for itself is not
// visible from here.
import type { MemoryReport } from "../lib/memory";

export type Purpose = keyof MemoryReport;
/** The part of a GPUBuffer that is counted. */
export type Counted = Pick<GPUBuffer, "size" | "label">;

export interface Listed {
  label: string;
  purpose: Purpose | "side";
  bytes: number;
}

export class Ledger {
  /** Tensors by purpose. */
  readonly bytes: MemoryReport = { weights: 0, adapter: 0, moments: 0, activations: 0, scratch: 0, cache: 0 };
  /** Uniforms of kernels and buffers that results are read through: beside the tensors. */
  sideBytes = 0;
  /** Most bytes, tensors and the rest together, since resetPeak(). */
  peakBytes = 0;
  private readonly purposeOf = new Map<Counted, Purpose | "side">();

  /** Bytes of all tensors. */
  get createdBytes(): number {
    return Object.values(this.bytes).reduce((a, b) => a + b, 0);
  }

  /** @param purpose "side" for what is no tensor */
  add<T extends Counted>(buffer: T, purpose: Purpose | "side"): T {
    this.purposeOf.set(buffer, purpose);
    this.change(purpose, buffer.size);
    this.peakBytes = Math.max(this.peakBytes, this.createdBytes + this.sideBytes);
    return buffer;
  }

  /** False for a buffer that is not (or no longer) here: a tensor's buffer may be freed through two views. */
  remove(buffer: Counted): boolean {
    const purpose = this.purposeOf.get(buffer);
    if (!purpose) return false;
    this.purposeOf.delete(buffer);
    this.change(purpose, -buffer.size);
    return true;
  }

  private change(purpose: Purpose | "side", bytes: number): void {
    if (purpose === "side") this.sideBytes += bytes;
    else this.bytes[purpose] += bytes;
  }

  /** The peak is followed anew, from what lies here now. */
  resetPeak(): void {
    this.peakBytes = this.createdBytes + this.sideBytes;
  }

  buffers(): Iterable<Counted> {
    return this.purposeOf.keys();
  }

  /** Every buffer, or those that `wanted` names, largest first. */
  list(wanted: (buffer: Counted) => boolean = () => true): Listed[] {
    return [...this.purposeOf]
      .filter(([buffer]) => wanted(buffer))
      .map(([{ label, size }, purpose]) => ({ label, purpose, bytes: size }))
      .sort((a, b) => b.bytes - a.bytes);
  }
}
