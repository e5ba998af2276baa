// The pilot, "does it pay on my data?": its runs one after the other, each an ordinary run that is stored like any other. Those
// that a former pilot has finished on the same rows and weights are taken as they are, so one that was stopped goes on.
import { createStore } from "zustand/vanilla";
import { useStore } from "zustand";
import { filledAs } from "../config/leftOpen";
import { resolveConfig } from "../config/resolve";
import type { ResolvedConfig } from "../config/tree";
import type { StrategyName } from "../curriculum/strategy";
import { asLabError, LabError } from "../lib/errors";
import type { RunEvent, RunIdentity } from "../lib/events";
import {
  pilotAnswer,
  pilotRace,
  pilotSteps,
  type PilotAnswer,
  type PilotLog,
  type PilotWish,
} from "../race/pilot";
import { checkedConfig, runAside, stopRun } from "./session";
import { eventsOfRun, storedRuns, type RunRecord } from "./storedData";

export interface PilotRun {
  strategy: StrategyName;
  seed: number;
  /** known: a stored run of the very same kind, from before. */
  state: "waiting" | "running" | "done" | "known";
}

export interface PilotState {
  state: "idle" | "running" | "stopping" | "stopped" | "done";
  /** What the present answer and runs belong to. */
  wish: PilotWish | null;
  runs: PilotRun[];
  answer: PilotAnswer | null;
  fault: LabError | null;
}

const pilot = createStore<PilotState>(() => ({
  state: "idle",
  wish: null,
  runs: [],
  answer: null,
  fault: null,
}));

export function usePilot<T>(select: (state: PilotState) => T): T {
  return useStore(pilot, select);
}

const isUnderWay = (): boolean => ["running", "stopping"].includes(pilot.getState().state);

/** Steps that a pilot of the present settings takes by itself. @throws LabError "config" */
export const usualSteps = async (): Promise<number> => pilotSteps(await checkedConfig());

const finished = (events: readonly RunEvent[]): boolean =>
  events.some((event) => event.type === "run.finished" && event.status === "done");

function identityOf(events: readonly RunEvent[]): RunIdentity | null {
  const started = events.find((event) => event.type === "run.started");
  return started?.type === "run.started" ? (started.identity ?? null) : null;
}

/** Whether two runs were made by the same code of the same rows and weights; unknown is not the same. */
const alike = (a: RunIdentity | null, b: RunIdentity | null): boolean =>
  a !== null &&
  b !== null &&
  a.code === b.code &&
  (["train", "test", "weights"] as const).every((part) => a[part].hash === b[part].hash);

const textOf = (config: ResolvedConfig): string => JSON.stringify({ ...config, name: null });

/** The log of the newest stored run that ran this config to its end; null where there is none. */
async function knownLog(config: unknown, stored: readonly RunRecord[]): Promise<readonly RunEvent[] | null> {
  const wanted = resolveConfig(config);
  const same = stored.filter((run) => {
    try {
      const ran = resolveConfig(run.config);
      return run.status === "done" && textOf(ran) === textOf(filledAs(ran, wanted));
    } catch {
      return false; // of another version, whose config is no longer one
    }
  });
  same.sort((a, b) => b.createdAt - a.createdAt);
  return same.length > 0 ? eventsOfRun(same[0].runId) : null;
}

function note(at: number, state: PilotRun["state"]): void {
  pilot.setState(({ runs }) => ({ runs: runs.map((run, k) => (k === at ? { ...run, state } : run)) }));
}

/** Runs what is missing, seed by seed, and answers after each pair. */
export async function startPilot(wish: PilotWish): Promise<void> {
  if (isUnderWay()) return;
  pilot.setState({ state: "running", wish, runs: [], answer: null, fault: null });
  try {
    const { race, runConfig } = pilotRace(await checkedConfig(), wish);
    const runs = race.seeds.flatMap((seed) =>
      race.strategies.map((strategy): PilotRun => ({ strategy, seed, state: "waiting" })),
    );
    pilot.setState({ runs });
    const logs = new Map<number, PilotLog>();
    const answer = (): void => pilot.setState({ answer: pilotAnswer([...logs.values()], wish.strategy) });
    const stored = await storedRuns();
    for (const [at, { strategy, seed }] of runs.entries()) {
      const events = await knownLog(runConfig(strategy, seed), stored);
      if (!events || !finished(events)) continue;
      logs.set(at, { strategy, seed, events });
      note(at, "known");
    }
    answer();
    let made: RunIdentity | null = null;
    const missing = () => runs.findIndex((_, at) => !logs.has(at));
    for (let at = missing(); at >= 0; at = missing()) {
      const { strategy, seed } = runs[at];
      if (pilot.getState().state === "stopping") break;
      note(at, "running");
      const events = await runAside(runConfig(strategy, seed));
      if (!finished(events)) {
        note(at, "waiting");
        break;
      }
      const own = identityOf(events);
      if (made !== null && !alike(made, own))
        throw new LabError(
          "data",
          "The questions or the model changed while the pilot ran.",
          "Start the pilot again; runs on other questions are left out.",
        );
      made = own;
      logs.set(at, { strategy, seed, events });
      note(at, "done");
      // Runs of before on other rows, weights or code are none of this pilot: they are run anew.
      for (const [other, log] of logs)
        if (!alike(identityOf(log.events), own)) {
          logs.delete(other);
          note(other, "waiting");
        }
      answer();
    }
    pilot.setState({ state: missing() < 0 ? "done" : "stopped" });
  } catch (thrown) {
    const fault = asLabError(thrown);
    pilot.setState(({ runs }) => ({
      state: "stopped",
      fault: fault.code === "stopped" ? null : fault,
      runs: runs.map((run) => (run.state === "running" ? { ...run, state: "waiting" } : run)),
    }));
  }
}

/** Ends the pilot after the present step; what has run is kept, and the same pilot goes on from there. */
export function stopPilot(): void {
  if (pilot.getState().state !== "running") return;
  pilot.setState({ state: "stopping" });
  stopRun();
}
