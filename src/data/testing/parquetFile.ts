// Test helper: writes a Parquet file of text columns, one row group, plain and uncompressed. Source: the format's own
// description, parquet.thrift, in Thrift's compact protocol.
const MAGIC = [0x50, 0x41, 0x52, 0x31];

function varint(value: number): number[] {
  const out: number[] = [];
  for (; value >= 128; value = Math.floor(value / 128)) out.push((value % 128) | 128);
  return [...out, value];
}
const zigzag = (value: number): number[] => varint(value * 2);

type Field = { id: number; type: number; bytes: number[] };
const [I32, I64, BINARY, LIST, STRUCT] = [5, 6, 8, 9, 12];
const i32 = (id: number, value: number): Field => ({ id, type: I32, bytes: zigzag(value) });
const i64 = (id: number, value: number): Field => ({ id, type: I64, bytes: zigzag(value) });
const text = (id: number, value: string): Field => ({ id, type: BINARY, bytes: counted(value) });
const struct = (...fields: Field[]): number[] => {
  let last = 0;
  const out = fields.flatMap(({ id, type, bytes }) => {
    const head = ((id - last) << 4) | type;
    last = id;
    return [head, ...bytes];
  });
  return [...out, 0];
};
const list = (id: number, type: number, items: number[][]): Field => ({
  id,
  type: LIST,
  bytes: [
    ...(items.length < 15 ? [(items.length << 4) | type] : [0xf0 | type, ...varint(items.length)]),
    ...items.flat(),
  ],
});
function counted(value: string): number[] {
  const bytes = new TextEncoder().encode(value);
  return [...varint(bytes.length), ...bytes];
}

function bytesOf(parts: readonly Uint8Array[]): Uint8Array {
  const out = new Uint8Array(parts.reduce((sum, { length }) => sum + length, 0));
  let at = 0;
  for (const part of parts) {
    out.set(part, at);
    at += part.length;
  }
  return out;
}

/** Each row has all columns, as texts. */
export function parquetFile(rows: readonly Record<string, string>[]): Uint8Array {
  const names = Object.keys(rows[0] ?? {});
  const parts: Uint8Array[] = [Uint8Array.from(MAGIC)];
  let at = MAGIC.length;
  const add = (bytes: Uint8Array) => (parts.push(bytes), (at += bytes.length));
  const columns = names.map((name) => {
    const values = bytesOf(
      rows.map((row) => {
        const bytes = new TextEncoder().encode(row[name]);
        const out = new Uint8Array(4 + bytes.length);
        new DataView(out.buffer).setUint32(0, bytes.length, true);
        out.set(bytes, 4);
        return out;
      }),
    );
    // A data page of plain values; PLAIN = 0, RLE = 3 for levels that are not there.
    const page = struct(i32(1, rows.length), i32(2, 0), i32(3, 3), i32(4, 3));
    const header = struct(i32(1, 0), i32(2, values.length), i32(3, values.length), {
      id: 5,
      type: STRUCT,
      bytes: page,
    });
    const offset = at;
    add(Uint8Array.from(header));
    add(values);
    const size = at - offset;
    const about = struct(
      i32(1, 6),
      list(2, I32, [zigzag(0)]),
      list(3, BINARY, [counted(name)]),
      i32(4, 0),
      i64(5, rows.length),
      i64(6, size),
      i64(7, size),
      i64(9, offset),
    );
    return struct(i64(2, offset), { id: 3, type: STRUCT, bytes: about });
  });
  const schema = [
    struct(text(4, "rows"), i32(5, names.length)),
    ...names.map((name) => struct(i32(1, 6), i32(3, 0), text(4, name), i32(6, 0))),
  ];
  const group = struct(list(1, STRUCT, columns), i64(2, at), i64(3, rows.length));
  const footer = Uint8Array.from(
    struct(i32(1, 1), list(2, STRUCT, schema), i64(3, rows.length), list(4, STRUCT, [group])),
  );
  add(footer);
  const length = new Uint8Array(4);
  new DataView(length.buffer).setUint32(0, footer.length, true);
  add(length);
  add(Uint8Array.from(MAGIC));
  return bytesOf(parts);
}
