// The settings quote measured figures: they must be those of the results file.
import { readFileSync } from "node:fs";
import { expect, it } from "vitest";
import { FIELDS } from "./describe";

interface Result {
  weights: string;
  weightBytes: number;
  meanNats: number;
  greedy: { right: number; of: number; unchanged: number } | null;
}

const file = JSON.parse(readFileSync("docs/results/quantised.json", "utf8")) as Record<
  "tiny" | "smollm2",
  { results: Result[] }
>;
const of = (model: "tiny" | "smollm2", weights: string): Result =>
  file[model].results.find((result) => result.weights === weights)!;
const mib = ({ weightBytes }: Result, digits: number): string => (weightBytes / 2 ** 20).toFixed(digits);

it("the help of weights says what was measured", () => {
  const [stored, int8, int4] = ["as-stored", "int8", "int4"].map((w) => of("tiny", w)) as [
    Result,
    Result,
    Result,
  ];
  const changed = ({ greedy }: Result) => greedy!.of - greedy!.unchanged;
  const help = FIELDS.find((field) => field.path === "weights")?.help ?? "";
  expect(help).toContain(
    `takes ${mib(int8, 2)} MiB in int8 and ${mib(int4, 2)} MiB in int4 instead of ${mib(stored, 2)} MiB`,
  );
  for (const { greedy } of [stored, int8, int4])
    expect(help).toContain(`${greedy!.right} of ${greedy!.of} test answers are right`);
  expect(help).toContain(`${changed(int8)} and ${changed(int4)} of them worded differently`);
  const [large, small] = [of("smollm2", "as-stored"), of("smollm2", "int4")];
  expect(help).toContain(`takes ${mib(small, 0)} MiB in int4 instead of ${mib(large, 0)} MiB`);
  expect(help).toContain(`worse by ${(small.meanNats - large.meanNats).toFixed(2)} nats a token`);
});
