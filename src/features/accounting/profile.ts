// Analyses one timed training step: sums by kernel, the longest submission, and the file that trace viewers open.
// Pure.
import { count, percent } from "../../lib/format";
import type { KernelTime, StepProfile } from "../../lib/profile";
import type { StackRow } from "../../ui/charts/stack";
import type { TableData } from "../../ui/controls/DataTable";
import { flops } from "./accounting";

export interface KernelSum {
  kernel: string;
  calls: number;
  ms: number;
  multiplyAdds: number;
  /** Of the time of all kernels. */
  share: number;
}

/** Longest first. */
export function byKernel(kernels: readonly KernelTime[]): KernelSum[] {
  const sums = new Map<string, KernelSum>();
  let all = 0;
  for (const { kernel, durationMs, multiplyAdds } of kernels) {
    const sum = sums.get(kernel) ?? { kernel, calls: 0, ms: 0, multiplyAdds: 0, share: 0 };
    sum.calls++;
    sum.ms += durationMs;
    sum.multiplyAdds += multiplyAdds;
    sums.set(kernel, sum);
    all += durationMs;
  }
  const rows = [...sums.values()].sort((a, b) => b.ms - a.ms);
  for (const row of rows) row.share = all > 0 ? row.ms / all : 0;
  return rows;
}

export interface SubmissionTime {
  submission: number;
  startMs: number;
  /** From the start of its first kernel to the end of its last. */
  durationMs: number;
  calls: number;
}

export function submissions(kernels: readonly KernelTime[]): SubmissionTime[] {
  const found = new Map<number, SubmissionTime>();
  for (const { submission, startMs, durationMs } of kernels) {
    const known = found.get(submission);
    if (!known) {
      found.set(submission, { submission, startMs, durationMs, calls: 1 });
      continue;
    }
    const end = Math.max(known.startMs + known.durationMs, startMs + durationMs);
    known.startMs = Math.min(known.startMs, startMs);
    known.durationMs = end - known.startMs;
    known.calls++;
  }
  return [...found.values()].sort((a, b) => a.startMs - b.startMs);
}

const ms = (value: number): string => `${value.toFixed(value < 10 ? 2 : value < 100 ? 1 : 0)} ms`;

export function profileSentence(profile: StepProfile): string {
  const rows = byKernel(profile.kernels);
  if (rows.length === 0) return "The step ran, but no kernel could be timed.";
  const all = rows.reduce((sum, row) => sum + row.ms, 0);
  const longest = submissions(profile.kernels).reduce((a, b) => (b.durationMs > a.durationMs ? b : a));
  const missed = profile.untimed > 0 ? ` ${count(profile.untimed)} kernels could not be timed.` : "";
  return (
    `${count(profile.kernels.length)} kernels took ${ms(all)}; ${rows[0].kernel} alone ${percent(rows[0].share)} of it. ` +
    `The longest submission held the GPU for ${ms(longest.durationMs)}.${missed}`
  );
}

/** The `most` longest kernels, and the rest together. */
export function kernelRows(profile: StepProfile, most = 12): StackRow[] {
  const rows = byKernel(profile.kernels);
  const row = (name: string, value: number, share: number): StackRow => ({
    name,
    parts: [{ name, value, color: "var(--e3)" }],
    total: `${ms(value)}, ${percent(share)}`,
  });
  const rest = rows.slice(most);
  return [
    ...rows.slice(0, most).map(({ kernel, ms: value, share }) => row(kernel, value, share)),
    ...(rest.length > 0
      ? [
          row(
            `${rest.length} others`,
            rest.reduce((sum, { ms: value }) => sum + value, 0),
            rest.reduce((sum, { share }) => sum + share, 0),
          ),
        ]
      : []),
  ];
}

export function kernelTable(profile: StepProfile, ceiling: number | null): TableData {
  return {
    columns: ["Kernel", "#Calls", "#ms", "#Share", "#Rate", "#Of the ceiling"],
    rows: byKernel(profile.kernels).map(({ kernel, calls, ms: value, share, multiplyAdds }) => {
      const rate = value > 0 ? (multiplyAdds * 1000) / value : null;
      return [
        kernel,
        calls,
        value.toFixed(3),
        percent(share, 1),
        rate === null || multiplyAdds === 0 ? "not counted" : flops(rate),
        rate === null || multiplyAdds === 0 || ceiling === null ? "" : percent(rate / ceiling, 1),
      ];
    }),
  };
}

/**
 * The step in the trace event format that chrome://tracing and Perfetto open: one track of kernels, one of
 * submissions, µs from the first kernel.
 */
export function chromeTrace(profile: StepProfile): string {
  const pid = 1;
  const name = (tid: number, text: string) => ({
    name: "thread_name",
    ph: "M",
    pid,
    tid,
    args: { name: text },
  });
  const micros = (value: number): number => Math.round(value * 1e6) / 1e3;
  const traceEvents = [
    { name: "process_name", ph: "M", pid, tid: 0, args: { name: `one training step on ${profile.adapter}` } },
    name(1, "submissions"),
    name(2, "kernels"),
    ...submissions(profile.kernels).map(({ submission, startMs, durationMs, calls }) => ({
      name: `submission ${submission}`,
      cat: "submission",
      ph: "X",
      ts: micros(startMs),
      dur: micros(durationMs),
      pid,
      tid: 1,
      args: { kernels: calls },
    })),
    ...profile.kernels.map(({ kernel, startMs, durationMs, multiplyAdds, workgroups }) => ({
      name: kernel,
      cat: "kernel",
      ph: "X",
      ts: micros(startMs),
      dur: micros(durationMs),
      pid,
      tid: 2,
      args: { workgroups: workgroups.join(" × "), multiplyAdds },
    })),
  ];
  return JSON.stringify({
    displayTimeUnit: "ms",
    otherData: { adapter: profile.adapter, stepMs: profile.stepMs, untimed: profile.untimed },
    traceEvents,
  });
}
