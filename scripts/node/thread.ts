// A thread of Node in which a page, or a worker of a page, runs as in a browser without a window: it gets WebGPU from Dawn,
// storage, `fetch` with relative addresses and `Worker`, then imports the page's own script from the command's server.
import { createRequire, register } from "node:module";
import { totalmem } from "node:os";
import { runInThisContext } from "node:vm";
import { parentPort, workerData, Worker as Thread } from "node:worker_threads";
import "fake-indexeddb/auto";
import { storageRoot } from "./storage";

export interface ThreadData {
  kind: "page" | "worker";
  /** The page, or the worker's script. */
  address: string;
  /** Path of `dawn.node`. */
  dawn: string;
  /** Of Dawn. */
  version: string;
  /** Folder of what the page stores. */
  storage: string;
}

/** To a page: run an expression. From it: its value, or what it printed. */
export type ToPage = { id: number; expression: string };
export type FromPage = { id: number; value: unknown } | { kind: string; text: string };

const data = workerData as ThreadData;
const port = parentPort!;
const scope = globalThis as unknown as Record<string, unknown>;
const define = (name: string, value: unknown) =>
  Object.defineProperty(globalThis, name, { value, configurable: true, writable: true });

/** As much of a browser's Worker as pages and workers here use. */
class WebWorker extends EventTarget {
  onmessage: ((event: MessageEvent) => void) | null = null;
  onerror: ((event: Event) => void) | null = null;
  readonly #thread: Thread;

  constructor(address: string | URL) {
    super();
    const workerData: ThreadData = { ...data, kind: "worker", address: String(address) };
    this.#thread = new Thread(new URL(import.meta.url), { workerData });
    this.#thread.on("message", (message: unknown) => {
      const event = new MessageEvent("message", { data: message });
      this.onmessage?.(event);
      this.dispatchEvent(event);
    });
    this.#thread.on("error", (error: unknown) => {
      const message = error instanceof Error ? error.message : String(error);
      const event = Object.assign(new Event("error", { cancelable: true }), { message });
      this.onerror?.(event);
      this.dispatchEvent(event);
    });
  }

  postMessage(message: unknown, transfer: readonly ArrayBuffer[] = []): void {
    this.#thread.postMessage(message, transfer);
  }

  terminate(): void {
    void this.#thread.terminate();
  }
}

function openGpu(): GPU {
  const { create, globals } = createRequire(import.meta.url)(data.dawn) as {
    create: (flags: string[]) => GPU;
    globals: Record<string, unknown>;
  };
  for (const [name, value] of Object.entries(globals)) define(name, value);
  return create([]);
}

/** What the page's code expects of a browser. */
function becomeBrowser(): void {
  const location = new URL(data.address);
  const events = new EventTarget();
  const { fetch } = globalThis;
  define("self", globalThis);
  define("location", location);
  define("navigator", {
    gpu: openGpu(),
    userAgent: `Node/${process.versions.node} Dawn/${data.version}`,
    // As browsers say it: a power of two, 8 GiB at most.
    deviceMemory: Math.min(8, 2 ** Math.round(Math.log2(totalmem() / 2 ** 30))),
    storage: { getDirectory: async () => storageRoot(data.storage) },
  });
  // The server closes a connection that was idle for some seconds; a thread that computed meanwhile sees it only by using
  // it. As browsers do, the request is sent once more.
  define("fetch", (input: string | URL | Request, init?: RequestInit) => {
    if (input instanceof Request) return fetch(input, init);
    const ask = () => fetch(new URL(input, location), init);
    return ask().catch((thrown: unknown) => {
      if (init?.signal?.aborted) throw thrown;
      return ask();
    });
  });
  define("caches", { keys: async () => [] });
  define("Worker", WebWorker);
  define("addEventListener", events.addEventListener.bind(events));
  define("removeEventListener", events.removeEventListener.bind(events));
  define("dispatchEvent", events.dispatchEvent.bind(events));
  if (data.kind === "worker") define("postMessage", (message: unknown) => port.postMessage(message));
  // Asked by what the build puts in front of a page's script, which finds nothing to load ahead.
  if (data.kind === "page")
    define("document", {
      createElement: () => ({ relList: { supports: () => true } }),
      getElementsByTagName: () => [],
      querySelector: () => null,
      getElementById: () => null,
    });
}

async function runPage(): Promise<void> {
  const tell = (message: FromPage) => port.postMessage(message);
  for (const kind of ["log", "warn", "error"] as const)
    console[kind] = (...words: unknown[]) => tell({ kind, text: words.map(String).join(" ") });
  process.on("unhandledRejection", (reason) => tell({ kind: "error", text: String(reason) }));
  port.on("message", ({ id, expression }: ToPage) =>
    tell({ id, value: structuredClone(runInThisContext(expression)) }),
  );
  const html = await (await fetch(data.address)).text();
  const scripts = [...html.matchAll(/<script type="module"[^>]* src="([^"]+)"/g)].map(([, src]) => src);
  for (const src of scripts) if (!src.includes("@vite/client")) await import(new URL(src, data.address).href);
}

async function runWorker(): Promise<void> {
  await import(data.address);
  // Messages that came before the script was there wait in the port.
  port.on("message", (message: unknown) => {
    const event = new MessageEvent("message", { data: message });
    (scope.onmessage as ((event: MessageEvent) => void) | null | undefined)?.(event);
    globalThis.dispatchEvent(event);
  });
}

register("./hooks.js", import.meta.url);
becomeBrowser();
await (data.kind === "page" ? runPage() : runWorker());
