// Computes where the time of a run went: by phase and by round, with the tokens that each phase processed. Pure.
import type { MemoryReport } from "../../lib/memory";
import { bytes, count, duration, list, percent } from "../../lib/format";
import { PHASES, phases, type LogPhase } from "../../log/phases";
import type { RunView } from "../../log/view";
import type { StackRow } from "../../ui/charts/stack";
import type { TableData } from "../../ui/controls/DataTable";

export interface RoundTime {
  /** 0 = before the first round. */
  round: number;
  ms: Record<LogPhase, number>;
  totalMs: number;
}

const noTime = (): Record<LogPhase, number> => ({
  load: 0,
  score: 0,
  compare: 0,
  judge: 0,
  rollout: 0,
  train: 0,
  evaluate: 0,
  save: 0,
});

/** ms of each phase in each round that has begun; a phase that still runs counts up to the newest record. */
export function roundTimes(view: RunView): RoundTime[] {
  const rounds = new Map<number, RoundTime>();
  for (const { phase, round, fromMs, toMs } of view.phases) {
    const ms = Math.max(0, (toMs ?? view.clockMs) - fromMs);
    const entry = rounds.get(round) ?? { round, ms: noTime(), totalMs: 0 };
    entry.ms[phase] += ms;
    entry.totalMs += ms;
    rounds.set(round, entry);
  }
  return [...rounds.values()].sort((a, b) => a.round - b.round);
}

export const roundName = (round: number): string => (round === 0 ? "before round 1" : `round ${round}`);

export const roundRows = (times: readonly RoundTime[]): StackRow[] =>
  times.map(({ round, ms, totalMs }) => ({
    name: roundName(round),
    parts: phases.map((phase) => ({
      name: PHASES[phase].word,
      value: ms[phase],
      color: PHASES[phase].color,
    })),
    total: duration(totalMs),
  }));

export const usedPhases = (times: readonly RoundTime[]): LogPhase[] =>
  phases.filter((phase) => times.some(({ ms }) => ms[phase] > 0));

export function roundTable(times: readonly RoundTime[]): TableData {
  const used = usedPhases(times);
  return {
    columns: ["Round", ...used.map((phase) => `#${PHASES[phase].word}, s`), "#Together, s"],
    rows: times.map(({ round, ms, totalMs }) => [
      roundName(round),
      ...used.map((phase) => (ms[phase] / 1000).toFixed(1)),
      (totalMs / 1000).toFixed(1),
    ]),
  };
}

export interface PhaseRate {
  phase: LogPhase;
  ms: number;
  share: number;
  tokens: number | null;
  tokensPerSecond: number | null;
}

/** Each phase over the whole run, with its tokens a second where it has tokens. */
export function phaseRates(view: RunView): PhaseRate[] {
  const times = roundTimes(view);
  const all = times.reduce((sum, { totalMs }) => sum + totalMs, 0);
  return usedPhases(times).map((phase) => {
    const ms = times.reduce((sum, entry) => sum + entry.ms[phase], 0);
    const counted: Partial<Record<LogPhase, number>> = view.tokens;
    const tokens = counted[phase] ?? null;
    return {
      phase,
      ms,
      share: all > 0 ? ms / all : 0,
      tokens,
      tokensPerSecond: tokens !== null && tokens > 0 && ms > 0 ? (tokens * 1000) / ms : null,
    };
  });
}

/** "Training took 12 s, 20 % of the time of the whole run …": the two largest phases and their rates. */
export function timeSentence(view: RunView): string {
  const rates = phaseRates(view).sort((a, b) => b.ms - a.ms);
  if (rates.length === 0) return "No time has been spent yet.";
  const said = rates.slice(0, 2).map(({ phase, ms, share, tokensPerSecond }) => {
    const rate = tokensPerSecond === null ? "" : `, ${count(tokensPerSecond)} tokens a second`;
    return `${PHASES[phase].word} took ${duration(ms)} (${percent(share)} of the time of the whole run${rate})`;
  });
  const text = `${list(said)}.`;
  return text[0].toUpperCase() + text.slice(1);
}

/** Operations a second: "8.2 GFLOP/s". */
export function flops(multiplyAddsPerSecond: number): string {
  const rate = 2 * multiplyAddsPerSecond;
  const [size, unit] = rate >= 1e12 ? [1e12, "T"] : rate >= 1e9 ? [1e9, "G"] : [1e6, "M"];
  return `${Number((rate / size).toPrecision(3))} ${unit}FLOP/s`;
}

/** The engine's speed as a share of the adapter's measured limit, in words that say what the share is of. */
export function ceilingSentence(multiplyAddsPerSecond: number | null, ceiling: number | null): string {
  if (ceiling === null)
    return "How fast this GPU adapter can compute at most is measured when a run first loads a model on it.";
  const limit = flops(ceiling);
  const of = `the ${limit} that this adapter reached with multiply-adds in registers alone, without reading memory`;
  if (multiplyAddsPerSecond === null)
    return `While a run computes, its speed is shown here as a share of ${of} (two operations each).`;
  return (
    `Over the last seconds ${flops(multiplyAddsPerSecond)} were sent to the GPU: ` +
    `${percent(multiplyAddsPerSecond / ceiling, 1)} of ${of}. Operations are counted from tensor shapes: exactly for matrix products, roughly for small kernels.`
  );
}

const purposeNames: Record<keyof MemoryReport, string> = {
  weights: "frozen weights",
  adapter: "adapter",
  moments: "optimiser’s moments",
  activations: "activations",
  scratch: "scratch",
  cache: "keys and values of decoding",
};
const purposes = Object.keys(purposeNames) as (keyof MemoryReport)[];

const sum = (memory: MemoryReport): number => purposes.reduce((all, purpose) => all + memory[purpose], 0);

export const memoryRows = (created: MemoryReport): StackRow[] =>
  purposes.map((purpose) => ({
    name: purposeNames[purpose],
    parts: [{ name: purpose, value: created[purpose], color: "var(--e3)" }],
    total: bytes(created[purpose]),
  }));

export function memorySentence(created: MemoryReport): string {
  const largest = purposes.reduce((a, b) => (created[b] > created[a] ? b : a));
  const all = sum(created);
  return all === 0
    ? "Nothing is stored on the GPU."
    : `${bytes(all)} are on the GPU, ${percent(created[largest] / all)} of it ${purposeNames[largest]}.`;
}

export const memoryTable = (created: MemoryReport): TableData => ({
  columns: ["Purpose", "#Bytes", "#Share"],
  rows: purposes.map((purpose) => [
    purposeNames[purpose],
    created[purpose],
    percent(created[purpose] / Math.max(1, sum(created)), 1),
  ]),
});
