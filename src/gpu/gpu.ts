// The GPU as the engine uses it: creates tensors, compiles kernels ahead of time, submits work and reads results.
// Each task is a file of its own; this class combines them. Code above records its work into a Recorder and passes
// it to submit().
import type { MemoryReport } from "../lib/memory";
import { Allocator } from "./allocator";
import { BindGroups } from "./bindGroups";
import { Health, openDevice, type AdapterFacts, type GpuOptions, type OpenedDevice } from "./device";
import type { Kernel } from "./kernel";
import type { Ledger, Purpose } from "./ledger";
import { Pipelines } from "./pipelines";
import type { Profiler } from "./profiler";
import { Readback } from "./readback";
import { Recorder } from "./recorder";
import { Submission, type Counters } from "./submission";
import type { DType, Tensor } from "./tensor";

export type { GpuOptions } from "./device";
export type { Purpose } from "./ledger";

export class Gpu {
  readonly device: GPUDevice;
  readonly info: AdapterFacts;
  readonly features: ReadonlySet<string>;
  readonly subgroupSize: [number, number] | null;
  /** Counted per submit, for the bench and the page. */
  readonly counters: Counters = { dispatches: 0, submits: 0, readBytes: 0, multiplyAdds: 0 };
  /** When set, every dispatch runs in a pass of its own and its time is added up by kernel (needs timestamp-query). */
  profiler: Profiler | null = null;
  private readonly health: Health;
  private readonly allocator: Allocator;
  private readonly pipelines: Pipelines;
  private readonly groups: BindGroups;
  private readonly readback: Readback;

  private constructor({ device, info, features, subgroupSize }: OpenedDevice) {
    this.device = device;
    this.info = info;
    this.features = features;
    this.subgroupSize = subgroupSize;
    this.health = new Health(device);
    this.allocator = new Allocator(device);
    this.pipelines = new Pipelines(device);
    this.groups = new BindGroups(device, this.allocator);
    this.readback = new Readback(device, this.allocator, this.health);
  }

  /** @throws LabError "gpu-missing" with what is missing. */
  static async open(options: GpuOptions = {}): Promise<Gpu> {
    return new Gpu(await openDevice(options));
  }

  /** Resolves with the reason when the device is lost; never rejects. */
  get lost(): Promise<string> {
    return this.health.lost;
  }

  get lostReason(): string | null {
    return this.health.lostReason;
  }

  /** Every buffer that lies on the GPU, and the peak. */
  get ledger(): Ledger {
    return this.allocator.ledger;
  }

  /** Bytes of tensors by purpose. */
  get bytes(): Readonly<MemoryReport> {
    return this.ledger.bytes;
  }

  get createdBytes(): number {
    return this.ledger.createdBytes;
  }

  get pipelinesBuilt(): number {
    return this.pipelines.built;
  }

  /** Keys of the kernels that were built and never ran. */
  get pipelinesUnused(): string[] {
    return this.pipelines.unused;
  }

  get pipelineMs(): number {
    return this.pipelines.elapsedMs;
  }

  /** A zero-filled tensor. @throws LabError "gpu-limit" over the device's limits. */
  alloc(shape: readonly number[], dtype: DType, label: string, purpose: Purpose): Tensor {
    return this.allocator.alloc(shape, dtype, label, purpose);
  }

  /** A tensor over part of another one's buffer. `byteOffset` must be a multiple of 256. */
  view(
    tensor: Tensor,
    byteOffset: number,
    shape: readonly number[],
    dtype: DType = tensor.dtype,
    label = tensor.label,
  ): Tensor {
    return this.allocator.view(tensor, byteOffset, shape, dtype, label);
  }

  free(...tensors: Tensor[]): void {
    for (const { buffer } of tensors) this.allocator.drop(buffer);
    this.groups.clear();
  }

  /** Writes host data into a tensor; ordered before everything submitted later. */
  write(tensor: Tensor, data: ArrayBufferView, byteOffset = 0): void {
    this.allocator.write(tensor, data, byteOffset);
  }

  /** Uploads into a fresh tensor. */
  upload(
    data: Float32Array | Uint32Array,
    shape: readonly number[],
    label: string,
    purpose: Purpose,
  ): Tensor {
    const tensor = this.alloc(shape, data instanceof Float32Array ? "f32" : "u32", label, purpose);
    this.write(tensor, data);
    return tensor;
  }

  /** Builds what is missing of these kernels, in parallel. @throws LabError "gpu" with the compiler's messages. */
  prepare(kernels: Iterable<Kernel>, onProgress?: (done: number, total: number) => void): Promise<void> {
    return this.pipelines.prepare(kernels, onProgress);
  }

  /** Pipelines, uniforms, encode, submit. Resolves when everything is submitted, not when it has run. */
  async submit(recorder: Recorder): Promise<void> {
    this.health.check();
    await this.prepare(recorder.commands.flatMap((c) => (c.kind === "dispatch" ? [c.kernel] : [])));
    this.health.check();
    const { device, pipelines, groups, counters, profiler } = this;
    new Submission(device, pipelines, groups, counters, profiler).submit(recorder);
    await this.profiler?.collect();
  }

  /** Starts a read; the copy is ordered after everything submitted so far. Await it late. */
  read(tensor: Tensor, bytes = tensor.bytes, byteOffset = 0): Promise<ArrayBuffer> {
    this.health.check();
    this.counters.readBytes += bytes;
    return this.readback.read(tensor, bytes, byteOffset);
  }

  async readF32(tensor: Tensor): Promise<Float32Array> {
    return new Float32Array(await this.read(tensor));
  }

  async readU32(tensor: Tensor): Promise<Uint32Array> {
    return new Uint32Array(await this.read(tensor));
  }

  /** Records with `record`, submits, and resolves when submitted. */
  async run(record: (recorder: Recorder) => void): Promise<void> {
    const recorder = new Recorder();
    record(recorder);
    await this.submit(recorder);
  }

  /** Resolves when the GPU has finished everything submitted. */
  async done(): Promise<void> {
    await Promise.race([this.device.queue.onSubmittedWorkDone(), this.lost]);
    this.health.check();
  }

  dispose(): void {
    this.device.destroy();
  }
}
