import { expect, test } from "vitest";
import { unroll } from "./unroll";

test("repeats marked lines with their number and leaves the others alone", () => {
  const source = "let a = 1; // #\n  c# += x[#]; // × ROWS\nend";
  expect(unroll(source, { ROWS: 3 })).toBe(
    "let a = 1; // #\n  c0 += x[0];\n  c1 += x[1];\n  c2 += x[2];\nend",
  );
});

test("names a count that is missing", () => {
  expect(() => unroll("c#; // × ROWS", { LANES: 2 })).toThrow("ROWS");
});
