// The history of one sample: its question, how unsure the model was in each round, when it was picked and why.
import type { ReactNode } from "react";
import { strategyIn } from "../../curriculum/registry";
import { count, plural, score as withUnit } from "../../lib/format";
import { showSample } from "../../store/lab";
import { useLab, useView } from "../../store/hooks";
import { ranksOf } from "../../log/order";
import type { RunView } from "../../log/view";
import { lines } from "../../ui/charts/lines";
import { Svg } from "../../ui/charts/Svg";
import { Sheet } from "../../ui/controls/Sheet";
import { highest, marks, place } from "../../pictures/pool/nats";
import { rounds as roundWords, whyMissed, whyPicked } from "./why";
import { numbers, TableHead } from "../../ui/controls/TableHead";

export function historySentence(view: RunView, sample: number): string {
  const picked = view.rounds.filter((round) => round.picked?.[sample]).map((round) => round.round);
  const chances = view.rounds.filter((round) => round.picked).length;
  if (chances === 0) return "No round has picked yet.";
  if (picked.length === 0) return `Not picked in ${plural(chances, "round")}.`;
  return `Picked in ${roundWords(picked)} of ${chances}.`;
}

function outcome(view: RunView, sample: number, at: number): string {
  const round = view.rounds[at];
  const pick = round.picks?.find((candidate) => candidate.sample === sample);
  if (pick) {
    const why = whyPicked(pick, round, view.rounds[at - 1] ?? null, strategyIn(view.config));
    return [why.beat, why.story].filter(Boolean).join("; ");
  }
  if (!round.picks) return "the round has not picked yet";
  const missed = round.missed.find((row) => row.sample === sample);
  if (missed) return whyMissed(missed, round);
  const value = round.scores?.[sample] ?? NaN;
  if (Number.isNaN(value)) return round.scores ? "not scored" : "not drawn";
  const gap = (round.threshold ?? 0) - value;
  return gap > 0 ? `${withUnit(gap, round.unit)} below the threshold` : "left out by the rule of this round";
}

export default function SampleHistory({ children }: { children?: ReactNode }) {
  const sample = useLab((state) => state.sample);
  const player = useLab((state) => state.player);
  const view = useView(player, "scores", "picks");
  const record = sample === null ? undefined : view.samples[sample];
  if (sample === null || !record) return children;
  const high = highest(player?.outline.scoreMax ?? 0);
  const rounds = Math.max(view.planned.rounds, view.rounds.length);
  const points = view.rounds.map(
    (round) => [round.round, place(round.scores?.[sample] ?? NaN, high)] as const,
  );
  const thresholds = view.rounds.map((round) => [round.round, place(round.threshold ?? NaN, high)] as const);
  const unit = view.rounds[0]?.unit ?? "nats";
  const sentence = historySentence(view, sample);
  return (
    <Sheet title="History of a sample" place="panel" onClose={() => showSample(null)}>
      <div className="history-text">
        <h3>{record.prompt}</h3>
        <p className="mono">{record.answer}</p>
        <p className="aside">
          {record.sampleId} · {plural(record.tokens, "token")}
          {record.difficulty === undefined ? "" : ` · difficulty ${record.difficulty}`}
          {record.tags?.length ? ` · ${record.tags.join(" · ").replace(/_/g, " ")}` : ""}
        </p>
      </div>
      <p>{sentence}</p>
      {points.some(([, value]) => !Number.isNaN(value)) && (
        <div className="figure-room">
          <Svg
            name={`Entropy by round. ${sentence}`}
            figure={lines({
              width: 430,
              height: 170,
              xDomain: [0.8, Math.max(2, rounds) + 0.2],
              yDomain: [0, 1],
              yTicks: marks(high).map(({ value }) => place(value, high)),
              formatX: (value) => (Number.isInteger(value) ? `round ${value}` : ""),
              formatY: (at) => marks(high).find(({ value }) => place(value, high) === at)?.text ?? "",
              series: [
                {
                  id: "threshold",
                  name: "threshold",
                  color: "var(--soft)",
                  points: thresholds,
                  faint: true,
                  dashed: true,
                },
                { id: "score", name: "entropy", color: "var(--e3)", points, dots: true },
              ],
            })}
          />
          <p className="aside">
            Entropy in {unit}; dashed: the threshold of each round. Each mark is ten times the one below.
          </p>
        </div>
      )}
      <table>
        <TableHead columns={["Round", numbers("Entropy"), numbers("Rank"), "What happened"]} />
        <tbody>
          {view.rounds.map((round, r) => {
            const value = round.scores?.[sample] ?? NaN;
            return (
              <tr key={round.round} className={round.picked?.[sample] ? "picked" : undefined}>
                <td>{round.round}</td>
                <td className="n">{Number.isNaN(value) ? "–" : withUnit(value, round.unit)}</td>
                <td className="n">
                  {round.scores && !Number.isNaN(value)
                    ? `${count(ranksOf(round.scores)[sample])} of ${count(round.scored || round.scores.length)}`
                    : "–"}
                </td>
                <td>
                  {round.picked?.[sample] ? <b className="pick-word">Picked. </b> : ""}
                  {outcome(view, sample, r)}
                </td>
              </tr>
            );
          })}
        </tbody>
      </table>
      {children}
    </Sheet>
  );
}
