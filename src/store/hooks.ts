// React hooks that subscribe components to the lab's state, to topics of a run and to the playback. A component
// redraws when its topic has changed, at most ten times a second; the numbers themselves never pass through React
// state.
import { useEffect, useState, useSyncExternalStore } from "react";
import { useStore } from "zustand";
import { lab, type LabState } from "./lab";
import type { Player } from "./player";
import { TaskQueue } from "./taskQueue";
import { emptyView, type RunView, type Topic } from "../log/view";

export function useLab<T>(select: (state: LabState) => T): T {
  return useStore(lab, select);
}

const later = new TaskQueue();

/** As `useLab`, but every component redraws in a browser task of its own; for changes that many pictures share. */
export function useLabQueued<T>(select: (state: LabState) => T): T {
  const [value, setValue] = useState(() => ({ of: select(lab.getState()) }));
  useEffect(() => {
    let heard = value.of;
    let here = true;
    const look = (): void => {
      const next = select(lab.getState());
      if (next === heard) return;
      heard = next;
      later.run([() => here && setValue({ of: next })]);
    };
    look();
    const leave = lab.subscribe(look);
    return () => {
      here = false;
      leave();
    };
    // `select` is left out of the dependencies, because it always reads the same field.
  }, []);
  return value.of;
}

const nothing = (): (() => void) => () => undefined;
const none = emptyView();

/** The run's view as of the playhead; redraws when one of the topics has news. */
export function useView(player: Player | null, ...topics: Topic[]): RunView {
  useSyncExternalStore(player?.subscribe ?? nothing, () => {
    if (!player) return 0;
    let newest = 0;
    for (const topic of topics) newest = Math.max(newest, player.view.version[topic]);
    return newest;
  });
  return player?.view ?? none;
}

/** One fact about the run, redrawn only when that fact changes. */
export function useFact<T extends string | number | boolean>(
  player: Player | null,
  fact: (view: RunView) => T,
): T {
  return useSyncExternalStore(player?.subscribe ?? nothing, () => fact(player?.view ?? none));
}

/** Redraws when the playback changes: play, pause, speed. */
export function useTransport(player: Player | null): Player | null {
  useSyncExternalStore(player?.subscribe ?? nothing, () => (player ? transport(player) : ""));
  return player;
}

/** Redraws when the playback changes, and with the clock a few times a second. */
export function useClock(player: Player | null): void {
  useSyncExternalStore(player?.subscribe ?? nothing, () =>
    player ? `${transport(player)} ${Math.round(player.clockMs)} ${player.outline.endMs}` : "",
  );
}

const transport = (player: Player): string =>
  `${player.playing} ${player.speed} ${player.complete} ${player.following}`;

/** The round that the pictures show: the one in focus, else the newest that has scores or picks. */
export function useShownRound(view: RunView): number {
  const focus = useLab((state) => state.round);
  if (focus !== null && focus <= view.rounds.length) return focus;
  return view.rounds.length;
}
