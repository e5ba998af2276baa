// A kernel is WGSL source plus a table of its bindings. Layouts are generated from that table, so a mismatch
// between table and shader is a validation error, never a silent wrong number.

export type Access = "read" | "write";
export type FieldType = "u32" | "i32" | "f32";

export interface KernelSpec {
  /** Entry point = file name = snake_case. */
  entry: string;
  source: string;
  /** Group 0, numbered from 0 in this order. "write" is read_write in WGSL. */
  bindings: readonly (readonly [name: string, access: Access])[];
  /** Group 1 binding 0: `struct Dims`, scalar fields in order (u32, i32, f32; 4 bytes each). */
  dims: readonly (readonly [name: string, type: FieldType])[];
  overrides?: Readonly<Record<string, number>>;
  /** Device features the source enables. */
  features?: readonly GPUFeatureName[];
}

export interface Kernel extends KernelSpec {
  /** Identifies source + overrides in the pipeline cache. */
  readonly key: string;
}

let next = 0;
const sources = new Map<string, number>();

/** Names a kernel once, at module load. `source` may be several fragments joined by "\n". */
export function defineKernel(spec: KernelSpec): Kernel {
  let id = sources.get(spec.source);
  if (id === undefined) sources.set(spec.source, (id = next++));
  const overrides = Object.entries(spec.overrides ?? {}).sort(([a], [b]) => (a < b ? -1 : 1));
  return { ...spec, key: `${spec.entry}#${id}#${overrides.map(([k, v]) => `${k}=${v}`).join(",")}` };
}

/** The same kernel with other override values. */
export function withOverrides(kernel: Kernel, overrides: Record<string, number>): Kernel {
  return defineKernel({ ...kernel, overrides: { ...kernel.overrides, ...overrides } });
}

/** Workgroups over one long axis, folded into two where it passes 65,535. Kernels use wg.x + wg.y·num_workgroups.x. */
export function fold(count: number): [number, number, number] {
  if (count <= 65535) return [Math.max(1, count), 1, 1];
  const x = 32768;
  return [x, Math.ceil(count / x), 1];
}
