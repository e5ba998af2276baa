// The final part of an answer, on the pools' own answers and on what models write.
import { readFileSync } from "node:fs";
import { describe, expect, it } from "vitest";
import { POOLS } from "./builtin";
import { finalAnswer, finalAnswerReward } from "./rewards";

describe("final answer", () => {
  it.each([
    ["23-4=19, so 19 dBm", "19 dBm"],
    ["2009+9=2018, 2017 is in time, so valid", "valid"],
    ["yes", "yes"],
    ["so so 5 \n", "5"],
    ["it is also 7, so", "7, so"],
    ["", ""],
    ["so ", ""],
  ])("%s → %s", (text, final) => expect(finalAnswer(text)).toBe(final));

  it("grades the result and not the way", () => {
    expect(finalAnswerReward("20-1=19, so 19 dBm\n", "23-4=19, so 19 dBm")).toBe(1);
    expect(finalAnswerReward("19 dBm", "23-4=19, so 19 dBm")).toBe(1);
    expect(finalAnswerReward("23-4=19, so 19 mW", "23-4=19, so 19 dBm")).toBe(0);
    expect(finalAnswerReward("23-4=19, so 19", "23-4=19, so 19 dBm")).toBe(0);
    expect(finalAnswerReward("a # b", "b", "# ")).toBe(1);
  });

  it.each(POOLS)("finds a final part in every answer of %s", (name) => {
    const rows = ["train", "test"].flatMap((part) =>
      readFileSync(`public/pools/${name}_${part}.jsonl`, "utf8").trim().split("\n"),
    );
    const answers = rows.map((row) => (JSON.parse(row) as { answer: string }).answer);
    for (const answer of answers) {
      const final = finalAnswer(answer);
      expect(final).not.toBe("");
      expect(final).not.toContain("so ");
      expect(answer.endsWith(final)).toBe(true);
      expect(finalAnswerReward(` ${final}\n`, answer)).toBe(1);
      expect(finalAnswerReward(`${final}0`, answer)).toBe(0);
    }
  });
});
