// The worker's conversation with the page: which file handles which command. Configs of commands are resolved here
// and nowhere behind it; those of stored runs, in storedRun.ts.
import { resolveConfig } from "../../config/schema";
import { asLabError } from "../../lib/errors";
import type { Command } from "../protocol";
import type { Session } from "../session";
import { exportAdapter } from "./adapterExport";
import { importAdapterFiles } from "./adapterImport";
import { answerChat, stopChat } from "./chatAnswer";
import type { Handler } from "./command";
import { planMemory } from "./memoryPlan";
import { deleteModel } from "./modelDelete";
import { downloadModel, stopDownload } from "./modelDownload";
import { importModelFiles } from "./modelImport";
import { prepareModel } from "./modelPrepare";
import { listModels } from "./modelsList";
import { scorePool } from "./poolScore";
import { exportRun } from "./runExport";
import { importRun } from "./runImport";
import { profileRun } from "./runProfile";
import { startRun } from "./runStart";
import { pauseRun, resumeRun, stepRun, stopRun } from "./runSteer";
import { generateText } from "./textGenerate";

const HANDLERS: { [K in Command["type"]]: Handler<K> } = {
  "model.prepare": prepareModel,
  "run.start": startRun,
  "run.pause": pauseRun,
  "run.resume": resumeRun,
  "run.step": stepRun,
  "run.stop": stopRun,
  "run.profile": profileRun,
  "pool.score": scorePool,
  "text.generate": generateText,
  "run.export": exportRun,
  "run.import": importRun,
  "memory.plan": planMemory,
  "models.list": listModels,
  "model.download": downloadModel,
  "download.stop": stopDownload,
  "model.import": importModelFiles,
  "model.delete": deleteModel,
  "adapter.import": importAdapterFiles,
  "adapter.export": exportAdapter,
  "chat.answer": answerChat,
  "chat.stop": stopChat,
  "device.lose": ({ options }) => options.host.lose(),
};

/** Never throws: what goes wrong is posted as `failed`. */
export async function dispatch(session: Session, command: Command): Promise<void> {
  try {
    const resolved = "config" in command ? { ...command, config: resolveConfig(command.config) } : command;
    // The table pairs each type with its handler; the compiler cannot follow that through a variable.
    const handler = HANDLERS[command.type] as unknown as (session: Session, command: unknown) => unknown;
    await handler(session, resolved);
  } catch (thrown) {
    const { code, message, hint, facts } = asLabError(thrown);
    const requestId = "requestId" in command ? command.requestId : null;
    const runId = "runId" in command ? command.runId : null;
    session.options.post({ type: "failed", requestId, runId, code, message, hint, facts: { ...facts } });
  }
}
