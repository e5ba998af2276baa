// Reads main-thread tasks from the browser's own trace, with CPU time beside wall time: on a busy machine a task of
// 5 ms CPU time can last 50 ms.

import type { Browser, Page } from "playwright";

interface TraceEvent {
  name: string;
  args: { name?: string };
  pid: number;
  tid: number;
  ph: string;
  dur: number;
  tdur?: number;
}

export interface Task {
  cpuMs: number;
  wallMs: number;
}

/** Starts recording tasks of all threads. */
export const startTasks = (browser: Browser, page: Page) =>
  browser.startTracing(page, { categories: ["-*", "toplevel"] });

/** Ends it: the tasks of the page's main thread. */
export async function endTasks(browser: Browser): Promise<Task[]> {
  const { traceEvents } = JSON.parse((await browser.stopTracing()).toString()) as {
    traceEvents: TraceEvent[];
  };
  const mains = traceEvents.filter((e) => e.name === "thread_name" && e.args.name === "CrRendererMain");
  const lists = mains.map(({ pid, tid }) =>
    traceEvents
      .filter((e) => e.pid === pid && e.tid === tid && e.ph === "X" && e.name.endsWith("RunTask"))
      .map((e) => ({ cpuMs: (e.tdur ?? NaN) / 1000, wallMs: e.dur / 1000 })),
  );
  const spent = (list: Task[]) => list.reduce((sum, { cpuMs }) => sum + (cpuMs || 0), 0);
  return lists.sort((a, b) => spent(b) - spent(a))[0] ?? [];
}
