// Every malformed input of the golden folder is refused in one sentence that says what its expectation asks for.
import { readdirSync, readFileSync } from "node:fs";
import { basename, dirname, join } from "node:path";
import { describe, expect, it } from "vitest";
import { LabError } from "../lib/errors";
import { readDataset } from "./dataset";
import { openGguf } from "./gguf";
import { loadModelConfig } from "./modelConfig";
import { checkValues, openModel } from "./modelFolder";
import { readAdapter } from "./peft";
import { nodeFile, nodeFolder } from "./testing/nodeFolder";

interface Expectation {
  name: string;
  about: string;
  feed: { kind: string; path: string; model?: string };
  must_reject: boolean;
  must_mention: string[][];
}

const root = "e2e/golden/bad";
const expectations = (readdirSync(root, { recursive: true }) as string[])
  .filter((path) => basename(path) === "expect.json")
  .map((path) => {
    const expected = JSON.parse(readFileSync(join(root, path), "utf8")) as Expectation;
    return { ...expected, folder: join(root, dirname(path)) };
  });

/** Loads as far as the lab would before it stores or uploads anything. */
async function feed(folder: string, { kind, path, model }: Expectation["feed"]): Promise<void> {
  const full = join(folder, path);
  if (kind === "model") await checkValues(await openModel(nodeFolder(full)));
  else if (kind === "adapter")
    await readAdapter(nodeFolder(full), await loadModelConfig(nodeFolder(join(folder, model!))));
  else if (kind === "dataset") await readDataset(nodeFile(full));
  else if (kind === "gguf") await checkValues(await openGguf(nodeFile(full)));
  else throw new Error(`unknown kind ${kind}`);
}

describe("malformed inputs", () => {
  it("are there", () => expect(expectations.length).toBeGreaterThanOrEqual(16));

  it.each(expectations)("$name: $about", async (expected) => {
    expect(expected.must_reject).toBe(true);
    const error = await feed(expected.folder, expected.feed).then(
      () => null,
      (thrown: unknown) => thrown,
    );
    expect(error).toBeInstanceOf(LabError);
    const { message, code } = error as LabError;
    expect(code).not.toBe("internal");
    for (const group of expected.must_mention) {
      const said = group.some((word) => message.toLowerCase().includes(word.toLowerCase()));
      expect(said, `“${message}” mentions one of ${group.join(", ")}`).toBe(true);
    }
  });

  it("the good base of them loads", async () => {
    const base = nodeFolder(`${root}/_base/model`);
    await checkValues(await openModel(base));
    const adapter = await readAdapter(nodeFolder(`${root}/_base/adapter`), await loadModelConfig(base));
    expect(adapter.config).toMatchObject({ rank: 2, targets: ["q_proj", "v_proj"], layers: null });
  });
});
