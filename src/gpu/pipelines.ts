// Compiles kernels to GPU pipelines: each once, many at the same time.
import { LabError } from "../lib/errors";
import type { Kernel } from "./kernel";

/** Visible to compute shaders. */
const COMPUTE = 4;

export interface Built {
  pipeline: GPUComputePipeline;
  group0: GPUBindGroupLayout;
  /** null for a kernel without dims. */
  group1: GPUBindGroupLayout | null;
  /** Some work asked for it. */
  used: boolean;
}

export class Pipelines {
  private readonly building = new Map<string, Promise<Built>>();
  private readonly ready = new Map<string, Built>();
  built = 0;
  /** Time spent waiting for them. */
  elapsedMs = 0;

  constructor(private readonly device: GPUDevice) {}

  /** Of a kernel that was prepared. */
  of(kernel: Kernel): Built {
    const built = this.ready.get(kernel.key)!;
    built.used = true;
    return built;
  }

  /** Keys of the kernels that were built and that no work has asked for yet. */
  get unused(): string[] {
    return [...this.ready].filter(([, { used }]) => !used).map(([key]) => key);
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
        let building = this.building.get(kernel.key);
        if (!building) this.building.set(kernel.key, (building = this.build(kernel)));
        this.ready.set(kernel.key, await building);
        onProgress?.(++done, missing.length);
      }),
    );
    this.elapsedMs += performance.now() - start;
  }

  private async build(kernel: Kernel): Promise<Built> {
    const { device } = this;
    const module = device.createShaderModule({ label: kernel.entry, code: kernel.source });
    const group0 = device.createBindGroupLayout({
      label: kernel.entry,
      entries: kernel.bindings.map(([, access], binding) => ({
        binding,
        visibility: COMPUTE,
        buffer: { type: access === "read" ? "read-only-storage" : "storage" },
      })),
    });
    const group1 = kernel.dims.length
      ? device.createBindGroupLayout({
          label: `${kernel.entry} dims`,
          entries: [{ binding: 0, visibility: COMPUTE, buffer: { type: "uniform", hasDynamicOffset: true } }],
        })
      : null;
    try {
      const pipeline = await device.createComputePipelineAsync({
        label: kernel.key,
        layout: device.createPipelineLayout({ bindGroupLayouts: group1 ? [group0, group1] : [group0] }),
        compute: { module, entryPoint: kernel.entry, constants: kernel.overrides ?? {} },
      });
      this.built++;
      return { pipeline, group0, group1, used: false };
    } catch (thrown) {
      this.building.delete(kernel.key);
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
}
