// Functions that start, pause, step, stop and resume runs, whether the run on the page is recorded or live. The
// worker is started with the first live run; its events are passed to a player or to the live state.
import { RANDOM_ORDER } from "../curriculum/registry";
import { asLabError, LabError } from "../lib/errors";
import type { RunEvent } from "../lib/events";
import type { WorkerClient, Order } from "../worker/client";
import type { WorkerEvent } from "../worker/protocol";
import { merge } from "./config";
import { withDb } from "./database";
import { connect, type AnswerTo, type Question } from "./connection";
import { guardLeaving, keepAwake } from "./guards";
import { requestPersistence } from "./persistence";
import { findBaseline, setBaseline } from "./baseline";
import { lab, showForNow, showProblem, showRun, type LabState } from "./lab";
import { live } from "./live";
import { Player } from "./player";
import { nest } from "./url";

let connection: Promise<WorkerClient> | null = null;
/** Players by run: events of a run reach it wherever it is shown. */
const players = new Map<string, Player>();
/** Runs of which at least one record has come since they were last started. */
const heard = new Set<string>();

const isBusy = (): boolean => !["idle", "finished"].includes(live.getState().state);

function ended(): void {
  live.setState({ state: "finished", progress: null, loading: null });
  guardLeaving(false);
  void keepAwake(false);
}

function onRunEvents(runId: string, first: number, events: RunEvent[]): void {
  heard.add(runId);
  players.get(runId)?.append(events, first);
  if (!events.some((event) => event.type === "run.finished" || event.type === "run.failed")) return;
  players.get(runId)?.close();
  const failed = events.find((event) => event.type === "run.failed");
  if (failed)
    showProblem(new LabError("internal", failed.reason, failed.hint, { code: failed.code, run: runId }));
  if (runId === live.getState().runId) ended();
}

function onEvent(event: WorkerEvent): void {
  switch (event.type) {
    case "worker.ready":
      live.setState({ device: event.device });
      if (!event.device)
        showProblem(
          new LabError(
            "gpu-missing",
            event.reason ?? "This browser gives the page no GPU.",
            "Press ⌘K or Ctrl+K and choose “What this browser can do” to see how to get one.",
          ),
        );
      return;
    case "model.progress":
      live.setState({ loading: event });
      return;
    case "run.profiled":
      live.setState({ profile: event.profile });
      return;
    case "device.measured":
      live.setState({ ceiling: event.multiplyAddsPerSecond });
      return;
    case "run.events":
      return onRunEvents(event.runId, event.first, event.events);
    case "run.progress":
      if (event.runId === live.getState().runId)
        live.setState({ progress: event, loading: null, state: event.state });
      return;
    case "failed":
      // With an id, the error goes to the request; without one, it is shown on the page.
      if (event.requestId === null)
        showProblem(new LabError(event.code, event.message, event.hint, event.facts));
      if (event.runId !== null && event.runId === live.getState().runId) ended();
      return;
    case "chat.tokens":
      live.setState({ writing: event.answer, loading: null });
      return;
    case "chat.answered":
      live.setState({ writing: null });
      return;
    case "model.ready":
    case "text.generated":
    case "run.exported":
    case "memory.planned":
    case "models.listed":
    case "adapter.stored":
    case "request.done":
      return;
    default:
      return event satisfies never;
  }
}

function worker(): Promise<WorkerClient> {
  connection ??= connect(onEvent);
  return connection;
}

/** Requests after which something large is stored. */
const STORING: readonly Question["type"][] = ["run.start", "model.download", "model.import"];

/** Asks the worker and waits for its answer. @throws LabError */
export async function ask<Q extends Question>(question: Q): Promise<AnswerTo<Q>> {
  if (STORING.includes(question.type)) void requestPersistence();
  return (await worker()).ask(question);
}

/** Tells the worker something that has no answer. */
export function tell(order: Order): void {
  void worker().then((client) => client.send(order));
}

/** The story's config with the user's changes, as the worker resolves it. */
export async function presentConfig(): Promise<unknown> {
  const { preset } = await import("../config/presets");
  const { story, changes } = lab.getState();
  return merge(preset(story)?.config ?? {}, nest(changes));
}

async function begin(runId: string, config: unknown, resume: boolean, player: Player): Promise<void> {
  notTwice();
  players.set(runId, player);
  heard.delete(runId);
  live.setState({ state: "starting", runId, progress: null, profile: null });
  guardLeaving(true);
  void keepAwake(true);
  try {
    // Answered when the run is over; what happens until then comes as events.
    await ask({ type: "run.start", runId, config, resume });
  } finally {
    if (live.getState().runId === runId) ended();
  }
}

const newId = (config: unknown): string => {
  const strategy = (config as { curriculum?: { strategy?: string } }).curriculum?.strategy ?? "run";
  return `${lab.getState().story}-${strategy}-${Date.now().toString(36)}`;
};

/** Checks that a run can start, so that the page stays as it is if not. @throws LabError "gpu-missing" */
async function needGpu(): Promise<void> {
  const gpu = "gpu" in navigator ? navigator.gpu : undefined;
  if (gpu && (await gpu.requestAdapter().catch(() => null))) return;
  throw new LabError(
    "gpu-missing",
    gpu
      ? "This browser has WebGPU, but gives the page no GPU adapter."
      : "This browser does not offer WebGPU.",
    "Press ⌘K or Ctrl+K and choose “What this browser can do” to see how to get it. The recorded run continues below.",
  );
}

/** Refuses what cannot run before anything on the page is touched. @throws LabError "config", "data" */
export async function checkedConfig(): Promise<unknown> {
  const config = await presentConfig();
  const { resolveConfig } = await import("../config/resolve");
  const { data } = resolveConfig(config);
  for (const source of [data.train, data.test]) {
    const id = /^stored:(.*)$/.exec(source ?? "")?.[1];
    if (id === undefined) continue;
    const found = await withDb((db, { findReferenced }) => findReferenced(db, id));
    if (!found)
      throw new LabError(
        "data",
        `The dataset ${id} is not stored in this browser.`,
        "Import its file under “My questions”, or reset the questions under “Settings…”.",
        { dataset: id },
      );
  }
  return config;
}

const notTwice = (): void => {
  if (isBusy()) throw new LabError("config", "A run is already under way.", "Stop it first; it is kept.");
};

/** What the user ended is no problem. */
function showFailure(thrown: unknown): void {
  if (asLabError(thrown).code !== "stopped") showProblem(thrown);
}

/** Shows `player` and runs. If the run ends without a single record, the page gets back what it showed before. */
async function runOnPage(runId: string, config: unknown, resume: boolean, player: Player): Promise<void> {
  const before = showForNow(player);
  void findBaseline(player);
  try {
    await begin(runId, config, resume, player);
    before.done();
  } catch (thrown) {
    if (heard.has(runId)) before.done();
    else before.putBack();
    throw thrown;
  }
}

/** Runs the story with the present settings on this GPU, in place of what the page shows. */
export async function startRun(): Promise<void> {
  try {
    await needGpu();
    notTwice();
    const config = await checkedConfig();
    await runOnPage(newId(config), config, false, new Player("live"));
  } catch (thrown) {
    showFailure(thrown);
  }
}

/** Starts the same run in random order, as the baseline of the one on the page. */
export async function startBaseline(): Promise<void> {
  const shown = lab.getState().player?.view;
  if (!shown || shown.status === "empty") return;
  const player = new Player("live");
  try {
    await needGpu();
    notTwice();
    const config = merge(shown.config, { curriculum: { strategy: RANDOM_ORDER }, name: null });
    void setBaseline(player);
    await begin(newId(config), config, false, player);
  } catch (thrown) {
    if (lab.getState().pending === player) {
      lab.setState({ pending: null });
      const shown = lab.getState().player;
      if (shown) void findBaseline(shown);
    }
    showFailure(thrown);
  }
}

/**
 * Runs a config beside what the page shows, and resolves with its log when it is over, finished or stopped. "Back to the
 * current run" puts it on the page meanwhile.
 * @throws LabError
 */
export async function runAside(config: unknown): Promise<readonly RunEvent[]> {
  await needGpu();
  notTwice();
  const player = new Player("live");
  await begin(newId(config), config, false, player);
  return player.events;
}

/** The run's config, but with the reward function of the current settings if both have one, so that it can be corrected. */
function withMendedReward(config: unknown): unknown {
  const { changes } = lab.getState();
  const { trainer } = config as { trainer?: { reward?: { kind?: string } } };
  if (trainer?.reward?.kind !== "function" || changes["trainer.reward.kind"] !== "function") return config;
  const reward = Object.fromEntries(
    ["code", "timeoutMs"].flatMap((key) => {
      const value = changes[`trainer.reward.${key}`];
      return value === undefined ? [] : [[key, value]];
    }),
  );
  return merge(config, { trainer: { reward } });
}

/** Goes on with a stored run from its last checkpoint; its log so far is on the page at once. */
export async function resumeRun(runId: string, config: unknown, events: readonly RunEvent[]): Promise<void> {
  try {
    notTwice();
    const player = new Player("live");
    player.append(events);
    await runOnPage(runId, withMendedReward(config), true, player);
  } catch (thrown) {
    showFailure(thrown);
  }
}

/** Whether the run under way is on the page, as its run or as the baseline. */
export const showsLive = ({ player, baseline, pending }: LabState): boolean =>
  player?.kind === "live" || baseline?.kind === "live" || pending?.kind === "live";

const shownLive = (): boolean => showsLive(lab.getState()) && isBusy();

/** Puts the run under way back on the page, after something else was looked at. */
export function showRunUnderWay(): void {
  const { runId } = live.getState();
  const known = runId === null ? undefined : players.get(runId);
  if (runId === null || !known) return;
  const player = new Player("live");
  player.append(known.events);
  players.set(runId, player);
  showRun(player, null);
  void findBaseline(player);
}

function send(order: Order): void {
  void worker().then((open) => open.send(order), showProblem);
}

/** Space: plays or pauses what is on the page. */
export function toggleRun(): void {
  const player = lab.getState().player;
  if (shownLive()) send({ type: live.getState().state === "paused" ? "run.resume" : "run.pause" });
  else if (player?.playing) player.pause();
  else player?.play();
}

export function stepRun(unit: "step" | "round"): void {
  if (!shownLive()) lab.getState().player?.step(unit);
  else if (live.getState().state === "paused") send({ type: "run.step", unit });
  else send({ type: "run.pause" });
}

/** Times the next training step of the live run by kernel; a paused run takes one. It ends in the live state. @throws LabError */
export async function profileStep(): Promise<void> {
  const { runId } = live.getState();
  if (runId === null || !isBusy())
    throw new LabError("config", "No run is under way whose step could be timed.", "Start a run first.");
  await ask({ type: "run.profile", runId });
}

/** Finishes the step, saves a checkpoint, ends. A run that still loads is given up, and leaves nothing behind. */
export function stopRun(): void {
  if (!isBusy()) return;
  live.setState({ state: "stopping" });
  send({ type: "run.stop" });
}
