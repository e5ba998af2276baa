// The page of the kernel tests: loads every *.gpu.ts of the source, runs what matches the filter on the real
// device and posts one line of JSON a result to the server that opened it (scripts/gpu-tests.ts).
import { runGpuTests, type GpuTestResult } from "../../src/gpu/testing/suite";

export type GpuTestLine =
  | { kind: "result"; result: GpuTestResult }
  | { kind: "unloaded"; file: string; message: string }
  | { kind: "end"; adapter: string; features: string[] }
  | { kind: "broken"; message: string };

const query = new URLSearchParams(location.search);
const filter = query.get("filter") ?? "";
const fileFilter = query.get("file") ?? "";
const log = document.getElementById("log");

// Posts go out in order, one at a time: results must not overtake each other.
let sending: Promise<unknown> = Promise.resolve();
function send(line: GpuTestLine): void {
  if (log) log.textContent += `${JSON.stringify(line)}\n`;
  sending = sending.then(() => fetch("/__report", { method: "POST", body: JSON.stringify(line) }));
}

const text = (thrown: unknown) => (thrown instanceof Error ? thrown.message : String(thrown));

try {
  const files = Object.entries(import.meta.glob("/src/**/*.gpu.ts")).filter(([file]) =>
    file.includes(fileFilter),
  );
  for (const [file, load] of files) {
    try {
      await load();
    } catch (thrown) {
      send({ kind: "unloaded", file, message: text(thrown) });
    }
  }
  const device = await runGpuTests(filter, (result) => send({ kind: "result", result }));
  send({ kind: "end", ...device });
} catch (thrown) {
  send({ kind: "broken", message: text(thrown) });
}
await sending;
