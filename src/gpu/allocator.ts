// Creates, views, fills and frees GPU buffers. Each has a label and a purpose and is counted in the ledger.
import { LabError } from "../lib/errors";
import { Ledger, type Purpose } from "./ledger";
import { byteLength, type DType, type Tensor } from "./tensor";

const STORAGE = 0x80 | 0x4 | 0x8; // STORAGE | COPY_SRC | COPY_DST

/** Ids are unique across all devices, because cached bind groups are looked up by them. */
let nextTensor = 1;

export class Allocator {
  /** Every buffer that lies on the GPU, and the peak. */
  readonly ledger = new Ledger();

  constructor(private readonly device: GPUDevice) {}

  /** A zero-filled tensor. @throws LabError "gpu-limit" over the device's limits. */
  alloc(shape: readonly number[], dtype: DType, label: string, purpose: Purpose): Tensor {
    const bytes = byteLength(shape, dtype);
    const limit = Math.min(this.device.limits.maxBufferSize, this.device.limits.maxStorageBufferBindingSize);
    if (bytes > limit) {
      throw new LabError(
        "gpu-limit",
        `${label} needs ${bytes} bytes in one buffer, this device allows ${limit}.`,
        "Use a smaller batch or rank.",
        { bytes, limit },
      );
    }
    const buffer = this.device.createBuffer({ label, size: Math.ceil(bytes / 16) * 16, usage: STORAGE });
    this.ledger.add(buffer, purpose);
    return { id: nextTensor++, buffer, offset: 0, bytes, shape: [...shape], dtype, label };
  }

  /** A buffer that is no tensor. */
  side(descriptor: GPUBufferDescriptor): GPUBuffer {
    return this.ledger.add(this.device.createBuffer(descriptor), "side");
  }

  /** Destroys a buffer, if it is still here. */
  drop(buffer: GPUBuffer): void {
    if (this.ledger.remove(buffer)) buffer.destroy();
  }

  /** A tensor over part of another one's buffer. `byteOffset` must be a multiple of 256. */
  view(tensor: Tensor, byteOffset: number, shape: readonly number[], dtype: DType, label: string): Tensor {
    const bytes = byteLength(shape, dtype);
    if (byteOffset % 256 || byteOffset + bytes > tensor.bytes)
      throw new Error(`${label}: view of ${bytes} bytes at ${byteOffset} of ${tensor.bytes}`);
    const offset = tensor.offset + byteOffset;
    return { id: nextTensor++, buffer: tensor.buffer, offset, bytes, shape: [...shape], dtype, label };
  }

  /** Writes host data into a tensor; ordered before everything submitted later. */
  write(tensor: Tensor, data: ArrayBufferView, byteOffset = 0): void {
    const bytes = Math.ceil(data.byteLength / 4) * 4;
    if (byteOffset + data.byteLength > tensor.buffer.size - tensor.offset)
      throw new Error(`${tensor.label}: write of ${data.byteLength} bytes at ${byteOffset}`);
    const at = tensor.offset + byteOffset;
    const host = data.buffer as ArrayBuffer;
    if (bytes === data.byteLength) {
      this.device.queue.writeBuffer(tensor.buffer, at, host, data.byteOffset, data.byteLength);
    } else {
      const padded = new Uint8Array(bytes);
      padded.set(new Uint8Array(host, data.byteOffset, data.byteLength));
      this.device.queue.writeBuffer(tensor.buffer, at, padded);
    }
  }
}
