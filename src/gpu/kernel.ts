// Defines a kernel from one or several pieces of WGSL. Its buffers and fields are read from that text, so a caller
// passes them by the names used in the WGSL and cannot mix up their order.
import type { Access, Binding, Bindings, Fields, FieldType, Shader } from "../../shaders/shader";
import type { Tensor } from "./tensor";

export type { Access, FieldType };

declare const name: unique symbol;
/** A type tagged with a name: an untagged value fits every name, but a tagged value does not fit another name. */
export type Named<T, Name extends string> = T & { readonly [name]?: Name };

/** A WGSL file with its declarations, or generated text without any. */
export type Part = Shader | string;

/** Buffers of all parts; where two name the same slot, the first counts. */
type BindingsOf<P extends readonly Part[]> = P extends readonly [infer First, ...infer Rest extends Part[]]
  ? First extends Shader<infer B>
    ? B & Omit<BindingsOf<Rest>, keyof B>
    : BindingsOf<Rest>
  : unknown;
type TensorsOf<B> = {
  readonly [S in keyof B as B[S] extends Binding ? B[S][0] : never]: B[S] extends Binding
    ? Named<Tensor, B[S][0]>
    : never;
};
type FieldNames<P extends readonly Part[]> = Extract<P[number], Shader>["dims"][number][0];

/** What a dispatch of these parts takes: every buffer by name, and `dims` with every field. */
export type ArgumentsOf<P extends readonly Part[]> = TensorsOf<BindingsOf<P>> &
  ([FieldNames<P>] extends [never]
    ? unknown
    : { readonly dims: { readonly [F in FieldNames<P>]: Named<number, F> } });
export type Arguments = Readonly<Record<string, Tensor | Readonly<Record<string, number>>>>;

export interface KernelOptions {
  overrides?: Readonly<Record<string, number>>;
  /** Device features the source enables. */
  features?: readonly GPUFeatureName[];
}

/** `A` is its arguments. A kernel with fewer arguments is accepted where one with more is expected. */
export interface Kernel<A = never> extends KernelOptions {
  /** The name of its entry point. */
  readonly entry: string;
  readonly source: string;
  /** Group 0, by slot. */
  readonly bindings: readonly Binding[];
  /** Group 1 binding 0. */
  readonly dims: Fields;
  /** Identifies source + overrides in the pipeline cache. */
  readonly key: string;
  /** For the compiler only. */
  readonly takes?: (args: A) => void;
}

/** The buffers a kernel takes. */
export type TensorsFor<K> = K extends Kernel<infer A> ? Omit<A, "dims"> : never;

let next = 0;
const sources = new Map<string, number>();

function keyOf(entry: string, source: string, overrides: KernelOptions["overrides"] = {}): string {
  let id = sources.get(source);
  if (id === undefined) sources.set(source, (id = next++));
  const sorted = Object.entries(overrides).sort(([a], [b]) => (a < b ? -1 : 1));
  return `${entry}#${id}#${sorted.map(([k, v]) => `${k}=${v}`).join(",")}`;
}

/** Where every kernel finds the fields of its `struct Dims`. */
const DIMS = "@group(1) @binding(0) var<uniform> dims: Dims;";

/**
 * Joins the parts to one kernel, and declares `dims` where one of them has a `struct Dims`.
 * @throws Error if they have no entry point, or leave a slot without a buffer
 */
export function defineKernel<const P extends readonly Part[]>(
  parts: P,
  options: KernelOptions = {},
): Kernel<ArgumentsOf<P>> {
  const texts = parts.map((part) => (typeof part === "string" ? part : part.text));
  const dims = parts.flatMap((part) => (typeof part === "string" ? [] : part.dims));
  const source = [...texts, ...(dims.length > 0 ? [DIMS] : [])].join("\n");
  const entry = /@compute[^{]*?\bfn (\w+)/.exec(source.replace(/\/\/.*$/gm, ""))?.[1];
  if (entry === undefined) throw new Error("a kernel without @compute");
  const shaders = parts.filter((part) => typeof part !== "string");
  const slots: Bindings = Object.assign({}, ...shaders.map((part) => part.bindings).reverse());
  const bindings = Object.values(slots);
  if (bindings.some((_, slot) => !(slot in slots))) throw new Error(`${entry}: a slot has no buffer`);
  return { ...options, entry, source, bindings, dims, key: keyOf(entry, source, options.overrides) };
}

/** The same kernel with other override values. */
export function withOverrides<A>(kernel: Kernel<A>, changes: Record<string, number>): Kernel<A> {
  const overrides = { ...kernel.overrides, ...changes };
  return { ...kernel, overrides, key: keyOf(kernel.entry, kernel.source, overrides) };
}

/** Makes each variant of a kernel once: `make` with its results kept by their arguments. */
export function remembered<F extends readonly (string | number | boolean)[], K>(
  make: (...variant: F) => K,
): (...variant: F) => K {
  const made = new Map<string, K>();
  return (...variant) => {
    const key = variant.join(" ");
    const found = made.get(key) ?? make(...variant);
    made.set(key, found);
    return found;
  };
}

/** Workgroups over one long axis, folded into two where it passes 65,535. Kernels use group_of of thread.wgsl. */
export function fold(count: number): [number, number, number] {
  if (count <= 65535) return [Math.max(1, count), 1, 1];
  const x = 32768;
  return [x, Math.ceil(count / x), 1];
}
