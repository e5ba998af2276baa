// A small test registry for kernels: tables of cases, one browser page, two browsers. Every test runs inside WebGPU
// error scopes on a shared device. Outputs start as NaN, so that a cell the kernel did not write cannot pass.
import { Gpu } from "../gpu";
import type { Tensor } from "../tensor";

export interface GpuTestContext {
  gpu: Gpu;
  /** Uploads host data. */
  input(data: Float32Array | Uint32Array, shape: readonly number[], label?: string): Tensor;
  /** An output filled with NaN (f32) or 0xDEADBEEF (u32). */
  output(shape: readonly number[], dtype?: "f32" | "u32", label?: string): Tensor;
}

export interface GpuTestNotes {
  /** A line to print beside the verdict: what was measured. */
  note(text: string): void;
}

export interface GpuTest {
  name: string;
  /** Skip reason on this device, or null. */
  skip: (gpu: Gpu) => string | null;
  run: (context: GpuTestContext & GpuTestNotes) => Promise<void>;
}

export interface GpuTestResult {
  name: string;
  status: "passed" | "failed" | "skipped";
  message: string;
  elapsedMs: number;
}

const tests: GpuTest[] = [];

/** Registers one test. */
export function gpuTest(name: string, run: GpuTest["run"], skip: GpuTest["skip"] = () => null): void {
  tests.push({ name, run, skip });
}

/** Registers one test a row; `$why` and other `$keys` in the name are filled from the row. */
gpuTest.each =
  <Row extends object>(table: readonly Row[]) =>
  (
    name: string,
    run: (row: Row & GpuTestContext & GpuTestNotes) => Promise<void>,
    skip: GpuTest["skip"] = () => null,
  ): void => {
    for (const row of table) {
      const title = name.replace(/\$(\w+)/g, (_, key: string) =>
        String((row as Record<string, unknown>)[key]),
      );
      gpuTest(title, (context) => run({ ...row, ...context }), skip);
    }
  };

export class AssertionError extends Error {}

export interface Tolerance {
  /** Allowed |got − want| ≤ abs + rel · max|want|. */
  abs: number;
  rel?: number;
}

/** Every entry finite and within tolerance; names the worst one. */
export function expectClose(
  got: ArrayLike<number>,
  want: ArrayLike<number>,
  tolerance: Tolerance,
  what = "values",
): void {
  if (got.length !== want.length)
    throw new AssertionError(`${what}: ${got.length} entries, expected ${want.length}`);
  let peak = 0;
  for (let i = 0; i < want.length; i++) peak = Math.max(peak, Math.abs(want[i]));
  const allowed = tolerance.abs + (tolerance.rel ?? 0) * peak;
  let worst = -1;
  let error = allowed;
  for (let i = 0; i < want.length; i++) {
    if (!Number.isFinite(got[i])) throw new AssertionError(`${what}[${i}] is ${got[i]}, expected ${want[i]}`);
    const e = Math.abs(got[i] - want[i]);
    if (e > error) [worst, error] = [i, e];
  }
  if (worst >= 0)
    throw new AssertionError(`${what}[${worst}] is ${got[worst]}, expected ${want[worst]} within ${allowed}`);
}

/** Equal to the bit (numbers compared with Object.is). */
export function expectEqual(got: ArrayLike<number>, want: ArrayLike<number>, what = "values"): void {
  if (got.length !== want.length)
    throw new AssertionError(`${what}: ${got.length} entries, expected ${want.length}`);
  for (let i = 0; i < want.length; i++) {
    if (!Object.is(got[i], want[i]))
      throw new AssertionError(`${what}[${i}] is ${got[i]}, expected ${want[i]}`);
  }
}

export function expectTrue(condition: boolean, what: string): void {
  if (!condition) throw new AssertionError(what);
}

/** Seeded numbers in (−scale, scale): a small generator so that failures repeat. */
export function seeded(seed: number, length: number, scale = 1): Float32Array {
  let s = (seed * 2654435761) >>> 0;
  return Float32Array.from({ length }, () => {
    s = (Math.imul(s, 1664525) + 1013904223) >>> 0;
    return ((s >>> 8) / 8388608 - 1) * scale;
  });
}

/** Runs the registered tests whose name contains `filter`; says what they ran on. */
export async function runGpuTests(
  filter: string,
  onResult: (result: GpuTestResult) => void,
): Promise<{ adapter: string; features: string[] }> {
  let gpu = await Gpu.open();
  for (const test of tests) {
    if (!test.name.includes(filter)) continue;
    const start = performance.now();
    const result = (status: GpuTestResult["status"], message = "") =>
      onResult({ name: test.name, status, message, elapsedMs: Math.round(performance.now() - start) });
    const reason = test.skip(gpu);
    if (reason) {
      result("skipped", reason);
      continue;
    }
    const owned: Tensor[] = [];
    const own = (t: Tensor) => (owned.push(t), t);
    gpu.device.pushErrorScope("validation");
    gpu.device.pushErrorScope("out-of-memory");
    let message: string | null = null;
    let said = "";
    try {
      await test.run({
        gpu,
        input: (data, shape, label = "input") => own(gpu.upload(data, shape, label, "scratch")),
        output: (shape, dtype = "f32", label = "output") => {
          const tensor = own(gpu.alloc(shape, dtype, label, "scratch"));
          const words = tensor.buffer.size / 4;
          gpu.write(
            tensor,
            dtype === "f32" ? new Float32Array(words).fill(NaN) : new Uint32Array(words).fill(0xdeadbeef),
          );
          return tensor;
        },
        note: (text) => void (said = text),
      });
    } catch (thrown) {
      message = thrown instanceof Error ? thrown.message : String(thrown);
    }
    // Both scopes are popped whatever happened: one left open would swallow the next test's errors.
    for (let scope = 0; scope < 2; scope++) {
      const error = await gpu.device.popErrorScope().catch(() => null);
      if (error) message = `${message ? `${message}; ` : ""}the device reported: ${error.message}`;
    }
    if (message === null) result("passed", said);
    else result("failed", message);
    gpu.free(...owned);
    if (gpu.lostReason !== null) gpu = await Gpu.open();
  }
  const device = { adapter: gpu.info.description, features: [...gpu.features] };
  gpu.dispose();
  return device;
}
