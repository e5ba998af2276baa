// An outline of the whole log, also beyond the playhead: when phases, rounds and steps begin and end, and the
// largest score. Because of it scales and the phase strip do not change while a run plays.
import type { RunEvent } from "../lib/events";
import { countsAsCost, PHASES, tokensOf, type LogPhase } from "./phases";
import type { Spent } from "./view";

export interface PhaseSpan {
  phase: LogPhase;
  round: number;
  fromMs: number;
  toMs: number;
}

export class Outline {
  readonly spans: PhaseSpan[] = [];
  /** Times of finished steps, ms, and of each round's selection. */
  readonly stepMs: number[] = [];
  readonly roundMs: number[] = [];
  endMs = 0;
  scoreMax = 0;
  rounds = 0;
  steps = 0;
  finished = false;
  /** Total cost of the whole log: the ends of the cost axes, so that the axes do not change while the run plays. */
  readonly spent: Spent = { steps: 0, trainTokens: 0, allTokens: 0, seconds: 0 };

  add(event: RunEvent): void {
    this.endMs = Math.max(this.endMs, event.atMs);
    const last = this.spans.at(-1);
    if (last && !this.finished) {
      if (countsAsCost(last)) this.spent.seconds += (this.endMs - last.toMs) / 1000;
      last.toMs = this.endMs;
    }
    const spent = tokensOf(event);
    if (spent && PHASES[spent.phase].cost) this.spent.allTokens += spent.tokens;
    switch (event.type) {
      case "run.started":
        this.rounds = event.planned.rounds;
        this.steps = event.planned.steps;
        break;
      case "phase.started":
        this.spans.push({ phase: event.phase, round: event.round, fromMs: event.atMs, toMs: event.atMs });
        break;
      case "pool.scored":
        this.scoredMs = event.atMs;
        for (const value of event.values) if (value !== null && value > this.scoreMax) this.scoreMax = value;
        break;
      case "estimators.compared":
        if (last?.phase === "score") {
          this.spent.seconds -= (event.atMs - this.scoredMs) / 1000;
          last.toMs = this.scoredMs;
          this.spans.push({ phase: "compare", round: last.round, fromMs: this.scoredMs, toMs: event.atMs });
          this.spans.push({ phase: "score", round: last.round, fromMs: event.atMs, toMs: event.atMs });
        }
        break;
      case "round.selected":
        this.roundMs[event.round - 1] = event.atMs;
        break;
      case "step.finished":
        this.stepMs.push(event.atMs);
        this.spent.steps = event.step;
        this.spent.trainTokens += event.tokens;
        if (event.partsMs) {
          const { judge, rollout, train } = event.partsMs;
          this.spent.seconds -= Math.max(0, event.elapsedMs - judge - rollout - train) / 1000;
        }
        break;
      case "run.finished":
      case "run.failed":
        this.finished = true;
        break;
      default:
        break;
    }
  }

  /**
   * Spans of the whole run: what was logged, then what is planned, at the pace of the last whole round
   * (before there is one: scoring 2, training 6, evaluation 1 parts of a guess).
   */
  planned(): { span: PhaseSpan; known: boolean }[] {
    const all = this.spans.map((span) => ({ span, known: true }));
    if (this.finished || this.rounds === 0) return all;
    const open = this.spans.at(-1);
    const reached = open?.round ?? 0;
    const model = this.lastWholeRound(reached);
    let at = this.endMs;
    const guess = (phase: LogPhase, round: number, ms: number): void => {
      if (ms <= 0) return;
      all.push({ span: { phase, round, fromMs: at, toMs: at + ms }, known: false });
      at += ms;
    };
    // What is left of the present round: the rest of its phase, then the phases behind it.
    const here = open && reached > 0 ? model.findIndex(({ phase }) => phase === open.phase) : -1;
    if (open && here >= 0) {
      guess(open.phase, reached, model[here].ms - (open.toMs - open.fromMs));
      for (const { phase, ms } of model.slice(here + 1)) guess(phase, reached, ms);
    }
    for (let round = Math.max(1, reached + 1); round <= this.rounds; round++)
      for (const { phase, ms } of model) guess(phase, round, ms);
    return all;
  }

  private scoredMs = 0;

  private lastWholeRound(reached: number): { phase: LogPhase; ms: number }[] {
    const whole = this.spans.filter(
      (span) => span.round === reached - 1 && span.round > 0 && span.phase !== "compare",
    );
    if (whole.length > 0) return whole.map(({ phase, fromMs, toMs }) => ({ phase, ms: toMs - fromMs }));
    return [
      { phase: "score", ms: 4000 },
      { phase: "train", ms: 8000 },
      { phase: "evaluate", ms: 2000 },
    ];
  }
}
