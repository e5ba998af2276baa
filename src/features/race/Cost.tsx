// What does choosing cost? Bars by purpose, random order beside them, and the estimators compared where the run did.
import { strategyLabel } from "../../curriculum/registry";
import { count, duration } from "../../lib/format";
import { lab } from "../../store/lab";
import { useLab, useLabInTurn, useView } from "../../store/hooks";
import { costPhases, PHASES, type CostPhase } from "../../log/phases";
import type { RunView } from "../../log/view";
import { Picture } from "../../ui/controls/Picture";
import { Gloss } from "../words";
import { costSentence, costTable } from "./cost";
import { strategyOf } from "./pairs";

function Bar({
  name,
  values,
  max,
  shown,
}: {
  name: string;
  values: [CostPhase, number][];
  max: number;
  shown: string;
}) {
  let at = 0;
  return (
    <div className="cost-bar">
      <span>{name}</span>
      <svg viewBox="0 0 100 10" preserveAspectRatio="none" aria-hidden="true">
        {values.map(([purpose, value]) => {
          const x = at;
          at += (value / max) * 100;
          return <rect key={purpose} x={x} width={(value / max) * 100} height="10" fill={PHASES[purpose].color} />;
        })}
      </svg>
      <span className="n">{shown}</span>
    </div>
  );
}

const tokensOf = (run: RunView): [CostPhase, number][] => costPhases.map((p) => [p, run.tokens[p]]);
const msOf = (run: RunView): [CostPhase, number][] => costPhases.map((p) => [p, run.spentMs[p]]);
const total = (values: readonly [CostPhase, number][]): number => values.reduce((sum, [, v]) => sum + v, 0);

export function Cost() {
  const player = useLab((state) => state.player);
  const besidePlayer = useLabInTurn((state) => state.beside);
  const view = useView(player, "scores", "steps", "phases", "groups");
  const other = useView(besidePlayer, "scores", "steps", "phases", "groups");
  const beside = besidePlayer ? other : null;
  const own = strategyLabel(strategyOf(view)) || "this run";
  const otherName = beside ? strategyLabel(strategyOf(beside)) : "";
  const runs: [string, RunView][] = [
    [own, view],
    ...(beside ? [[`${otherName}, whole run`, beside] as [string, RunView]] : []),
  ];
  const used = costPhases.filter((purpose) => runs.some(([, run]) => run.tokens[purpose] > 0));
  const maxTokens = Math.max(1, ...runs.map(([, run]) => total(tokensOf(run))));
  const maxMs = Math.max(1, ...runs.map(([, run]) => total(msOf(run))));
  const rows = view.comparisons.at(-1)?.rows ?? [];
  return (
    <Picture
      id="cost"
      question="What does choosing cost?"
      sentence={costSentence(view)}
      tools={
        <button type="button" className="link" onClick={() => lab.setState({ panel: "accounting" })}>
          by phase
        </button>
      }
      table={() => costTable(view, beside, own, otherName)}
      legend={used.map((purpose) => (
        <span key={purpose}>
          <svg className="swatch" viewBox="0 0 18 10" aria-hidden="true">
            <rect width="18" height="10" rx="2" fill={PHASES[purpose].color} />
          </svg>
          {PHASES[purpose].word}
        </span>
      ))}
    >
      <h3>Tokens</h3>
      {runs.map(([name, run]) => (
        <Bar
          key={name}
          name={name}
          values={tokensOf(run)}
          max={maxTokens}
          shown={count(total(tokensOf(run)))}
        />
      ))}
      <h3>Time</h3>
      {runs.map(([name, run]) => (
        <Bar key={name} name={name} values={msOf(run)} max={maxMs} shown={duration(total(msOf(run)))} />
      ))}
      {rows.length > 0 && (
        <table className="estimators">
          <thead>
            <tr>
              <th scope="col">Scoring the pool once</th>
              <th scope="col" className="n">
                Tokens
              </th>
              <th scope="col" className="n">
                Time
              </th>
              <th scope="col" className="n">
                <Gloss word="spearman">Agrees with full</Gloss>
              </th>
            </tr>
          </thead>
          <tbody>
            {rows.map((row) => (
              <tr key={row.estimator}>
                <td>{row.estimator}</td>
                <td className="n">{count(row.tokens)}</td>
                <td className="n">{duration(row.elapsedMs)}</td>
                <td className="n">{row.spearmanWithFull.toFixed(3)}</td>
              </tr>
            ))}
          </tbody>
        </table>
      )}
    </Picture>
  );
}
