// The window of row records against its plain truth: what each row sees, and that no row sees a key behind its visibleEnd.
import { visibleKeys } from "../reference/attention";
import { windowRows } from "../reference/windowRows";
import { ROW_WORDS, rowRecords, type RowArrays } from "../rows";
import { packedRows, type PackedGroup } from "../testing/packing";
import { expectEqual, expectTrue, gpuTest } from "../testing/suite";
import { encodeWindowRows } from "./windowRows";

const COLUMNS: readonly (keyof RowArrays)[] = [
  ...(["token", "position", "kv", "ownStart", "ownEnd", "prefixStart", "prefixEnd", "visibleEnd"] as const),
];
const arrays = (words: Uint32Array) =>
  Object.fromEntries(
    COLUMNS.map((name, c) => [name, [...words].filter((_, i) => i % ROW_WORDS === c)]),
  ) as Record<keyof RowArrays, number[]>;

const documents = (...children: number[]): PackedGroup[] => [{ prefix: 0, children }];

gpuTest.each([
  { why: "known value: five rows, window 3", window: 3, groups: documents(5), ends: [3, 4, 5, 5, 5] },
  { why: "control: a window longer than all documents", window: 64, groups: documents(9, 30) },
  { why: "window 1", window: 1, groups: documents(4, 1, 6) },
  { why: "ragged documents", window: 4, groups: documents(1, 7, 2, 1, 30, 5, 3, 1) },
  { why: "a window over the border of a prefix", window: 6, groups: [{ prefix: 9, children: [3, 1, 14] }] },
  {
    why: "groups, a prefix shorter and one longer than the window",
    window: 5,
    groups: [{ prefix: 3, children: [8, 2] }, ...documents(6), { prefix: 20, children: [1, 9] }],
  },
  { why: "more rows than one workgroup holds", window: 7, groups: documents(150, 3, 77) },
] as { why: string; window: number; groups: PackedGroup[]; ends?: number[] }[])(
  "window_rows: $why",
  async ({ gpu, input, output, window, groups, ends }) => {
    const rows = packedRows(groups);
    const count = rows.token.length;
    const windowed = output([count, ROW_WORDS], "u32");
    const records = input(rowRecords(rows), [count, ROW_WORDS]);
    await gpu.run((rec) => encodeWindowRows(rec, { rows: records, windowed }, window));
    const got = arrays(new Uint32Array(await gpu.read(windowed)));
    const want = windowRows(rows, window);
    for (const name of COLUMNS.filter((column) => column !== "visibleEnd"))
      expectEqual(got[name], want[name], name);
    for (let key = 0; key < count; key++) {
      expectTrue(
        got.visibleEnd[key] >= want.visibleEnd[key],
        `key ${key} is visible to the last row that sees it`,
      );
      expectTrue(
        got.visibleEnd[key] <= rows.visibleEnd[key],
        `key ${key} is visible to no more rows than before`,
      );
    }
    if (ends) expectEqual(got.visibleEnd, ends, "visibleEnd");
  },
);

gpuTest(
  "window_rows: masked, a cache's rows: idle, alone and behind a prompt",
  async ({ gpu, input, output }) => {
    const rows: RowArrays = {
      token: [1, 2, 3],
      position: [0, 9, 12],
      kv: [40, 9, 60],
      ownStart: [40, 0, 58],
      ownEnd: [40, 10, 61],
      prefixStart: [0, 0, 20],
      prefixEnd: [0, 0, 30],
      visibleEnd: [0, 0, 0],
    };
    const windowed = output([3, ROW_WORDS], "u32");
    const records = input(rowRecords(rows), [3, ROW_WORDS]);
    await gpu.run((rec) => encodeWindowRows(rec, { rows: records, windowed }, 8));
    const got = arrays(new Uint32Array(await gpu.read(windowed)));
    expectEqual(visibleKeys(got, 0), [], "the idle row");
    expectEqual(visibleKeys(got, 1), [2, 3, 4, 5, 6, 7, 8, 9], "alone");
    expectEqual(visibleKeys(got, 2), [25, 26, 27, 28, 29, 58, 59, 60], "behind a prompt");
  },
);
