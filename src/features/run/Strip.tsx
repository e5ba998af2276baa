// The strip: the whole run as one bar in which each phase is as wide as its share of time, so that the price of
// scoring is visible. It is also the slider (a range input) that moves the playhead of all pictures. During
// playback the browser moves the playhead by an animation of `transform`, which costs the main thread nothing per
// frame.
import { useLayoutEffect, useMemo, useRef, type KeyboardEvent } from "react";
import { useClock } from "../../store/hooks";
import type { Player } from "../../store/player";
import { PHASES } from "../../log/phases";

/** Animates the playhead: `head` moves along the strip, and `done`, the part already played, widens while its bars stay. */
function glide(head: HTMLElement, done: HTMLElement, bars: HTMLElement, player: Player, end: number): void {
  const from = Math.min(1, player.clockMs / end);
  const places: [HTMLElement, (share: number) => string][] = [
    [head, (share) => `translateX(${(100 * share).toFixed(3)}%)`],
    [done, (share) => `translateX(${(100 * (share - 1)).toFixed(3)}%)`],
    [bars, (share) => `translateX(${(100 * (1 - share)).toFixed(3)}%)`],
  ];
  const to = Math.min(1, player.outline.endMs / end);
  const duration = ((to - from) * end) / player.speed;
  for (const [part, at] of places) {
    for (const running of part.getAnimations()) running.cancel();
    part.style.transform = at(from);
    if (player.playing && duration > 0)
      part.animate([{ transform: at(from) }, { transform: at(to) }], { duration, fill: "forwards" });
  }
}

export function Strip({ player, words }: { player: Player; words: string }) {
  useClock(player);
  const done = useRef<HTMLDivElement>(null);
  const inside = useRef<HTMLDivElement>(null);
  const head = useRef<HTMLDivElement>(null);
  const outline = player.outline;
  const news = `${outline.spans.length} ${outline.finished} ${Math.round(outline.endMs / 500)}`;
  const spans = useMemo(() => outline.planned(), [outline, news]);
  const end = Math.max(1, spans.at(-1)?.span.toMs ?? outline.endMs);

  useLayoutEffect(() => {
    const place = (): void => {
      if (head.current && done.current && inside.current)
        glide(head.current, done.current, inside.current, player, end);
    };
    place();
    return player.onMove(place);
  }, [player, end]);

  const jump = (event: KeyboardEvent): void => {
    const back = event.key === "ArrowLeft" || event.key === "ArrowDown";
    const on = event.key === "ArrowRight" || event.key === "ArrowUp";
    const round = event.key === "PageUp" || event.key === "PageDown";
    if (!back && !on && !round) return;
    event.preventDefault();
    const marks = round ? outline.roundMs : outline.stepMs;
    const forward = round ? event.key === "PageUp" : on;
    const to = forward
      ? marks.find((ms) => ms > player.clockMs)
      : marks.findLast((ms) => ms < player.clockMs - 1);
    player.seek(to ?? (forward ? outline.endMs : 0));
  };

  const bars = useMemo(
    () =>
      spans.map(({ span, known }, i) => (
        <span
          key={i}
          className={`${PHASES[span.phase].tone} ${known ? "" : "guess"}`}
          style={{
            left: `${(span.fromMs / end) * 100}%`,
            width: `${((span.toMs - span.fromMs) / end) * 100}%`,
          }}
        />
      )),
    [spans, end],
  );
  const starts = useMemo(
    () =>
      spans
        .filter(({ span }, i) => span.round > 0 && span.round !== (spans[i - 1]?.span.round ?? 0))
        .map(({ span }) => (
          <span key={span.round} style={{ left: `${(span.fromMs / end) * 100}%` }}>
            {span.round}
          </span>
        )),
    [spans, end],
  );
  return (
    <div className="strip" data-whole={player.complete}>
      <div className="strip-bars" aria-hidden="true">
        <div className="strip-all">{bars}</div>
        <div className="strip-done" ref={done}>
          <div className="strip-all" ref={inside}>
            {bars}
          </div>
        </div>
      </div>
      <div className="strip-room" aria-hidden="true">
        <div className="strip-rail" ref={head}>
          <div className="strip-head" />
        </div>
      </div>
      <input
        type="range"
        min={0}
        max={Math.round(end)}
        step={1}
        value={Math.round(Math.min(player.clockMs, end))}
        aria-label="Playhead: arrow keys by step, page keys by round"
        aria-valuetext={words}
        onChange={(event) => player.seek(Number(event.target.value))}
        onKeyDown={jump}
      />
      <div className="strip-rounds" aria-hidden="true">
        {starts}
      </div>
    </div>
  );
}
