// The graders' table: pairs of an answer and its reference with the right verdict, the tricky ones included.
import { readdirSync, readFileSync } from "node:fs";
import { describe, expect, it } from "vitest";
import { resolveConfig, type RewardConfig } from "../../config/schema";
import { textReward } from "../rewards";
import { jsonReward } from "./json";
import { lastNumber } from "./number";
import { finalAnswer } from "./text";

type Kind = RewardConfig["kind"];
type Row = [kind: Kind, text: string, answer: string, want: number];

const RIGHT = 1;
const WRONG = 0;

const TEXTS: Row[] = [
  ["exact", "caf\u00e9", "cafe\u0301", RIGHT],
  ["exact", "10 km", "10\u00a0km", RIGHT],
  ["exact", "abc", "abc\u200b", RIGHT],
  ["exact", "a\r\nb", "a b", RIGHT],
  ["exact", "x != y", "x != y", RIGHT],
  ["exact", "x!= y", "x != y", WRONG],
  ["exact", "Paris", "paris", WRONG],
  ["exact", "10 km.", "10 km", WRONG],
  ["final-answer", "20-1=19, so 19 dBm\n", "23-4=19, so 19 dBm", RIGHT],
  ["final-answer", "19 dBm", "23-4=19, so 19 dBm", RIGHT],
  ["final-answer", "23-4=19, so 19 mW", "23-4=19, so 19 dBm", WRONG],
  ["final-answer", "23-4=19, so 19", "23-4=19, so 19 dBm", WRONG],
  ["final-answer", "Paris is also nice", "Rome is also nice", WRONG],
  ["final-answer", "Also 5", "so 5", WRONG],
  ["final-answer", "Cats bark, so too", "Dogs bark, so too", RIGHT],
  ["final-answer", "so 12.", "so 12", RIGHT],
  ["final-answer", "so 12...", "so 12", WRONG],
  ["final-answer", "so caf\u00e9", "so cafe\u0301", RIGHT],
  ["final-answer", "so a\nb", "so a\r\nb", RIGHT],
  ["final-answer", "paris", "Paris", WRONG],
  ["final-answer", "", "so 12", WRONG],
  ["contains", "It is caf\u00e9.", "cafe\u0301", RIGHT],
  ["contains", "It is PARIS.", "so Paris", RIGHT],
  ["contains", "so 12", "so 1", WRONG],
  ["contains", "I do not know", "no", WRONG],
  ["contains", "No, never", "no", RIGHT],
  ["contains", "it costs 12.5", "12", WRONG],
  ["contains", "it costs 12.", "12", RIGHT],
  ["contains", "it is -5", "5", WRONG],
  ["contains", "anything", "", WRONG],
  ["contains", "東京です", "東京", RIGHT],
  ["contains", "ร้านอยู่กรุงเทพครับ", "กรุงเทพ", RIGHT],
  ["contains", "Parisian", "Paris", WRONG],
  ["final-answer", "so\nParis", "so Paris", RIGHT],
  ["final-answer", "so\u00a0Paris", "so Paris", RIGHT],
];

const NUMBERS: [text: string, answer: string, want: number][] = [
  ["1,234", "1234", RIGHT],
  ["1.234,56", "1234.56", RIGHT],
  ["1'234", "1234", RIGHT],
  ["5'10", "510", WRONG],
  ["-½", "-0.5", RIGHT],
  ["3½", "3.5", RIGHT],
  ["\\frac{1}{2}", "0.5", RIGHT],
  ["-\\dfrac34", "-3/4", RIGHT],
  ["1\\frac{1}{2}", "1.5", RIGHT],
  ["10^3", "1000", RIGHT],
  ["1.5×10^3", "1500", RIGHT],
  ["1.5 \\times 10^{-3}", "0.0015", RIGHT],
  ["6·10²³", "6e23", RIGHT],
  ["2^3", "3", WRONG],
  ["12 cm^2", "12", RIGHT],
  ["2^3 = 8", "8", RIGHT],
  ["1 000 000", "1000000", RIGHT],
  ["1\u202f000\u202f000", "1000000", RIGHT],
  ["1.000.000", "1000000", RIGHT],
  ["1_000", "1000", RIGHT],
  ["7 7 7", "7", RIGHT],
  ["7 7 7", "777", WRONG],
  ["so \u22125", "-5", RIGHT],
  ["5", "\u22125", WRONG],
  ["\uff0d5", "-5", RIGHT],
  ["so 1/2", "0.5", RIGHT],
  ["so 3/4", "so 4", WRONG],
  ["1 1/2 cups", "1.5", RIGHT],
  ["-1 1/2", "-1.5", RIGHT],
  ["1\u00bd", "1.5", RIGHT],
  ["\u00be", "0.75", RIGHT],
  ["1/0", "0", WRONG],
  ["50%", "0.5", RIGHT],
  ["50%", "50", RIGHT],
  ["50%", "5%", WRONG],
  ["0.5%", "50%", WRONG],
  ["$18.00", "18", RIGHT],
  ["18 dollars", "18", RIGHT],
  ["12km", "12", RIGHT],
  ["the answer is 5th", "5", RIGHT],
  ["x2 = 7", "7", RIGHT],
  ["x2", "2", WRONG],
  ["1.5e3", "1500", RIGHT],
  ["0,5", "0.5", RIGHT],
  ["12,5", "12.5", RIGHT],
  ["0,500", "0.5", RIGHT],
  ["so 1,23", "123", WRONG],
  ["10-5", "5", WRONG],
  ["2024-05-17", "17", WRONG],
  ["1/2/2024", "2024", WRONG],
  ["at 3:15", "15", WRONG],
  ["version 1.2.3", "3", WRONG],
  ["\\boxed{42}", "42", RIGHT],
  ["**42**", "42", RIGHT],
  ["42.", "42", RIGHT],
  ["so .5", "0.5", RIGHT],
  ["so \u0664\u0662", "42", RIGHT],
  ["so \u{1d7dc}", "4", RIGHT],
  ["42 (see page 7)", "42", RIGHT],
  ["(42)", "42", RIGHT],
  ["seven", "7", WRONG],
  ["so 5", "five", WRONG],
  ["NaN", "NaN", WRONG],
  ["1e400", "5", WRONG],
  ["9007199254740992", "9007199254740993", WRONG],
  ["9,007,199,254,740,993", "9007199254740993", RIGHT],
  ["+5", "5", RIGHT],
  ["-0", "0", RIGHT],
];

const JSONS: [text: string, answer: string, want: number][] = [
  ['call {"f":"x","n":[1,2]}', '{"n":[1,2],"f":"x"}', RIGHT],
  ['{"a":1.0}', '{"a":1}', RIGHT],
  ['```json\n{"a":1}\n```', '{"a":1}', RIGHT],
  ["Here: [1,2]", "[1,2]", RIGHT],
  ["[2,1]", "[1,2]", WRONG],
  ['{"a":2,"a":1}', '{"a":1}', WRONG],
  ['{"id":9007199254740992}', '{"id":9007199254740993}', WRONG],
  ['{"id":9007199254740993}', '{"id":9007199254740993}', RIGHT],
  ['{"a":"9007199254740993"}', '{"a":9007199254740993}', WRONG],
  ['{"a":"caf\u00e9"}', '{"a":"cafe\u0301"}', RIGHT],
  ['{"a":1,"toString":2}', '{"a":1}', 0.5],
  ['{"a":1,"b":2}', '{"a":1,"b":3}', 0.5],
  ['{"a":1,"z":0}', '{"a":1}', 0.5],
  ["nonsense", '{"a":1}', WRONG],
  ["null", "null", RIGHT],
];

const reward = (kind: Kind, text: string, answer: string): number =>
  textReward(
    { ...resolveConfig({}).trainer.reward, kind, marker: "so ", tolerance: 1e-6 },
    { text, answer, prompt: "q" },
  );

describe("the graders' table", () => {
  it.each(TEXTS)("%s grades %j against %j with %d", (kind, text, answer, want) => {
    expect(reward(kind, text, answer)).toBe(want);
  });
  it.each(NUMBERS)("numeric grades %j against %j with %d", (text, answer, want) => {
    expect(reward("numeric", text, answer)).toBe(want);
  });
  it.each(JSONS)("json grades %j against %j with %d", (text, answer, want) => {
    expect(jsonReward(text, answer)).toBe(want);
  });
  it("holds at least 60 pairs", () => {
    expect(TEXTS.length + NUMBERS.length + JSONS.length).toBeGreaterThanOrEqual(60);
  });
});

describe("the last number", () => {
  it.each([
    ["from 3 to -4.5e2 kg", -450],
    ["x2y", null],
    ["-", null],
    ["1".repeat(400), null],
    ["(", null],
  ])("of %j is %j", (text, want) => {
    expect(lastNumber(text)?.value ?? null).toBe(want);
  });
  it("is found in time in a text that is nothing but signs", () => {
    for (const sign of ["1,", "1 ", "-", "(", "1/", "1e"]) lastNumber(sign.repeat(10_000));
    expect(lastNumber("1 ".repeat(10_000))?.value).toBe(1);
  });
});

describe("the final answer", () => {
  it.each([
    ["23-4=19, so 19 dBm", "so ", "19 dBm"],
    ["2009+9=2018, 2017 is in time, so valid", "so ", "valid"],
    ["so 1, so 2 ", "so ", "2"],
    ["so so 5 \n", "so ", "5"],
    ["it is also 7, so", "so ", "it is also 7, so"],
    ["a # b", "# ", "b"],
    ["plain", "so ", "plain"],
    ["so ", "so ", ""],
    ["", "so ", ""],
    ["all of it", "", "all of it"],
  ])("of %j after %j is %j", (text, marker, want) => {
    expect(finalAnswer(text, marker)).toBe(want);
  });

  it.each(readdirSync("public/pools").filter((file) => file.endsWith(".jsonl")))(
    "is a proper part of every answer of %s",
    (file) => {
      const rows = readFileSync(`public/pools/${file}`, "utf8").trim().split("\n");
      for (const { answer } of rows.map((row) => JSON.parse(row) as { answer: string })) {
        const final = finalAnswer(answer, "so ");
        expect(final).not.toBe("");
        expect(final).not.toContain("so ");
        expect(answer.endsWith(final)).toBe(true);
        expect(reward("final-answer", ` ${final}\n`, answer)).toBe(1);
        expect(reward("final-answer", `${final}0`, answer)).toBe(0);
      }
    },
  );
});
