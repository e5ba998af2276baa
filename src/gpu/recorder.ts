// A recording: a list of dispatches and copies that have not run yet. gpu.submit() then compiles missing pipelines
// in parallel, uploads all uniforms at once, and submits in pieces, so that no submission occupies the GPU for
// long.
import type { Arguments, Kernel } from "./kernel";
import type { Tensor } from "./tensor";

export interface Dispatch {
  kind: "dispatch";
  kernel: Kernel;
  tensors: Tensor[];
  /** Index of this dispatch's uniform block in `uniforms`, -1 = none. */
  uniform: number;
  grid: readonly [number, number, number];
  /** Rough multiply-adds, to cut submissions evenly and to report shares of the ceiling. */
  cost: number;
}
export interface Copy {
  kind: "copy";
  source: Tensor;
  sourceOffset: number;
  target: GPUBuffer;
  targetOffset: number;
  bytes: number;
}
export interface Fill {
  kind: "clear";
  target: Tensor;
}
export type Command = Dispatch | Copy | Fill;

export const UNIFORM_STRIDE = 256;

export class Recorder {
  readonly commands: Command[] = [];
  /** Uniform blocks of 256 bytes, one a dispatch with dims. */
  uniforms = new Uint32Array(64 * 16);
  uniformCount = 0;

  /**
   * Records one dispatch. `args` holds every buffer that the WGSL binds, by its name, and `dims` with every field.
   * @throws Error that names what is missing
   */
  dispatch<A extends Arguments>(
    kernel: Kernel<A>,
    args: NoInfer<A>,
    grid: readonly [number, number, number],
    cost = 0,
  ): void {
    const named: Partial<Arguments> = args;
    const tensors = kernel.bindings.map(([name]) => {
      const tensor = named[name] as Tensor | undefined;
      if (!tensor?.buffer) throw new Error(`${kernel.entry}: binding ${name} is missing`);
      return tensor;
    });
    const uniform = kernel.dims.length ? this.writeUniform(kernel, named.dims as Record<string, number>) : -1;
    this.commands.push({ kind: "dispatch", kernel, tensors, uniform, grid, cost });
  }

  /** Lays the fields out as the WGSL declares them; returns the number of their block. */
  private writeUniform(kernel: Kernel, dims: Readonly<Record<string, number>> = {}): number {
    const uniform = this.uniformCount++;
    const words = UNIFORM_STRIDE / 4;
    if ((uniform + 1) * words > this.uniforms.length) {
      const grown = new Uint32Array(this.uniforms.length * 2);
      grown.set(this.uniforms);
      this.uniforms = grown;
    }
    const floats = new Float32Array(this.uniforms.buffer);
    const signed = new Int32Array(this.uniforms.buffer);
    kernel.dims.forEach(([name, type], i) => {
      const value = dims[name] as number | undefined;
      if (value === undefined) throw new Error(`${kernel.entry}: dims.${name} is missing`);
      const at = uniform * words + i;
      if (type === "f32") floats[at] = value;
      else if (type === "i32") signed[at] = value;
      else this.uniforms[at] = value;
    });
    return uniform;
  }

  copy(
    source: Tensor,
    target: Tensor,
    bytes = Math.min(source.bytes, target.bytes),
    sourceOffset = 0,
    targetOffset = 0,
  ): void {
    this.commands.push({
      kind: "copy",
      source,
      sourceOffset,
      target: target.buffer,
      targetOffset: target.offset + targetOffset,
      bytes,
    });
  }

  /** Zero-fills a tensor. */
  clear(target: Tensor): void {
    this.commands.push({ kind: "clear", target });
  }
}
