// Datasets of the hub's mock over real HTTP: subsets and splits at a pinned commit, and no more bytes than the rows take.
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { HEAD, OLD, startHub } from "../../../e2e/hub/mock";
import { readDataset } from "../dataset";
import { memorySource } from "../files";
import { hubDatasetName } from "./hubDatasetName";
import { firstRows, hubParts, inspectHubDataset } from "./hubDatasets";

let hub: Awaited<ReturnType<typeof startHub>>;
beforeEach(async () => {
  hub = await startHub();
});
afterEach(() => hub.close());
const options = () => ({ address: hub.address, retries: 1, backoffMs: 1 });

describe("the name of a dataset", () => {
  it.each([
    ["lab/sums", "lab/sums"],
    [" datasets/lab/sums/ ", "lab/sums"],
    ["https://huggingface.co/datasets/lab/sums/viewer/default/train", "lab/sums"],
    ["https://huggingface.co/datasets/lab/sums/tree/main", "lab/sums"],
    ["sums", null],
    ["lab/sums/x.parquet", null],
  ])("%j", (text, name) => expect(hubDatasetName(text)).toBe(name));
});

it("tells subsets and splits by the hub's conventions", () => {
  const paths = [
    "en/train/0000.parquet",
    "en/train/0001.parquet",
    "plain.parquet",
    "data/val-0.parquet",
    "x.csv",
  ];
  expect(
    hubParts(paths.map((path) => ({ path, bytes: 1 }))).map((p) => [p.subset, p.split, p.files.length]),
  ).toEqual([
    ["default", "val", 1],
    ["en", "train", 2],
    ["default", "plain", 1],
  ]);
});

describe("a dataset", () => {
  it("is pinned to the commit behind what was asked for", async () => {
    const { revision, parts } = await inspectHubDataset("lab/sums", "main", options());
    expect(revision).toBe(HEAD);
    expect((await inspectHubDataset("lab/sums", "v1.0", options())).revision).toBe(OLD);
    expect(parts.map((p) => `${p.subset} ${p.split} ${p.files.length}`)).toEqual([
      "default test 1",
      "default train 2",
      "hard train 1",
    ]);
  });

  it("gives its first rows, and reads no file that they do not need", async () => {
    const found = await inspectHubDataset("lab/sums", "main", options());
    const train = found.parts[1];
    hub.state.asked.length = 0;
    const few = await firstRows(found, train, 12, options());
    expect(few.name).toBe(`lab/sums train 12 @${HEAD.slice(0, 7)}.jsonl`);
    const rows = await readDataset(memorySource(few.name, new TextEncoder().encode(few.text)));
    expect(rows.map(({ prompt, answer }) => [prompt, answer]).at(-1)).toEqual(["11+1?", "12"]);
    expect(rows).toHaveLength(12);
    expect(hub.state.asked.filter((path) => path.includes("00001-of"))).toEqual([]);
    const more = await firstRows(found, train, 45, options());
    expect(more.rows).toBe(45);
    expect(more.text.split("\n").at(-1)).toContain('"44+1?"');
    expect((await firstRows(found, train, 1000, options())).rows).toBe(60);
  });

  it("in another format is read from the hub's conversion", async () => {
    const found = await inspectHubDataset("lab/lines", "main", options());
    expect([found.asked, found.revision]).toEqual(["refs/convert/parquet", OLD]);
    expect(found.parts).toMatchObject([{ subset: "default", split: "train" }]);
    expect((await firstRows(found, found.parts[0], 3, options())).rows).toBe(3);
  });

  it.each([
    ["lab/nothing", "main", /does not show lab\/nothing without signing in/],
    ["lab/sums", "v9", /The hub has no lab\/sums at the revision v9/],
  ])("%s at %s is refused in one sentence", async (name, revision, message) => {
    await expect(inspectHubDataset(name, revision, options())).rejects.toThrow(message);
  });

  it("says when the hub cannot be reached", async () => {
    hub.state.offline = true;
    await expect(inspectHubDataset("lab/sums", "main", options())).rejects.toThrow(/could not be fetched/);
  });
});
