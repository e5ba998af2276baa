// Checks what a live run needs of the browser. Each check has a result, what was found and how to get what is
// missing. probeBrowser() asks the browser; the rest turns its answers into words and is pure.

export interface Probe {
  secure: boolean;
  gpu: boolean;
  adapter: {
    name: string;
    software: boolean;
    f16: boolean;
    subgroups: boolean;
    maxBufferBytes: number;
  } | null;
  /** Bytes that storage still takes; null = the browser does not say. */
  storageBytes: number | null;
  browser: "chromium" | "firefox" | "safari" | "other";
}

export interface Check {
  id: string;
  name: string;
  /** "missing" stops a run, "slow" does not. */
  state: "yes" | "missing" | "slow";
  found: string;
  howTo: string;
}

const MiB = 2 ** 20;
/** The limit that every WebGPU device has; more is welcome. */
const LEAST_BUFFER = 128 * MiB;
const LEAST_STORAGE = 64 * MiB;

export function browserOf(agent: string): Probe["browser"] {
  if (/Firefox\//.test(agent)) return "firefox";
  if (/Chrom(e|ium)\//.test(agent)) return "chromium";
  if (/Safari\//.test(agent)) return "safari";
  return "other";
}

const howToGpu: Record<Probe["browser"], string> = {
  chromium:
    "Chrome, Edge and other Chromium browsers have it from version 113 on Windows, macOS and ChromeOS. On Linux, open chrome://flags/#enable-unsafe-webgpu and turn it on.",
  firefox:
    "Firefox has it from version 141 on Windows and 145 on macOS. Elsewhere, open about:config and set dom.webgpu.enabled to true.",
  safari: "Safari has it from version 26. Before that, turn on WebGPU under Develop, Feature Flags.",
  other: "Use a current Chrome, Edge, Firefox or Safari.",
};

const howToAdapter: Record<Probe["browser"], string> = {
  chromium:
    "Turn on “Use graphics acceleration when available” in the settings and look at chrome://gpu for the reason. A software adapter can be had with --enable-unsafe-webgpu --use-webgpu-adapter=swiftshader.",
  firefox:
    "Look at about:support under Graphics for the reason, and set gfx.webgpu.ignore-blocklist to true in about:config.",
  safari: "Update macOS or iOS; virtual machines have no adapter.",
  other: "Update the graphics driver, or try another browser.",
};

const size = (bytes: number): string =>
  bytes >= 1024 * MiB ? `${(bytes / (1024 * MiB)).toFixed(1)} GiB` : `${Math.round(bytes / MiB)} MiB`;

export function checksOf(probe: Probe): Check[] {
  const { adapter, browser } = probe;
  const checks: Check[] = [
    {
      id: "secure",
      name: "A secure page",
      state: probe.secure ? "yes" : "missing",
      found: probe.secure ? "https or this machine" : "the page came over plain http",
      howTo: "Open the page over https, or from http://localhost.",
    },
    {
      id: "webgpu",
      name: "WebGPU",
      state: probe.gpu ? "yes" : "missing",
      found: probe.gpu ? "the browser has it" : "the browser does not offer it",
      howTo: howToGpu[browser],
    },
  ];
  if (probe.gpu)
    checks.push({
      id: "adapter",
      name: "A GPU adapter",
      state: adapter === null ? "missing" : adapter.software ? "slow" : "yes",
      found:
        adapter === null
          ? "none was given"
          : adapter.name + (adapter.software ? ", in software: it works, slowly" : ""),
      howTo: howToAdapter[browser],
    });
  if (adapter) {
    checks.push({
      id: "buffer",
      name: "Room for the model",
      state: adapter.maxBufferBytes >= LEAST_BUFFER ? "yes" : "missing",
      found: `buffers up to ${size(adapter.maxBufferBytes)}`,
      howTo: `At least ${size(LEAST_BUFFER)} are needed; close other tabs that use the GPU.`,
    });
    checks.push({
      id: "f16",
      name: "Half-precision arithmetic",
      state: adapter.f16 ? "yes" : "slow",
      found: adapter.f16 ? "shader-f16" : "not here; the lab does without",
      howTo: "Nothing to do: activations are kept in 32 bits either way.",
    });
    checks.push({
      id: "subgroups",
      name: "Subgroups",
      state: adapter.subgroups ? "yes" : "slow",
      found: adapter.subgroups ? "subgroups" : "not here; the lab has kernels without them",
      howTo: "Nothing to do: a newer browser may add them.",
    });
  }
  const room = probe.storageBytes;
  checks.push({
    id: "storage",
    name: "Storage for runs",
    state: room !== null && room < LEAST_STORAGE ? "missing" : "yes",
    found: room === null ? "the browser does not say how much" : `${size(room)} free`,
    howTo: `At least ${size(LEAST_STORAGE)} are needed: leave private browsing, or free space on the disk.`,
  });
  return checks;
}

/** True when a live run is possible. */
export const canRun = (checks: readonly Check[]): boolean =>
  checks.every((check) => check.state !== "missing");

export async function probeBrowser(): Promise<Probe> {
  const browser = browserOf(navigator.userAgent);
  const gpu = "gpu" in navigator && navigator.gpu !== undefined;
  const found = gpu ? await navigator.gpu.requestAdapter().catch(() => null) : null;
  const estimate = await navigator.storage?.estimate?.().catch(() => null);
  const info = found?.info;
  const name =
    [info?.vendor, info?.architecture, info?.description].filter(Boolean).join(" ") || "unnamed adapter";
  return {
    secure: window.isSecureContext,
    gpu,
    adapter: found && {
      name,
      software: /swiftshader|llvmpipe|software|warp/i.test(name) || info?.isFallbackAdapter === true,
      f16: found.features.has("shader-f16"),
      subgroups: found.features.has("subgroups" as GPUFeatureName),
      maxBufferBytes: Math.min(found.limits.maxStorageBufferBindingSize, found.limits.maxBufferSize),
    },
    storageBytes: estimate?.quota === undefined ? null : Math.max(0, estimate.quota - (estimate.usage ?? 0)),
    browser,
  };
}
