// The device: buffers with labels and purposes, pipelines built once and in parallel, submissions in chunks,
// late reads. Everything above records into a Recorder and hands it to submit().
import { LabError } from "../lib/errors";
import type { MemoryReport } from "../lib/memory";
import type { Kernel } from "./kernel";
import { Ledger, type Purpose } from "./ledger";
import type { Profiler } from "./profiler";
import { Recorder, UNIFORM_STRIDE, type Dispatch } from "./recorder";
import { byteLength, type DType, type Tensor } from "./tensor";

export type { Purpose } from "./ledger";
const STORAGE = 0x80 | 0x4 | 0x8; // STORAGE | COPY_SRC | COPY_DST

export interface GpuOptions {
  /** Leave out optional features (tests of the plain path). */
  without?: readonly GPUFeatureName[];
  powerPreference?: GPUPowerPreference;
}

interface Built {
  pipeline: GPUComputePipeline;
  group0: GPUBindGroupLayout;
  group1: GPUBindGroupLayout | null;
}

let nextTensor = 1;

export class Gpu {
  /** Rejects nothing: resolves with the reason when the device is gone. */
  readonly lost: Promise<string>;
  lostReason: string | null = null;
  /** First validation or out-of-memory error nobody caught; the next submit or read throws it. */
  private fault: LabError | null = null;
  private readonly built = new Map<string, Promise<Built>>();
  private readonly ready = new Map<string, Built>();
  private readonly groups = new Map<string, GPUBindGroup>();
  private uniformRing: GPUBuffer[] = [];
  private ringAt = 0;
  private staging: GPUBuffer[] = [];
  /** Every buffer that lies on the GPU, and the peak. */
  readonly ledger = new Ledger();
  pipelinesBuilt = 0;
  pipelineMs = 0;
  /** Counted per submit, for the bench and the page. */
  readonly counters = { dispatches: 0, submits: 0, readBytes: 0, multiplyAdds: 0 };
  /** When set, every dispatch runs in a pass of its own and its time is added up by kernel (needs timestamp-query). */
  profiler: Profiler | null = null;
  /** Dispatch cost after which a submission is cut; tuned by time in calibrate(). */
  chunkCost = 60e6;

  private constructor(
    readonly device: GPUDevice,
    readonly info: { vendor: string; architecture: string; description: string; software: boolean },
    readonly features: ReadonlySet<string>,
    readonly subgroupSize: [number, number] | null,
  ) {
    this.lost = device.lost.then((l) => (this.lostReason = l.message || l.reason || "unknown reason"));
    device.addEventListener("uncapturederror", (event) => {
      const { error } = event as GPUUncapturedErrorEvent;
      this.fault ??= new LabError(
        "gpu",
        `The GPU refused the work: ${error.message}`,
        "Reload the page; if it repeats, copy the details and report them.",
      );
    });
  }

  /** @throws LabError "gpu-missing" with what is missing. */
  static async open(options: GpuOptions = {}): Promise<Gpu> {
    const gpu = (globalThis.navigator as Navigator | undefined)?.gpu;
    if (!gpu)
      throw new LabError(
        "gpu-missing",
        "This browser has no WebGPU (navigator.gpu).",
        "Use a current Chrome, Edge, Firefox or Safari.",
      );
    const adapter = await gpu.requestAdapter({
      powerPreference: options.powerPreference ?? "high-performance",
    });
    if (!adapter)
      throw new LabError(
        "gpu-missing",
        "WebGPU is there, but no adapter was given.",
        "Turn on hardware acceleration in the browser's settings.",
      );
    const wanted: GPUFeatureName[] = ["subgroups", "shader-f16", "timestamp-query"];
    const requiredFeatures = wanted.filter((f) => adapter.features.has(f) && !options.without?.includes(f));
    const limits = adapter.limits;
    const device = await adapter.requestDevice({
      requiredFeatures,
      requiredLimits: {
        maxBufferSize: limits.maxBufferSize,
        maxStorageBufferBindingSize: limits.maxStorageBufferBindingSize,
        maxComputeWorkgroupStorageSize: limits.maxComputeWorkgroupStorageSize,
        maxComputeInvocationsPerWorkgroup: limits.maxComputeInvocationsPerWorkgroup,
        maxComputeWorkgroupSizeX: limits.maxComputeWorkgroupSizeX,
      },
    });
    const i = adapter.info as GPUAdapterInfo & { subgroupMinSize?: number; subgroupMaxSize?: number };
    const text = `${i.vendor} ${i.architecture} ${i.device} ${i.description}`;
    const info = {
      vendor: i.vendor,
      architecture: i.architecture,
      description: i.description || i.device || i.architecture || i.vendor || "unnamed adapter",
      software: /swiftshader|llvmpipe|software|basic render/i.test(text),
    };
    const features = new Set<string>(requiredFeatures);
    const size: [number, number] | null =
      features.has("subgroups") && i.subgroupMinSize
        ? [i.subgroupMinSize, i.subgroupMaxSize ?? i.subgroupMinSize]
        : null;
    return new Gpu(device, info, features, size);
  }

  /** Bytes of tensors by purpose. */
  get bytes(): Readonly<MemoryReport> {
    return this.ledger.bytes;
  }

  get createdBytes(): number {
    return this.ledger.createdBytes;
  }

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

  /** A tensor over part of another one's buffer. `byteOffset` must be a multiple of 256. */
  view(
    tensor: Tensor,
    byteOffset: number,
    shape: readonly number[],
    dtype: DType = tensor.dtype,
    label = tensor.label,
  ): Tensor {
    const bytes = byteLength(shape, dtype);
    if (byteOffset % 256 || byteOffset + bytes > tensor.bytes)
      throw new Error(`${label}: view of ${bytes} bytes at ${byteOffset} of ${tensor.bytes}`);
    return {
      id: nextTensor++,
      buffer: tensor.buffer,
      offset: tensor.offset + byteOffset,
      bytes,
      shape: [...shape],
      dtype,
      label,
    };
  }

  free(...tensors: Tensor[]): void {
    for (const { buffer } of tensors) if (this.ledger.remove(buffer)) buffer.destroy();
    this.groups.clear();
  }

  /** Writes host data into a tensor; ordered before everything submitted later. */
  write(tensor: Tensor, data: ArrayBufferView, byteOffset = 0): void {
    const bytes = Math.ceil(data.byteLength / 4) * 4;
    if (byteOffset + data.byteLength > tensor.buffer.size - tensor.offset)
      throw new Error(`${tensor.label}: write of ${data.byteLength} bytes at ${byteOffset}`);
    if (bytes === data.byteLength) {
      this.device.queue.writeBuffer(
        tensor.buffer,
        tensor.offset + byteOffset,
        data.buffer as ArrayBuffer,
        data.byteOffset,
        data.byteLength,
      );
    } else {
      const padded = new Uint8Array(bytes);
      padded.set(new Uint8Array(data.buffer as ArrayBuffer, data.byteOffset, data.byteLength));
      this.device.queue.writeBuffer(tensor.buffer, tensor.offset + byteOffset, padded);
    }
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
  async prepare(
    kernels: Iterable<Kernel>,
    onProgress?: (done: number, total: number) => void,
  ): Promise<void> {
    const missing = [
      ...new Map([...kernels].filter((k) => !this.ready.has(k.key)).map((k) => [k.key, k])).values(),
    ];
    if (!missing.length) return;
    const start = performance.now();
    let done = 0;
    await Promise.all(
      missing.map(async (kernel) => {
        let building = this.built.get(kernel.key);
        if (!building) this.built.set(kernel.key, (building = this.build(kernel)));
        this.ready.set(kernel.key, await building);
        onProgress?.(++done, missing.length);
      }),
    );
    this.pipelineMs += performance.now() - start;
  }

  private async build(kernel: Kernel): Promise<Built> {
    const module = this.device.createShaderModule({ label: kernel.entry, code: kernel.source });
    const group0 = this.device.createBindGroupLayout({
      label: kernel.entry,
      entries: kernel.bindings.map(([, access], binding) => ({
        binding,
        visibility: 4,
        buffer: { type: access === "read" ? "read-only-storage" : "storage" },
      })),
    });
    const group1 = kernel.dims.length
      ? this.device.createBindGroupLayout({
          label: `${kernel.entry} dims`,
          entries: [{ binding: 0, visibility: 4, buffer: { type: "uniform", hasDynamicOffset: true } }],
        })
      : null;
    try {
      const pipeline = await this.device.createComputePipelineAsync({
        label: kernel.key,
        layout: this.device.createPipelineLayout({ bindGroupLayouts: group1 ? [group0, group1] : [group0] }),
        compute: { module, entryPoint: kernel.entry, constants: kernel.overrides ?? {} },
      });
      this.pipelinesBuilt++;
      return { pipeline, group0, group1 };
    } catch (thrown) {
      this.built.delete(kernel.key);
      const info = await module.getCompilationInfo();
      const messages = info.messages
        .map((m) => `${m.lineNum}:${m.linePos} ${m.type}: ${m.message}`)
        .join("\n");
      throw new LabError(
        "gpu",
        `Kernel ${kernel.entry} did not compile: ${messages || (thrown as Error).message}`,
        "Report this with the browser's name and version.",
      );
    }
  }

  private check(): void {
    if (this.lostReason !== null) {
      throw new LabError(
        "gpu-lost",
        `The GPU device was lost (${this.lostReason}).`,
        "Everything up to the last checkpoint is kept; resume the run.",
      );
    }
    if (this.fault) {
      const fault = this.fault;
      this.fault = null;
      throw fault;
    }
  }

  /** Pipelines, uniforms, encode, submit. Resolves when everything is submitted, not when it has run. */
  async submit(recorder: Recorder): Promise<void> {
    this.check();
    const dispatches = recorder.commands.filter((c): c is Dispatch => c.kind === "dispatch");
    await this.prepare(dispatches.map((d) => d.kernel));
    this.check();
    const uniform = this.uniformBuffer(recorder);
    let encoder = this.device.createCommandEncoder();
    let pass: GPUComputePassEncoder | null = null;
    let cost = 0;
    const flush = () => {
      pass?.end();
      pass = null;
      this.device.queue.submit([encoder.finish()]);
      this.counters.submits++;
      this.profiler?.cut();
      cost = 0;
    };
    for (const command of recorder.commands) {
      if (command.kind === "dispatch") {
        if (cost > 0 && cost + command.cost > this.chunkCost) {
          flush();
          encoder = this.device.createCommandEncoder();
        }
        const stamps = this.profiler?.writes(command);
        // Under a profiler no pass is shared: what is not timed must not count as part of what is.
        const own = this.profiler !== null;
        if (own) pass?.end();
        if (own || !pass) pass = encoder.beginComputePass(stamps ? { timestampWrites: stamps } : {});
        const built = this.ready.get(command.kernel.key)!;
        pass.setPipeline(built.pipeline);
        pass.setBindGroup(0, this.group(command, built));
        if (built.group1)
          pass.setBindGroup(1, this.uniformGroup(uniform!, built), [command.uniform * UNIFORM_STRIDE]);
        pass.dispatchWorkgroups(...command.grid);
        cost += command.cost;
        this.counters.dispatches++;
        this.counters.multiplyAdds += command.cost;
      } else {
        pass?.end();
        pass = null;
        if (command.kind === "copy") {
          encoder.copyBufferToBuffer(
            command.source.buffer,
            command.source.offset + command.sourceOffset,
            command.target,
            command.targetOffset,
            command.bytes,
          );
        } else
          encoder.clearBuffer(
            command.target.buffer,
            command.target.offset,
            Math.ceil(command.target.bytes / 4) * 4,
          );
      }
    }
    flush();
    await this.profiler?.collect();
  }

  /** A buffer that is no tensor. */
  private side(descriptor: GPUBufferDescriptor): GPUBuffer {
    return this.ledger.add(this.device.createBuffer(descriptor), "side");
  }

  private uniformBuffer(recorder: Recorder): GPUBuffer | null {
    const bytes = recorder.uniformCount * UNIFORM_STRIDE;
    if (!bytes) return null;
    // A small ring: a write is ordered after earlier submissions, so reuse is safe; the ring only avoids stalls.
    const slot = this.ringAt++ % 4;
    let buffer = this.uniformRing[slot];
    if (!buffer || buffer.size < bytes) {
      if (buffer && this.ledger.remove(buffer)) buffer.destroy();
      buffer = this.side({
        label: `uniforms ${slot}`,
        size: Math.max(65536, 2 ** Math.ceil(Math.log2(bytes))),
        usage: 0x40 | 0x8,
      });
      this.uniformRing[slot] = buffer;
      this.groups.clear();
    }
    this.device.queue.writeBuffer(buffer, 0, recorder.uniforms.buffer as ArrayBuffer, 0, bytes);
    return buffer;
  }

  private uniformGroup(buffer: GPUBuffer, built: Built): GPUBindGroup {
    const key = `u${this.uniformRing.indexOf(buffer)}:${built.pipeline.label}`;
    let group = this.groups.get(key);
    if (!group) {
      group = this.device.createBindGroup({
        layout: built.group1!,
        entries: [{ binding: 0, resource: { buffer, size: UNIFORM_STRIDE } }],
      });
      this.groups.set(key, group);
    }
    return group;
  }

  private group(command: Dispatch, built: Built): GPUBindGroup {
    const key = `${command.kernel.key}|${command.tensors.map((t) => t.id).join(",")}`;
    let group = this.groups.get(key);
    if (!group) {
      if (this.groups.size > 4096) this.groups.clear();
      group = this.device.createBindGroup({
        label: command.kernel.entry,
        layout: built.group0,
        entries: command.tensors.map((t, binding) => ({
          binding,
          resource: { buffer: t.buffer, offset: t.offset, size: Math.ceil(t.bytes / 4) * 4 },
        })),
      });
      this.groups.set(key, group);
    }
    return group;
  }

  /** Starts a read; the copy is ordered after everything submitted so far. Await it late. */
  read(tensor: Tensor, bytes = tensor.bytes, byteOffset = 0): Promise<ArrayBuffer> {
    this.check();
    const size = Math.max(16, Math.ceil(bytes / 16) * 16);
    const at = this.staging.findIndex((b) => b.size >= size && b.size <= 4 * size);
    const staging =
      at >= 0 ? this.staging.splice(at, 1)[0] : this.side({ label: "staging", size, usage: 0x1 | 0x8 });
    const encoder = this.device.createCommandEncoder();
    encoder.copyBufferToBuffer(
      tensor.buffer,
      tensor.offset + byteOffset,
      staging,
      0,
      Math.ceil(bytes / 4) * 4,
    );
    this.device.queue.submit([encoder.finish()]);
    this.counters.readBytes += bytes;
    return (async () => {
      try {
        await Promise.race([
          staging.mapAsync(1, 0, Math.ceil(bytes / 4) * 4),
          this.lost.then(() => Promise.reject(new Error("lost"))),
        ]);
      } catch {
        this.check();
        throw new LabError(
          "gpu-lost",
          "The GPU did not give its results back.",
          "Resume the run from its last checkpoint.",
        );
      }
      const copy = staging.getMappedRange(0, Math.ceil(bytes / 4) * 4).slice(0, bytes);
      staging.unmap();
      if (this.staging.length < 16) this.staging.push(staging);
      else if (this.ledger.remove(staging)) staging.destroy();
      this.check();
      return copy;
    })();
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
    this.check();
  }

  dispose(): void {
    this.device.destroy();
  }
}
