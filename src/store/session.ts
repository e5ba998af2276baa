// Start, pause, step, stop, go on: one verb each, whether the run on the page is recorded or live. The worker is
// started with the first live run; everything it says ends in a player or in the live state.
import { LabError } from "../lib/errors";
import type { RunEvent } from "../lib/events";
import type { Command, WorkerEvent } from "../worker/protocol";
import { merge } from "./config";
import { connect, type Connection } from "./connection";
import { guardLeaving, keepAwake } from "./guards";
import { lab, showProblem, showRun } from "./lab";
import { live } from "./live";
import { Player } from "./player";
import { nest } from "./url";

let connection: Connection | null = null;
/** Players by run: events of a run reach it wherever it is shown. */
const players = new Map<string, Player>();
const answers = new Map<
  string,
  { resolve: (event: WorkerEvent) => void; reject: (error: LabError) => void }
>();
let requests = 0;

const isBusy = (): boolean => !["idle", "finished"].includes(live.getState().state);

function ended(): void {
  live.setState({ state: "finished", progress: null, loading: null });
  guardLeaving(false);
  void keepAwake(false);
}

function onRunEvents(runId: string, first: number, events: RunEvent[]): void {
  players.get(runId)?.append(events, first);
  if (!events.some((event) => event.type === "run.finished" || event.type === "run.failed")) return;
  players.get(runId)?.close();
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
            event.reason ?? "This browser gives the lab no GPU.",
            "The checks under “What this browser can do” say how to get one.",
          ),
        );
      return;
    case "model.progress":
      live.setState({ loading: event });
      return;
    case "run.events":
      return onRunEvents(event.runId, event.first, event.events);
    case "run.progress":
      if (event.runId === live.getState().runId)
        live.setState({ progress: event, loading: null, state: event.state });
      return;
    case "failed": {
      const error = new LabError(event.code, event.message, event.hint, event.facts);
      if (event.requestId !== null) answers.get(event.requestId)?.reject(error);
      if (event.requestId === null || !answers.delete(event.requestId)) showProblem(error);
      if (event.runId !== null && event.runId === live.getState().runId) ended();
      return;
    }
    case "model.ready":
    case "text.generated":
    case "run.exported":
    case "memory.planned":
    case "request.done":
      answers.get(event.requestId)?.resolve(event);
      answers.delete(event.requestId);
      return;
    default:
      return event satisfies never;
  }
}

async function worker(): Promise<Connection> {
  connection ??= await connect(onEvent);
  return connection;
}

type Asking = Extract<Command, { requestId: string }>;
type Question = Asking extends infer C ? (C extends Asking ? Omit<C, "requestId"> : never) : never;

/** Sends a command that is answered, and waits for the answer. @throws LabError */
export async function ask(question: Question): Promise<WorkerEvent> {
  const requestId = `q${++requests}`;
  const answer = new Promise<WorkerEvent>((resolve, reject) => answers.set(requestId, { resolve, reject }));
  (await worker()).send({ ...question, requestId } as Command);
  return answer;
}

/** The story's config with the person's changes, as the worker resolves it. */
export async function presentConfig(): Promise<unknown> {
  const { preset } = await import("../config/presets");
  const { story, changes } = lab.getState();
  return merge(preset(story)?.config ?? {}, nest(changes));
}

async function begin(runId: string, config: unknown, resume: boolean, player: Player): Promise<void> {
  if (isBusy()) throw new LabError("config", "A run is already under way.", "Stop it first; it is kept.");
  players.set(runId, player);
  live.setState({ state: "starting", runId, progress: null });
  guardLeaving(true);
  void keepAwake(true);
  try {
    await ask({ type: "run.start", runId, config, resume });
  } catch (thrown) {
    ended();
    throw thrown;
  }
}

const newId = (config: unknown): string => {
  const strategy = (config as { curriculum?: { strategy?: string } }).curriculum?.strategy ?? "run";
  return `${lab.getState().story}-${strategy}-${Date.now().toString(36)}`;
};

/** Runs the story with the present settings on this GPU, in place of what the page shows. */
export async function startRun(): Promise<void> {
  try {
    const config = await presentConfig();
    const player = new Player("live");
    const { beside, besideEntry } = lab.getState();
    showRun(player, null);
    lab.setState({ beside, besideEntry, seeds: [] });
    await begin(newId(config), config, false, player);
  } catch (thrown) {
    showProblem(thrown);
  }
}

/** The same run in random order, beside the one on the page. */
export async function startBeside(): Promise<void> {
  const own = lab.getState().player?.view.config;
  if (!own) return;
  try {
    const config = merge(own, { curriculum: { strategy: "random" }, name: null });
    const player = new Player("live");
    lab.setState({ beside: player, besideEntry: null, seeds: [] });
    await begin(newId(config), config, false, player);
  } catch (thrown) {
    showProblem(thrown);
  }
}

/** Goes on with a stored run from its last checkpoint; its log so far is on the page at once. */
export async function resumeRun(runId: string, config: unknown, events: readonly RunEvent[]): Promise<void> {
  try {
    const player = new Player("live");
    player.append(events);
    showRun(player, null);
    await begin(runId, config, true, player);
  } catch (thrown) {
    showProblem(thrown);
  }
}

const shownLive = (): boolean => lab.getState().player?.kind === "live" && isBusy();

function send(command: Command): void {
  void worker().then((open) => open.send(command), showProblem);
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

/** Finishes the step, saves a checkpoint, ends. */
export function stopRun(): void {
  if (!isBusy()) return;
  live.setState({ state: "stopping" });
  send({ type: "run.stop" });
}
