// What a WGSL file declares, as a value and as a type. The index.ts of each folder is written from the WGSL itself
// (src/gpu/shaders.test.ts), so that no table beside a shader can disagree with it.

/** "write" is read_write in WGSL. */
export type Access = "read" | "write";
export type FieldType = "u32" | "i32" | "f32";

/** A buffer of group 0: its name, how it is used, and what its array holds. */
export type Binding = readonly [name: string, access: Access, element: string];
/** Buffers by slot. */
export type Bindings = Readonly<Record<number, Binding>>;
/** Fields of `struct Dims` in their order, 4 bytes each. */
export type Fields = readonly (readonly [name: string, type: FieldType])[];

export interface Shader<B extends Bindings = Bindings, D extends Fields = Fields> {
  readonly text: string;
  readonly bindings: B;
  /** Empty where the file declares no Dims. */
  readonly dims: D;
}

/** Used by the index files only. */
export function shader<const B extends Bindings, const D extends Fields>(
  text: string,
  bindings: B,
  dims: D,
): Shader<B, D> {
  return { text, bindings, dims };
}

/** Scalars that the engine writes into a uniform. Others would need alignment rules that nobody here follows. */
const FIELD_TYPES: readonly string[] = ["u32", "i32", "f32"];

/**
 * Reads the declarations of a WGSL file. Where it gives one slot two names (the same buffer seen as larger vectors),
 * the first counts.
 * @throws Error that names what it cannot read
 */
export function readShader(text: string): { bindings: Record<number, Binding>; dims: [string, FieldType][] } {
  const code = text.replace(/\/\/.*$/gm, "");
  const bindings: Record<number, Binding> = {};
  for (const [line] of code.matchAll(/@group\(0\).*/g)) {
    const parts =
      /^@group\(0\) @binding\((\d+)\) var<storage, (read|read_write)> (\w+): array<([\w<>]+)>;/.exec(line);
    if (!parts) throw new Error(`not a storage array as every kernel has them: ${line}`);
    const [, slot, access, name, element] = parts;
    bindings[Number(slot)] ??= [name, access === "read" ? "read" : "write", element];
  }
  const body = /struct Dims \{([^}]*)\}/.exec(code)?.[1] ?? "";
  const dims = body
    .split(",")
    .map((field) => field.trim())
    .filter((field) => field !== "")
    .map((field): [string, FieldType] => {
      const [name, type] = field.split(/:\s*/);
      if (!FIELD_TYPES.includes(type))
        throw new Error(`Dims.${name} is ${type}, not ${FIELD_TYPES.join(", ")}`);
      return [name, type as FieldType];
    });
  return { bindings, dims };
}
