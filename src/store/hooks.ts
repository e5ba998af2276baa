// How components listen: to the lab's state, to topics of a run, to the transport. A component redraws when its
// topic has news, at most ten times a second; the numbers themselves never pass through React.
import { useSyncExternalStore } from "react";
import { useStore } from "zustand";
import { lab, type LabState } from "./lab";
import type { Player } from "./player";
import { emptyView, type RunView, type Topic } from "./view";

export function useLab<T>(select: (state: LabState) => T): T {
  return useStore(lab, select);
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

/** Redraws with the transport: play, pause, speed, and the playhead in quarter seconds of wall time. */
export function useTransport(player: Player | null): Player | null {
  useSyncExternalStore(player?.subscribe ?? nothing, () =>
    player
      ? `${player.playing} ${player.speed} ${player.complete} ${player.following} ${Math.round(player.clockMs)} ${player.outline.endMs}`
      : "",
  );
  return player;
}

/** The round that the pictures show: the one in focus, else the newest that has scores or picks. */
export function useShownRound(view: RunView): number {
  const focus = useLab((state) => state.round);
  if (focus !== null && focus <= view.rounds.length) return focus;
  return view.rounds.length;
}
