// Reasons and sentences: what the page says about a pick must follow from the log.
import { describe, expect, it } from "vitest";
import { reduceRun } from "../../log/fold";
import { tinyLog } from "../../log/testing/log";
import { columnsOf, matrixFigure, matrixTable } from "../../pictures/pool/matrix";
import { historySentence } from "./SampleHistory";
import { missedRows, pickRows } from "./picks";
import { meanOf, picksSentence, scoredIn, studySentence, surerSentence } from "../../pictures/pool/sentences";
import { kindCounts } from "./why";

const view = reduceRun(tinyLog());
const [one, two] = view.rounds;

describe("why a sample was picked", () => {
  it("says what it beat", () => {
    expect(pickRows(view, one).map((row) => row.reason)).toEqual(["top of 5", "beat 3 of 5"]);
  });
  it("tells what is still unsure from what became unsure", () => {
    expect(pickRows(view, two).map((row) => row.reason)).toEqual([
      "top of 6; still unsure after round 1, was 1.00 nats",
      "beat 4 of 6; never studied, rose from 0.20 nats",
    ]);
    expect(kindCounts(view, two)).toEqual([
      { kind: "again", n: 1 },
      { kind: "newly unsure", n: 1 },
    ]);
  });
  it("shows the row under the threshold", () => {
    expect(missedRows(two)).toMatchObject([
      { rank: 3, reason: "just missed: 0.50 nats below the threshold" },
    ]);
  });
  it("gives random order no better reason than chance", () => {
    const random = reduceRun(tinyLog("random"));
    expect(pickRows(random, random.rounds[1]).map((row) => row.reason)).toEqual([
      "drawn at random",
      "drawn at random, also in round 1",
    ]);
    expect(picksSentence(random, 2)).toContain("drawn at random");
  });
});

describe("sentences", () => {
  it("count what is new and what is the same", () => {
    expect(studySentence(view, 1)).toBe("Round 1 picked 2 of 6: all for the first time.");
    expect(studySentence(view, 2)).toBe("Round 2 picked 2 of 6: 1 for the first time, 1 also in round 1.");
  });
  it("take means over what was scored", () => {
    const scores = one.scores ?? new Float32Array();
    expect(scoredIn(scores)).toBe(5);
    expect(meanOf(scores)).toBeCloseTo(0.76, 6);
    expect(surerSentence(view, 1)).toContain("0.76 nats over 5");
    expect(surerSentence(view, 2)).toContain(
      "went from 0.76 to 0.50 nats, the threshold from 1.00 to 0.90 nats",
    );
  });
  it("tell a sample's history", () => {
    expect(historySentence(view, 2)).toBe("Picked in rounds 1 and 2 of 2.");
    expect(historySentence(view, 5)).toBe("Not picked in 2 rounds.");
  });
});

describe("the matrix", () => {
  it("has a column a planned round and hides what is to come", () => {
    const early = reduceRun(tinyLog(), 2000);
    const columns = columnsOf(early, null);
    expect(columns).toHaveLength(2);
    expect(columns[1].scores).toBeNull();
  });
  it("shows the baseline's picks only in rounds that this run has picked", () => {
    const random = reduceRun(tinyLog("random"));
    expect(Array.from(columnsOf(view, random)[0].baseline ?? [])).toEqual([1, 0, 0, 0, 0, 1]);
    expect(columnsOf(reduceRun(tinyLog(), 2000), random)[1].baseline).toBeNull();
  });
  it("is a table too", () => {
    const table = matrixTable(view, Uint32Array.from([4, 1]));
    expect(table.rows[0]).toEqual(["Question e?", "not scored", "no", "0.200", "no"]);
    expect(table.rows[1]).toEqual(["Question b?", "2.000", "yes, rank 1", "0.300", "no"]);
  });
  it("draws itself for keeping", () => {
    expect(matrixFigure(columnsOf(view, null), Uint32Array.from([0, 1, 2, 3, 4, 5]), 2)).toMatchSnapshot();
  });
});
