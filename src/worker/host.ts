// The Worker's module: opens storage and device, then answers the page's commands until the tab closes.
import { openArchive } from "./archive";
import { EngineHost } from "./engineHost";
import type { Command, WorkerEvent } from "./protocol";
import { Session } from "./session";
import { rootAddress } from "./sources";

const scope = self as unknown as DedicatedWorkerGlobalScope;
const post = (event: WorkerEvent, transfer: ArrayBuffer[] = []): void => scope.postMessage(event, transfer);

const root = rootAddress();
const host = new EngineHost(root, post);
const session = openArchive().then(({ archive }) => new Session({ root, host, archive, post }));

scope.addEventListener("message", ({ data }: MessageEvent<Command>) => {
  void session.then((open) => open.handle(data));
});
void host.report().then((report) => post({ type: "worker.ready", ...report }));
