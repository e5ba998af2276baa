// Runs another program of this project and collects its output; it is ended when the calling command ends.
import { spawn, type ChildProcess } from "node:child_process";
import { join } from "node:path";
import { ROOT } from "./build";

/** Path of a program installed with the project. */
export const tool = (name: string): string => join(ROOT, "node_modules", ".bin", name);

/** The words after `node` that run one of our commands: one process, so that a signal reaches the command itself. */
export const command = (name: string): string[] => ["--import", "tsx", join(ROOT, "scripts", `${name}.ts`)];

/** Ends with its code and all it said; `stop()` is Ctrl-C. */
export type OnProgress = (line: string, stop: () => void) => void;

const running = new Set<ChildProcess>();
process.on("exit", () => running.forEach((child) => child.kill("SIGKILL")));

export interface Ended {
  /** 124 = out of time */
  code: number;
  /** stdout and stderr together */
  output: string;
  /** stderr alone */
  errors: string;
}

export function runProgram(
  path: string,
  args: readonly string[],
  {
    onLine,
    timeoutS = 1200,
    env,
  }: { onLine?: OnProgress; timeoutS?: number; env?: Record<string, string> } = {},
): Promise<Ended> {
  return new Promise((resolve) => {
    const child = spawn(path, args, {
      cwd: ROOT,
      stdio: ["ignore", "pipe", "pipe"],
      env: { ...process.env, ...env },
    });
    running.add(child);
    const stop = () => void child.kill("SIGINT");
    let output = "";
    let errors = "";
    let rest = "";
    let late = false;
    const timer = setTimeout(() => {
      late = true;
      child.kill("SIGTERM");
      setTimeout(() => child.kill("SIGKILL"), 10_000).unref();
    }, timeoutS * 1000);
    const take = (chunk: string) => {
      output += chunk;
      const lines = (rest + chunk).split("\n");
      rest = lines.pop() ?? "";
      if (onLine) for (const line of lines) if (line) onLine(line, stop);
    };
    child.stdout.setEncoding("utf8").on("data", take);
    child.stderr.setEncoding("utf8").on("data", (chunk: string) => {
      errors += chunk;
      take(chunk);
    });
    child.on("error", (error) => take(`${error.message}\n`));
    child.on("close", (code) => {
      clearTimeout(timer);
      running.delete(child);
      if (rest && onLine) onLine(rest, stop);
      resolve({
        code: late ? 124 : (code ?? 1),
        errors,
        output: late ? `${output}\nstopped after ${timeoutS} s` : output,
      });
    });
  });
}

/** Runs the lab command as a user does. */
export const runLab = (args: readonly string[], onLine?: OnProgress, timeoutS = 900): Promise<Ended> =>
  runProgram(process.execPath, [...command("lab"), ...args], { timeoutS, ...(onLine ? { onLine } : {}) });
