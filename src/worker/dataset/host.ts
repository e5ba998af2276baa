// The data worker's entry point: answers the page's questions about files, rows and stored datasets.
import { openLabDb, type LabDb } from "../../data/db";
import { openFileStore } from "../../data/library/fileStore";
import { rootAddress } from "../sources";
import { answer, type DataContext } from "./commands";
import type { DataAnswer, DataQuestion } from "./protocol";

const scope = self as unknown as DedicatedWorkerGlobalScope;

const context: DataContext = {
  root: rootAddress(),
  store: openFileStore(),
  opened: null,
  draft: null,
  withDb: async (work) => {
    const db: LabDb = await openLabDb();
    try {
      return await work(db);
    } finally {
      db.close();
    }
  },
};

scope.addEventListener("message", ({ data }: MessageEvent<DataQuestion>) => {
  void answer(context, data).then((said: DataAnswer) => scope.postMessage(said));
});
