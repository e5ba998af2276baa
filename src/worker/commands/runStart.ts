// run.start: begins a run, or goes on with a stored one: takes hold of it, loads what it needs, checks that this is
// what it began with, and trains. A Stop until then leaves everything as it was.
import { filledAs } from "../../config/leftOpen";
import { runName, type ResolvedConfig } from "../../config/schema";
import { LabError } from "../../lib/errors";
import type { RunIdentity } from "../../lib/events";
import { decodeCheckpoint } from "../../train/checkpoint";
import type { RunState } from "../../train/state";
import type { StoredPoint } from "../archive";
import { withAnswerLimit } from "../answerLimit";
import { neededCheckpoint } from "../exporting";
import { openGrader } from "../graders";
import { CODE, rowsIdentity, runIdentity } from "../identity";
import { dataNotes } from "../dataNotes";
import { pinned, resumeNotes, sameMaterial, sameRun, startNotes } from "../resume";
import type { ActiveRun, Session } from "../session";
import { resolvedRun } from "../storedRun";
import { tokenPool } from "../tokenPool";
import { trainRun, type ReadyRun } from "../trainRun";
import type { CommandOf } from "./command";

export async function startRun(session: Session, command: CommandOf<"run.start">): Promise<void> {
  const { requestId, runId, resume } = command;
  await session.run(`run ${runId}`, runId, (run) =>
    resume ? goOn(session, run, command) : begin(session, run, command),
  );
  session.done(requestId);
}

async function begin(
  session: Session,
  run: ActiveRun,
  { requestId, config }: CommandOf<"run.start">,
): Promise<void> {
  const { archive } = session.options;
  const letGo = await archive.hold(run.runId);
  try {
    await train(session, run, { requestId, config, from: null, mended: false });
  } finally {
    await letGo();
  }
}

async function goOn(session: Session, run: ActiveRun, command: CommandOf<"run.start">): Promise<void> {
  const { archive } = session.options;
  const { runId } = run;
  const stored = await resolvedRun(archive, runId);
  // What the run found for a setting that was left open is its own from then on.
  const given = filledAs(stored.config, command.config);
  const mended = sameRun(stored.config, given);
  const config = pinned(given, stored.config.model.revision);
  // Before the checkpoint is read: nobody else may write a newer one behind it.
  const letGo = await archive.hold(runId);
  try {
    // Another tab may have brought it to its end while this one waited.
    if (await archive.finished(runId))
      throw new LabError("config", `The run ${stored.name} is finished, so there is nothing left to resume.`);
    await archive.claim(runId);
    const from = await neededCheckpoint(archive, runId);
    await train(session, run, { requestId: command.requestId, config, from, mended });
  } finally {
    await letGo();
  }
}

interface Start {
  requestId: string;
  config: ResolvedConfig;
  /** null = a run that begins. */
  from: StoredPoint | null;
  /** Goes on with another reward function. */
  mended: boolean;
}

/** A run that is held: loads what it needs, and trains. */
async function train(session: Session, run: ActiveRun, start: Start): Promise<void> {
  const { archive } = session.options;
  const { from } = start;
  const ready = await loadRun(session, run, start);
  try {
    run.loading?.signal.throwIfAborted();
    // From here on the run's own loop hears a Stop, at its next gate.
    run.loading = null;
    const { config } = ready;
    if (from) {
      await archive.truncate(run.runId, from.eventCount);
      await archive.status(run.runId, "running");
      // Where things lie now; what the run computes is the same.
      await archive.reconfigure(run.runId, config);
    } else {
      await archive.create({ runId: run.runId, name: runName(config), config, seed: config.seed });
    }
    await trainRun(session, run, ready, from);
  } finally {
    ready.grader.dispose();
  }
}

/** @throws LabError "config" where rows or weights are not those that the run began with, "stopped" */
async function loadRun(
  session: Session,
  run: ActiveRun,
  { requestId, config, from, mended }: Start,
): Promise<ReadyRun> {
  const was = from && decodeCheckpoint<RunState>(from.bytes).identity;
  // Before the model: rows that changed are told at once.
  const early = was ? await session.rows(config) : null;
  if (was && early) sameMaterial(was, { ...rowsIdentity(early), weights: null });
  const loaded = await session.load(config, run);
  session.modelReady(requestId, config, loaded);
  const rows = early ?? (await session.rows(config));
  const { name, revision } = loaded.model;
  const hash = await session.options.models.hash(loaded.model);
  const identity: RunIdentity = runIdentity(rows, { name, hash });
  if (was) sameMaterial(was, identity);
  const pool = tokenPool(rows, loaded, config.data.tooLong);
  const { maxPosition } = loaded.engine.config;
  const limited = withAnswerLimit(config, { test: pool.test, maxPosition });
  return {
    loaded,
    pool,
    // A branch moves on: the run notes the commit that it used.
    config: pinned(limited.config, revision ?? null),
    identity: from ? (was ?? undefined) : identity,
    notes: from
      ? resumeNotes(was, CODE, mended)
      : [
          ...startNotes(rows.train, rows.test),
          ...limited.notes,
          ...dataNotes({
            notes: pool.notes,
            test: pool.test,
            maxNewTokens: limited.maxNewTokens,
            hasChatTemplate: loaded.tokenizer.hasChatTemplate,
          }),
        ],
    // Before anything is stored: a reward function that cannot be read leaves no run behind.
    grader: await openGrader(config.trainer.reward),
  };
}
