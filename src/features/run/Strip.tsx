// The whole run as one strip: each phase as wide as its share of time, so the price of scoring is seen; and at
// the same time the playhead of all pictures. The strip is a range input underneath.
import { useEffect, useMemo, useRef, type KeyboardEvent } from "react";
import { useTransport } from "../../store/hooks";
import type { Player } from "../../store/player";
import type { LogPhase } from "../../store/view";

const tones: Record<LogPhase, string> = {
  compare: "quiet",
  load: "quiet",
  score: "score",
  judge: "score",
  rollout: "roll",
  train: "train",
  evaluate: "test",
  save: "quiet",
};

export function Strip({ player, words }: { player: Player; words: string }) {
  useTransport(player);
  const done = useRef<HTMLDivElement>(null);
  const head = useRef<HTMLDivElement>(null);
  const outline = player.outline;
  const news = `${outline.spans.length} ${outline.finished} ${Math.round(outline.endMs / 500)}`;
  const spans = useMemo(() => outline.planned(), [outline, news]);
  const end = Math.max(1, spans.at(-1)?.span.toMs ?? outline.endMs);

  useEffect(() => {
    const place = (clockMs: number): void => {
      const share = Math.min(1, clockMs / end);
      if (done.current) done.current.style.clipPath = `inset(0 ${((1 - share) * 100).toFixed(3)}% 0 0)`;
      if (head.current) head.current.style.left = `${(share * 100).toFixed(3)}%`;
    };
    place(player.clockMs);
    return player.onPlayhead(place);
  }, [player, end, player.clockMs]);

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

  const bars = spans.map(({ span, known }, i) => (
    <span
      key={i}
      className={`${tones[span.phase]} ${known ? "" : "guess"}`}
      style={{ left: `${(span.fromMs / end) * 100}%`, width: `${((span.toMs - span.fromMs) / end) * 100}%` }}
    />
  ));
  const starts = spans.filter(
    ({ span }, i) => span.round > 0 && span.round !== (spans[i - 1]?.span.round ?? 0),
  );
  return (
    <div className="strip" data-whole={player.complete}>
      <div className="strip-bars" aria-hidden="true">
        <div className="strip-all">{bars}</div>
        <div className="strip-done" ref={done}>
          {bars}
        </div>
      </div>
      <div className="strip-head" ref={head} aria-hidden="true" />
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
        {starts.map(({ span }) => (
          <span key={span.round} style={{ left: `${(span.fromMs / end) * 100}%` }}>
            {span.round}
          </span>
        ))}
      </div>
    </div>
  );
}
