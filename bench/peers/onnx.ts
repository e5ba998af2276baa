// Just enough of the ONNX file format (protocol buffers) to write the graphs that onnxruntime-web runs in the bench.

/** One protobuf message, growing. Field numbers are those of onnx.proto. */
export class Message {
  readonly bytes: number[] = [];
  varint(value: number | bigint): this {
    let rest = BigInt.asUintN(64, BigInt(value));
    while (rest > 0x7fn) {
      this.bytes.push(Number(rest & 0x7fn) | 0x80);
      rest >>= 7n;
    }
    this.bytes.push(Number(rest));
    return this;
  }
  int(field: number, value: number): this {
    return this.varint(field << 3).varint(value);
  }
  raw(field: number, data: ArrayLike<number> & Iterable<number>): this {
    this.varint((field << 3) | 2).varint(data.length);
    for (const byte of data) this.bytes.push(byte);
    return this;
  }
  text(field: number, value: string): this {
    return this.raw(field, new TextEncoder().encode(value));
  }
  message(field: number, inner: Message): this {
    return this.raw(field, inner.bytes);
  }
  float(field: number, value: number): this {
    this.varint((field << 3) | 5);
    this.bytes.push(...new Uint8Array(Float32Array.of(value).buffer));
    return this;
  }
}

export const TYPES = { float: 1, int32: 6, int64: 7 };

/** A constant: Float32Array, Int32Array or BigInt64Array. */
export function constant(
  name: string,
  shape: readonly number[],
  data: Float32Array | Int32Array | BigInt64Array,
): Message {
  const type =
    data instanceof Float32Array ? TYPES.float : data instanceof Int32Array ? TYPES.int32 : TYPES.int64;
  const tensor = new Message();
  for (const size of shape) tensor.int(1, size);
  return tensor
    .int(2, type)
    .text(8, name)
    .raw(9, new Uint8Array(data.buffer, data.byteOffset, data.byteLength));
}

/** An input or output; sizes are numbers or names. */
export function value(name: string, shape: readonly (number | string)[], type = TYPES.float): Message {
  const dims = new Message();
  for (const size of shape)
    dims.message(1, typeof size === "string" ? new Message().text(2, size) : new Message().int(1, size));
  const tensor = new Message().int(1, type).message(2, dims);
  return new Message().text(1, name).message(2, new Message().message(1, tensor));
}

/** A whole number, { float }, a list of whole numbers. */
export type Attributes = Record<string, number | { float: number } | readonly number[]>;

export function node(
  op: string,
  inputs: readonly string[],
  outputs: readonly string[],
  attributes: Attributes = {},
  domain = "",
): Message {
  const made = new Message();
  for (const name of inputs) made.text(1, name);
  for (const name of outputs) made.text(2, name);
  made.text(3, `${op} ${outputs[0]}`).text(4, op);
  for (const [name, setting] of Object.entries(attributes)) {
    const attribute = new Message().text(1, name);
    if (typeof setting === "number") attribute.int(3, setting).int(20, 2);
    else if ("float" in setting) attribute.float(2, setting.float).int(20, 1);
    else {
      for (const entry of setting) attribute.int(8, entry);
      attribute.int(20, 7);
    }
    made.message(5, attribute);
  }
  return domain ? made.text(7, domain) : made;
}

/** A whole file; operator set 17 and Microsoft's own. */
export function file({
  nodes,
  constants,
  inputs,
  outputs,
}: Record<"nodes" | "constants" | "inputs" | "outputs", Message[]>): Uint8Array<ArrayBuffer> {
  const graph = new Message();
  for (const part of nodes) graph.message(1, part);
  graph.text(2, "bench");
  for (const part of constants) graph.message(5, part);
  for (const part of inputs) graph.message(11, part);
  for (const part of outputs) graph.message(12, part);
  const set = (domain: string, version: number) => new Message().text(1, domain).int(2, version);
  return Uint8Array.from(
    new Message()
      .int(1, 8)
      .text(2, "proximal bench")
      .message(7, graph)
      .message(8, set("", 17))
      .message(8, set("com.microsoft", 1)).bytes,
  );
}
