// What did it study, and when? Samples × rounds: a row is a sample, a column a round, the colour how unsure the model
// was. Next to each column two narrow bars mark the picks: a warm one for this run, a grey one for the baseline.
import { plural } from "../../lib/format";
import { rowOrder } from "../../log/order";
import { rowsAt } from "../../ui/charts/raster";
import { baselineName, byRounds, type KeyEntry, type Picture } from "../picture";
import { columnsOf, matrixFigure, matrixTable } from "../pool/matrix";
import { highest } from "../pool/nats";
import { studySentence } from "../pool/sentences";

/** Lines that the page has room for. */
const LINES = 430;

export const picture: Picture = {
  id: "study",
  place: 10,
  question: "What did it study, and when?",
  follows: ["pool", "scores", "picks", "run", "round", "sort"],
  applies: ({ run, room }) => byRounds(run) && (room || (run.samples.length > 0 && run.rounds.length > 0)),
  sentence: ({ run, round }) => studySentence(run, round),
  figure: ({ run, baseline, sort, whole }, width) =>
    matrixFigure(columnsOf(run, baseline), rowOrder(run, sort), highest(whole.scoreMax), width),
  table: ({ run, sort }) => matrixTable(run, rowOrder(run, sort)),
  key(frame) {
    const { run, baseline, whole } = frame;
    const high = highest(whole.scoreMax);
    const unit = high === 1 ? "nat" : (run.rounds[0]?.unit ?? "nats");
    const entries: KeyEntry[] = [];
    if (run.rounds.some((round) => round.scores))
      entries.push({ mark: "k-ramp", text: `[[entropy]], to ${high} ${unit}, each shade a multiple` });
    entries.push({ mark: "k-pick k-thin", text: "picked" });
    if (baseline)
      entries.push({
        mark: "k-random k-thin",
        text: `picked by [[${frame.baselineStrategy}|${baselineName(frame)}]]`,
      });
    const [, perLine] = rowsAt(0, LINES, Math.max(1, run.samples.length));
    if (perLine > 1) entries.push({ mark: "", text: `one line is ${plural(perLine, "question")}, averaged` });
    return entries;
  },
};
