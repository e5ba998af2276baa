// scout's rule written again in Python draws what the lab drew: replay.py over a recorded run, and over one in which a choice
// was changed. Needs Python with numpy; without it the test is skipped and says so.
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, describe, expect, it } from "vitest";
import { runProgram } from "../process";
import { findPython } from "../python";

const LOG = "public/runs/needle-scout-1.jsonl";
const python = await findPython(["numpy"]);
const folder = mkdtempSync(join(tmpdir(), "proximal-replay-"));
afterAll(() => rmSync(folder, { recursive: true }));

const replay = (log: string) =>
  runProgram(python.path!, ["-B", "scripts/scout/replay.py", log], { timeoutS: 300 });

const { reason } = python;
if (reason) it.skip("scout in Python", { meta: { reason } }, () => {});
else
  describe("scout in Python", () => {
    it("draws every batch of a recorded run", async () => {
      const { code, output } = await replay(LOG);
      expect(output).toContain("40 batches and 603 neighbours, all equal");
      expect(code).toBe(0);
    }, 300_000);

    it("says where a log was not drawn by the rule", async () => {
      const lines = readFileSync(LOG, "utf8").split("\n");
      const at = lines.findIndex(
        (line) => line.includes('"type":"batch.chosen"') && line.includes('"step":3,'),
      );
      const event = JSON.parse(lines[at]) as { random: number[] };
      lines[at] = JSON.stringify({ ...event, random: [...event.random].reverse() });
      const changed = join(folder, "changed.jsonl");
      writeFileSync(changed, lines.join("\n"));
      const { code, output } = await replay(changed);
      expect(output).toContain("step 3: rows");
      expect(code).toBe(1);
    }, 300_000);
  });
