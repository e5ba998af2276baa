// Gets the GPU device from the browser, and watches whether it is lost or has reported an error.
import { LabError } from "../lib/errors";

export interface GpuOptions {
  /** Leave out optional features (tests of the plain path). */
  without?: readonly GPUFeatureName[];
  powerPreference?: GPUPowerPreference;
}

export interface AdapterFacts {
  vendor: string;
  architecture: string;
  description: string;
  /** Whether the adapter is emulated in software on the CPU. */
  software: boolean;
}

export interface OpenedDevice {
  device: GPUDevice;
  info: AdapterFacts;
  features: ReadonlySet<string>;
  /** Least and most lanes of a subgroup; null without subgroups. */
  subgroupSize: [number, number] | null;
}

const WANTED: readonly GPUFeatureName[] = ["subgroups", "shader-f16", "timestamp-query"];

/** A device with the adapter's own limits. @throws LabError "gpu-missing" with what is missing. */
export async function openDevice(options: GpuOptions = {}): Promise<OpenedDevice> {
  const gpu = (globalThis.navigator as Navigator | undefined)?.gpu;
  if (!gpu)
    throw new LabError(
      "gpu-missing",
      "This browser has no WebGPU (navigator.gpu).",
      "Use a current Chrome, Edge, Firefox or Safari.",
    );
  const powerPreference = options.powerPreference ?? "high-performance";
  const adapter = await gpu.requestAdapter({ powerPreference });
  if (!adapter)
    throw new LabError(
      "gpu-missing",
      "WebGPU is there, but no adapter was given.",
      "Turn on hardware acceleration in the browser's settings.",
    );
  const requiredFeatures = WANTED.filter((f) => adapter.features.has(f) && !options.without?.includes(f));
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
  const subgroupSize: [number, number] | null =
    features.has("subgroups") && i.subgroupMinSize
      ? [i.subgroupMinSize, i.subgroupMaxSize ?? i.subgroupMinSize]
      : null;
  return { device, info, features, subgroupSize };
}

/** Listens for what the device reports on its own. */
export class Health {
  /** Resolves with the reason when the device is lost; never rejects. */
  readonly lost: Promise<string>;
  lostReason: string | null = null;
  /** The first validation or out-of-memory error that was not caught elsewhere; the next check throws it, once. */
  private fault: LabError | null = null;

  constructor(device: GPUDevice) {
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

  /** @throws LabError "gpu-lost" or "gpu" if something is wrong. */
  check(): void {
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
}
