// Runs a program of this project and collects what it says; nothing of ours outlives the command that started it.
import { spawn } from "node:child_process";
import { join } from "node:path";
import { ROOT } from "./build.mjs";

/** Path of a program installed with the project. */
export const tool = (name) => join(ROOT, "node_modules", ".bin", name);

const running = new Set();
process.on("exit", () => running.forEach((child) => child.kill("SIGKILL")));

/**
 * @param {{ onLine?: (line: string) => void, timeoutS?: number, env?: Record<string, string> }} [options]
 * @returns {Promise<{ code: number, output: string }>} stdout and stderr together; code 124 = out of time
 */
export function runProgram(command, args, { onLine, timeoutS = 1200, env } = {}) {
  return new Promise((resolve) => {
    const child = spawn(command, args, {
      cwd: ROOT,
      stdio: ["ignore", "pipe", "pipe"],
      env: { ...process.env, ...env },
    });
    running.add(child);
    let output = "";
    let rest = "";
    let late = false;
    const timer = setTimeout(() => {
      late = true;
      child.kill("SIGTERM");
      setTimeout(() => child.kill("SIGKILL"), 10_000).unref();
    }, timeoutS * 1000);
    const take = (chunk) => {
      output += chunk;
      const lines = (rest + chunk).split("\n");
      rest = lines.pop();
      if (onLine) lines.forEach(onLine);
    };
    child.stdout.setEncoding("utf8").on("data", take);
    child.stderr.setEncoding("utf8").on("data", take);
    child.on("error", (error) => take(`${error.message}\n`));
    child.on("close", (code) => {
      clearTimeout(timer);
      running.delete(child);
      if (rest && onLine) onLine(rest);
      resolve({
        code: late ? 124 : (code ?? 1),
        output: late ? `${output}\nstopped after ${timeoutS} s` : output,
      });
    });
  });
}
