// The worker's entry point: opens storage and device, then answers the page's commands until the tab closes.
import { openFileStore } from "../data/library/fileStore";
import { openArchive } from "./archive";
import { dispatch } from "./commands";
import { EngineHost } from "./engineHost";
import { Models } from "./models";
import type { Command, WorkerEvent } from "./protocol";
import { Session } from "./session";
import { hubAddress, rootAddress } from "./sources";

const scope = self as unknown as DedicatedWorkerGlobalScope;
const post = (event: WorkerEvent): void => scope.postMessage(event);

const root = rootAddress();
const opened = openArchive();
const models = new Models({
  root,
  post,
  store: openFileStore(),
  hubAddress: opened.then(({ archive }) => hubAddress(archive.db, root)),
});
const host = new EngineHost(models, post);
const session = opened.then(({ archive }) => new Session({ root, host, models, archive, post }));

scope.addEventListener("message", ({ data }: MessageEvent<Command>) => {
  void session.then((open) => dispatch(open, data));
});
void host.report().then((report) => post({ type: "worker.ready", ...report }));
