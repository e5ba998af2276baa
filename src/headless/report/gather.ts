// A log sorted by what the pictures ask for.
import type { LogSample, Pick, RunEvent, RunEventOf } from "../../lib/events";

export interface RoundData {
  round: number;
  /** One a sample, NaN = not scored. */
  scores: number[];
  picks: Pick[];
  threshold: number | null;
  meanScore: number | null;
  new: number;
  overlap: number;
}

export interface Gathered {
  started: RunEventOf<"run.started"> | null;
  pool: LogSample[];
  unit: string;
  rounds: RoundData[];
  steps: RunEventOf<"step.finished">[];
  evaluations: RunEventOf<"evaluated">[];
  probes: RunEventOf<"probed">[];
  groups: RunEventOf<"group.rolled">[];
  judged: RunEventOf<"step.judged">[];
  forecastProbes: RunEventOf<"forecasts.probed">[];
  /** Tokens spent until each evaluation, scoring and judging included, evaluation left out. */
  tokensAt: number[];
  finished: RunEventOf<"run.finished"> | null;
  failed: RunEventOf<"run.failed"> | null;
}

export function gather(events: readonly RunEvent[]): Gathered {
  const out: Gathered = {
    started: null,
    pool: [],
    unit: "nats",
    rounds: [],
    steps: [],
    evaluations: [],
    probes: [],
    groups: [],
    judged: [],
    forecastProbes: [],
    tokensAt: [],
    finished: null,
    failed: null,
  };
  const scores = new Map<number, number[]>();
  let tokens = 0;
  for (const event of events) {
    switch (event.type) {
      case "run.started":
        out.started = event;
        break;
      case "pool.loaded":
        out.pool = event.train;
        break;
      case "pool.scored":
        tokens += event.tokens;
        out.unit = event.unit;
        scores.set(
          event.round,
          event.values.map((value) => value ?? NaN),
        );
        break;
      case "round.selected":
        out.rounds.push({ ...event, scores: scores.get(event.round) ?? [] });
        break;
      case "step.finished":
        tokens += event.tokens;
        out.steps.push(event);
        break;
      case "forecasts.probed":
        out.forecastProbes.push(event);
        break;
      case "step.judged":
        tokens += event.tokens;
        out.judged.push(event);
        break;
      case "group.rolled":
        tokens += event.tokens;
        out.groups.push(event);
        break;
      case "evaluated":
        out.evaluations.push(event);
        out.tokensAt.push(tokens);
        break;
      case "probed":
        out.probes.push(event);
        break;
      case "run.finished":
        out.finished = event;
        break;
      case "run.failed":
        out.failed = event;
        break;
      default:
        break;
    }
  }
  return out;
}
