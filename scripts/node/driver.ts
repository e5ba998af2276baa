// `--runtime node`: a page of ours in a thread of Node on Dawn, driven as a browser is. No browser is started, and no
// display is needed: on a GPU server the system's Vulkan driver is enough.
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { Driver, DrivenPage } from "../browsers";
import type { Log } from "../build";
import { builtThread } from "./build";
import { chooseDriver, DAWN_VERSION, findDawn } from "./dawn";
import type { FromPage, ThreadData } from "./thread";
import { Worker as Thread } from "node:worker_threads";

export async function startNode(log: Log): Promise<Driver> {
  const dawn = await findDawn(log);
  await chooseDriver(log);
  const script = await builtThread();
  const storage = mkdtempSync(join(tmpdir(), "proximal-storage-"));
  const threads: Thread[] = [];
  return {
    name: "node",
    version: `Node ${process.versions.node} with Dawn ${DAWN_VERSION}`,
    open: async (address, onConsole = () => {}) => {
      const data: ThreadData = { kind: "page", address, dawn, version: DAWN_VERSION, storage };
      const thread = new Thread(script, { workerData: data, execArgv: [] });
      threads.push(thread);
      return driven(thread, onConsole);
    },
    close: async () => {
      await Promise.all(threads.map((thread) => thread.terminate()));
      rmSync(storage, { recursive: true, force: true });
    },
  };
}

function driven(thread: Thread, onConsole: (kind: string, text: string) => void): DrivenPage {
  const waiting = new Map<number, (value: unknown) => void>();
  let asked = 0;
  thread.on("message", (message: FromPage) => {
    if ("kind" in message) return onConsole(message.kind, message.text);
    waiting.get(message.id)?.(message.value);
    waiting.delete(message.id);
  });
  return {
    evaluate: (expression) =>
      new Promise((resolve) => {
        waiting.set(++asked, resolve);
        thread.postMessage({ id: asked, expression });
      }),
    gone: new Promise<string>((resolve) => {
      thread.on("error", (error) =>
        resolve(error instanceof Error ? (error.stack ?? error.message) : "it failed"),
      );
      thread.on("exit", () => resolve("the page's thread ended"));
    }),
  };
}
