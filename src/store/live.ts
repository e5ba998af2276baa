// The state of the live run as the worker last reported it. All commands to the worker are sent from here.
import { createStore } from "zustand/vanilla";
import { useStore } from "zustand";
import type { StepProfile } from "../lib/profile";
import type { DeviceReport, GeneratedText, WorkerEvent } from "../worker/protocol";

type Progress = Extract<WorkerEvent, { type: "run.progress" }>;
type Loading = Extract<WorkerEvent, { type: "model.progress" }>;

export interface LiveState {
  /** idle: no worker yet. */
  state: "idle" | "starting" | "running" | "paused" | "stopping" | "finished";
  runId: string | null;
  progress: Progress | null;
  loading: Loading | null;
  device: DeviceReport | null;
  /** The adapter's ceiling, multiply-adds a second; null until a model was loaded. */
  ceiling: number | null;
  /** The newest timed step. */
  profile: StepProfile | null;
  /** The answer that is being written, as far as it has come. */
  writing: GeneratedText | null;
}

export const live = createStore<LiveState>(() => ({
  state: "idle",
  runId: null,
  progress: null,
  loading: null,
  device: null,
  ceiling: null,
  profile: null,
  writing: null,
}));

export function useLive<T>(select: (state: LiveState) => T): T {
  return useStore(live, select);
}
