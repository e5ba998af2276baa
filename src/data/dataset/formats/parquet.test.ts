// Parquet files: the fixture that pyarrow wrote comes out row by row, and hundreds of damaged copies of it give rows or
// one sentence, never more memory than is there.
import { readFileSync } from "node:fs";
import { describe, expect, it } from "vitest";
import { LabError } from "../../../lib/errors";
import { previewDataset, readDataset } from "../../dataset";
import { rawRows } from "../read";
import { memorySource } from "../../files";
import { watchAllocations } from "../../testing/allocations";
import { draws, mutateBytes } from "../../testing/mutate";

const good = new Uint8Array(readFileSync("src/data/dataset/formats/parquet.fixture.parquet"));
const chats = new Uint8Array(readFileSync("src/data/dataset/formats/messages.fixture.parquet"));
const asJson = JSON.parse(
  readFileSync("src/data/dataset/formats/messages.fixture.json", "utf8"),
) as unknown[];
const read = (bytes: Uint8Array, name = "x.parquet") => readDataset(memorySource(name, bytes));

describe("Parquet", () => {
  it("reads texts, numbers, yes-or-no, dictionaries, dates and large numbers, over two row groups", async () => {
    const rows = await read(good);
    expect(rows.map(({ sampleId }) => sampleId)).toEqual([1, 2, 3, 4, 5, 6, 7].map((i) => `sum-${i}`));
    expect(rows[4]).toEqual({
      sampleId: "sum-5",
      prompt: "What is 5 + 5? é",
      answer: "10",
      difficulty: 1.25,
      extra: {
        even: false,
        level_name: null,
        large: String(2n ** 60n + 5n),
        day: "2026-01-05T00:00:00.000Z",
        steps: [5, 5],
        about: { source: "made" },
      },
    });
  });

  it("is known by its first bytes", async () => {
    const { columns, fields } = await previewDataset(memorySource("rows", good), 2);
    expect(columns).toContain("even");
    expect(fields).toMatchObject({ prompt: "question", answer: "answer" });
  });

  it("reads lists and groups as JSON has them, and tells which columns it leaves out", async () => {
    const source = memorySource("chats.parquet", chats);
    const { file, rows } = await rawRows(source);
    expect(rows.map(({ values }) => values)).toEqual(asJson);
    expect(file.notes).toEqual(["Left out, since they hold maps or are nested too deep: scores."]);
  });

  it("reads lists of role and content as chat messages", async () => {
    const source = memorySource("chats.parquet", chats);
    const { layout, refusal } = await previewDataset(source);
    expect(layout).toBe("chat messages");
    expect(refusal?.message).toMatch(
      /^chats\.parquet, row 6: the column “messages” holds no list of messages/,
    );
    const last = await readDataset(source, { unusable: "leave out" });
    expect(last.map(({ answer }) => answer)).toEqual(["2", "6", "3", "8", "15"]);
    expect(last[0].messages?.map(({ role }) => role)).toEqual(["system", "user", "assistant", "user"]);
    const each = await readDataset(source, { unusable: "leave out", turns: "each" });
    expect(
      each.filter(({ sampleId }) => sampleId.startsWith("row-000002")).map(({ answer }) => answer),
    ).toEqual(["2", "4", "6"]);
  });

  it("names the row of a value that cannot be used, and refuses what is no Parquet file", async () => {
    const limits = { rows: 6 };
    const source = memorySource("x.parquet", good);
    await expect(readDataset(source, { limits })).rejects.toThrow(/has 7 rows, more than the 6 allowed/);
    await expect(readDataset(source, { fields: { answer: "level_name" } })).rejects.toThrow(
      /x\.parquet, row 4: the column “level_name” is empty/,
    );
    await expect(read(new TextEncoder().encode("a,b\n1,2\n3,4\n"))).rejects.toThrow(
      /x\.parquet is no whole Parquet file/,
    );
    await expect(read(new Uint8Array())).rejects.toThrow(/is empty \(0 bytes\)/);
  });

  it.each([
    ["flat", good],
    ["nested", chats],
  ])(
    "gives rows or a LabError for damaged files of %s columns, in little memory",
    { timeout: 240_000 },
    async (_, whole) => {
      let refused = 0;
      const count = 400;
      for (let index = 0; index < count; index++) {
        const draw = draws(7000 + index);
        // The footer, with counts and offsets, is the last half of the file; the magic at both ends stays.
        const head = whole.subarray(0, draw.below(2) ? 120 : whole.length - 8);
        const bad = mutateBytes(head, head.length, draw);
        const bytes = new Uint8Array([...bad, ...whole.subarray(head.length)]);
        bytes.set(whole.subarray(0, 4));
        const { result, totalBytes } = await watchAllocations(() =>
          rawRows(memorySource("x.parquet", bytes)).then(
            () => null,
            (thrown: unknown) => thrown,
          ),
        );
        expect(totalBytes, `bytes that file ${index} asked for`).toBeLessThan(16 * 2 ** 20);
        if (result === null) continue;
        refused++;
        expect(result, `file ${index}: ${String(result)}`).toBeInstanceOf(LabError);
        expect((result as LabError).message).toMatch(/^x\.parquet/);
      }
      expect(refused).toBeGreaterThan(count / 4);
      expect(refused).toBeLessThan(count);
    },
  );
});
