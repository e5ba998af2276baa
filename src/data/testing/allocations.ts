// Test helper: how many bytes a piece of work asks for. Every typed array, ArrayBuffer, slice of one and array of a
// given length made while watching is counted, freed or not, so the figure is an upper bound of what was held at once.

export interface Watched<T> {
  result: T;
  /** Bytes asked for in all, and in the largest single request. */
  totalBytes: number;
  largestBytes: number;
}

type Maker = new (...args: never[]) => object;
const TYPED = [
  "Int8Array",
  "Uint8Array",
  "Uint8ClampedArray",
  "Int16Array",
  "Uint16Array",
  "Int32Array",
  "Uint32Array",
  "Float32Array",
  "Float64Array",
  "BigInt64Array",
  "BigUint64Array",
] as const;
const typedPrototype = Object.getPrototypeOf(Uint8Array.prototype) as {
  slice: (...args: number[]) => ArrayBufferView;
};

/** Bytes of a plain array's slot. */
const SLOT = 8;

/** Runs `work` with every constructor of bytes watched. One at a time. */
export async function watchAllocations<T>(work: () => Promise<T>): Promise<Watched<T>> {
  const scope = globalThis as unknown as Record<string, Maker>;
  const undo: (() => void)[] = [];
  let totalBytes = 0;
  let largestBytes = 0;
  const count = (bytes: number) => {
    totalBytes += bytes;
    largestBytes = Math.max(largestBytes, bytes);
  };
  const replace = (name: string, bytesOf: (args: unknown[], unit: number) => number) => {
    const original = scope[name]!;
    const unit = (original as unknown as { BYTES_PER_ELEMENT?: number }).BYTES_PER_ELEMENT ?? 1;
    const watcher = new Proxy(original, {
      construct: (target, args: never[], newTarget: Maker) => {
        // Counted before it is made: a request that fails was a request.
        count(bytesOf(args, unit));
        return Reflect.construct(target, args, newTarget);
      },
    });
    scope[name] = watcher;
    undo.push(() => (scope[name] = original));
  };
  const lengthOf = (first: unknown): number => {
    if (typeof first === "number") return first;
    // A view of memory that is there already asks for nothing.
    if (first instanceof ArrayBuffer) return 0;
    const list = first as { length?: number; byteLength?: number } | undefined;
    return list?.length ?? 0;
  };
  for (const name of TYPED) replace(name, ([first], unit) => lengthOf(first) * unit);
  replace("ArrayBuffer", ([first]) => (typeof first === "number" ? first : 0));
  replace("Array", (args) =>
    args.length === 1 && typeof args[0] === "number" ? args[0] * SLOT : args.length * SLOT,
  );
  const from = Array.from.bind(Array) as (...args: unknown[]) => unknown[];
  const swap = <O extends object, K extends keyof O>(object: O, key: K, value: O[K]) => {
    const before = object[key];
    object[key] = value;
    undo.push(() => (object[key] = before));
  };
  swap(Array, "from", ((...args: unknown[]) => {
    count((Number((args[0] as { length?: number } | null)?.length) || 0) * SLOT);
    return from(...args);
  }) as typeof Array.from);
  const { slice } = typedPrototype;
  swap(typedPrototype, "slice", function (this: ArrayBufferView, ...args: number[]) {
    const made = slice.apply(this, args);
    count(made.byteLength);
    return made;
  });
  const sliceBuffer = ArrayBuffer.prototype.slice;
  swap(ArrayBuffer.prototype, "slice", function (this: ArrayBuffer, ...args: [number?, number?]) {
    const made = sliceBuffer.apply(this, args);
    count(made.byteLength);
    return made;
  } as typeof sliceBuffer);
  try {
    return { result: await work(), totalBytes, largestBytes };
  } finally {
    for (const back of undo.reverse()) back();
  }
}
