// A stored run as the files of a checkpoint, which another browser or the command can resume, and back.
import { LabError } from "../lib/errors";
import type { RunEvent } from "../lib/events";
import { decodeCheckpoint } from "../train/checkpoint";
import type { RunState } from "../train/state";
import type { Archive, StoredPoint, StoredRun } from "./archive";
import { exportedFile, exportedText, type ExportedFile } from "./exportFiles";

/** A file that was given with `run.import`. */
export interface GivenFile {
  name: string;
  bytes: ArrayBuffer;
}

const RUN_FILE = "run.json";
const LOG_FILE = "events.jsonl";
const STATE_FILE = "checkpoint.bin";

/** @throws LabError "storage" when the run has no checkpoint */
export async function neededCheckpoint(archive: Archive, runId: string): Promise<StoredPoint> {
  const point = await archive.checkpoint(runId);
  if (point) return point;
  throw new LabError(
    "storage",
    `The run ${runId} has no checkpoint here.`,
    "A run writes its first one before its first step.",
  );
}

/** Everything another browser needs to go on with the run. */
export async function exportCheckpoint(archive: Archive, run: StoredRun): Promise<ExportedFile[]> {
  const point = await neededCheckpoint(archive, run.runId);
  const events = (await archive.events(run.runId)).slice(0, point.eventCount);
  const { round, step, eventCount } = point;
  return [
    exportedText(
      RUN_FILE,
      `${JSON.stringify({ format: "proximal-run", version: 1, ...run, round, step, eventCount })}\n`,
    ),
    exportedText(LOG_FILE, events.map((event) => `${JSON.stringify(event)}\n`).join("")),
    exportedFile(STATE_FILE, point.bytes),
  ];
}

/** Puts `exportCheckpoint`'s files back, as run `runId`. @throws LabError "storage" */
export async function importCheckpoint(
  archive: Archive,
  runId: string,
  files: readonly GivenFile[],
): Promise<void> {
  const part = (name: string): Uint8Array => {
    const found = files.find((entry) => entry.name === name);
    if (found) return new Uint8Array(found.bytes);
    throw new LabError(
      "storage",
      `The checkpoint has no ${name}.`,
      "Give all files of the checkpoint folder.",
    );
  };
  const bytes = part(STATE_FILE);
  const about = parse(RUN_FILE, new TextDecoder().decode(part(RUN_FILE))) as Partial<StoredRun> &
    Partial<StoredPoint>;
  const lines = new TextDecoder()
    .decode(part(LOG_FILE))
    .split("\n")
    .filter((line) => line !== "");
  const events = lines.map((line) => parse(LOG_FILE, line) as RunEvent);
  const { state } = decodeCheckpoint<RunState>(bytes);
  if (about.eventCount !== events.length || state.eventCount !== events.length) {
    throw new LabError(
      "storage",
      `The checkpoint belongs to ${state.eventCount} records of the log, but ${LOG_FILE} has ${events.length}.`,
      "Give the files of one checkpoint.",
    );
  }
  if (await archive.find(runId)) await archive.remove(runId);
  await archive.create({ runId, name: about.name ?? runId, config: about.config, seed: about.seed ?? 0 });
  await archive.append(runId, 0, events);
  const { round, step } = state;
  await archive.save(runId, { round, step, eventCount: events.length, bytes });
}

function parse(name: string, line: string): unknown {
  try {
    return JSON.parse(line) as unknown;
  } catch {
    throw new LabError(
      "storage",
      `${name} of the checkpoint is not valid JSON.`,
      "Export the checkpoint again.",
    );
  }
}
