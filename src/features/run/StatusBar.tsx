// The status bar: one sentence on what the run is doing, the strip of its phases, and the controls of a recorded run.
import { useEffect, useState } from "react";
import { followPlayhead, SPEEDS } from "../../store/lab";
import { useClock, useLab, useView } from "../../store/hooks";
import { useLive } from "../../store/live";
import { Menu } from "../../ui/controls/Menu";
import { statusOf, statusSentence } from "./status";
import { Strip } from "./Strip";

/** The status for screen readers: one sentence per phase instead of ten updates a second. */
function Announcer({ words }: { words: string }) {
  const [said, setSaid] = useState("");
  useEffect(() => {
    const timer = setTimeout(() => setSaid(words), 400);
    return () => clearTimeout(timer);
  }, [words]);
  return (
    <p className="unseen" role="status">
      {said}
    </p>
  );
}

export function StatusBar() {
  const player = useLab((state) => state.player);
  const focus = useLab((state) => state.round);
  const view = useView(player, "phases", "steps", "run");
  useClock(player);
  const progress = useLive((state) => state.progress);
  if (!player) return <div className="status" />;
  const live = player.kind === "live" && player.following ? progress : null;
  const status = statusOf(view, player.outline, player.clockMs, player.kind, live);
  const recorded = player.kind !== "live";
  const paused = progress?.state === "paused" && player.kind === "live";
  const behind = focus !== null || (player.kind === "live" && !player.following);
  return (
    <section className="status" aria-label="Status">
      <div className="status-row">
        <b>{paused ? `Paused · ${status.lead}` : status.lead}</b>
        <span>{status.phase}</span>
        {status.left && <span className="aside">{status.left}</span>}
        <span className="grow" />
        {behind && (
          <button type="button" className="button small" onClick={followPlayhead}>
            {focus === null ? "Back to the newest step" : `Showing round ${focus}: back to the newest`}
          </button>
        )}
        <span className="aside wide-only">{status.cost}</span>
        {recorded && (
          <Menu
            label={`plays ${player.speed} × real speed ▾`}
            name={`Speed: ${player.speed} times as fast as it was recorded`}
            items={SPEEDS.map((speed) => ({
              label: speed === 1 ? "real speed" : `${speed} × as fast`,
              chosen: speed === player.speed,
              act: () => player.setSpeed(speed),
            }))}
          />
        )}
      </div>
      <Strip player={player} words={statusSentence(status)} />
      <Announcer words={`${status.lead}, ${view.phases.at(-1)?.phase ?? ""}`} />
    </section>
  );
}
