// `npm test`: every check of the project on this machine, with a browser found or installed. What was skipped is
// said with its reason; the last line counts.
import { availableParallelism } from "node:os";
import { inLanes } from "./lanes";
import { options, usage } from "./options";
import { broken, emptyTally, exitCode, tallyLine, type Print } from "./tally";
import { PARTS } from "./test-parts";

const HELP = `Runs all tests: types, lint, unit, page size, kernels and conformance on real WebGPU, a short run, journeys.

  npm test [-- --only PART[,PART]] [--without PART[,PART]] [--lanes N]

  --lanes N   parts that run at once (2, on one core 1); their lines stay together and in order

Parts:
${PARTS.map((p) => `  ${p.name.padEnd(20)} ${p.about}`).join("\n")}
`;

const args = options(HELP, { only: "string", without: "string", lanes: "string" });
if (args._.length > 0) usage(HELP, `unknown word "${args._[0]}": parts are named with --only`);
const names = (list: string | undefined) => (list ? list.split(",") : []);
for (const name of [...names(args.only), ...names(args.without)]) {
  if (!PARTS.some((p) => p.name === name)) usage(HELP, `unknown part "${name}"`);
}
const lanes = Number(args.lanes ?? Math.min(2, availableParallelism()));
if (!Number.isInteger(lanes) || lanes < 1)
  usage(HELP, `--lanes ${args.lanes}: expected a whole number from 1`);
const begun = Date.now();
const total = emptyTally();
const chosen = PARTS.filter(({ name }) => {
  const wanted = (!args.only || names(args.only).includes(name)) && !names(args.without).includes(name);
  if (!wanted) total.skipped.push({ name, reason: "left out on the command line" });
  return wanted;
});

const print: Print = (line) => console.log(line);
const seconds = (since: number) => ((Date.now() - since) / 1000).toFixed(1);
const jobs = chosen.map((part, i) => async (say: Print) => {
  say(`\n== ${part.name} (${i + 1}/${chosen.length}): ${part.about}`);
  const start = Date.now();
  const tally = await part.run(say).catch((thrown: unknown) => broken(part.name, thrown, say));
  say(`-- ${part.name}: ${tallyLine(tally)} in ${seconds(start)} s`);
  return tally;
});
for (const tally of await inLanes(lanes, jobs, print)) {
  total.passed += tally.passed;
  total.failed += tally.failed;
  total.skipped.push(...tally.skipped);
}
print("");
for (const { name, reason } of total.skipped) print(`skipped: ${name}: ${reason}`);
print(`${((Date.now() - begun) / 60_000).toFixed(1)} minutes`);
print(tallyLine(total));
process.exit(exitCode(total));
