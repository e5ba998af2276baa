// One prompt's rollouts: each answer with its reward, its advantage, how unsure each token was, and how far the
// step moved it.
import { useState } from "react";
import { plural } from "../../lib/format";
import type { GroupView, RunView } from "../../store/view";
import { Picture } from "../../ui/controls/Picture";
import { Gloss } from "../words";
import { groupTable, meanReward } from "./reward";

function groupSentence(view: RunView, group: GroupView): string {
  const right = group.rewards.filter((reward) => reward === 1).length;
  const forecast = group.variancePredicted === null ? "" : `, forecast ${group.variancePredicted.toFixed(3)}`;
  const verdict =
    group.variance < 1e-12
      ? "all alike, so nothing to learn from"
      : `variance ${group.variance.toFixed(3)}${forecast}`;
  return `Step ${group.step}: ${plural(group.rewards.length, "answer")} to one prompt, ${right} right, mean reward ${meanReward(group).toFixed(2)}; ${verdict}.`;
}

const signed = (value: number): string => `${value >= 0 ? "+" : "−"}${Math.abs(value).toFixed(2)}`;

export function GroupInspector({ view }: { view: RunView }) {
  const [chosen, setChosen] = useState<number | null>(null);
  const at = chosen === null ? view.groups.length - 1 : Math.min(chosen, view.groups.length - 1);
  const group = view.groups[at];
  if (!group) return null;
  const sample = view.samples[group.sample];
  return (
    <Picture
      id="group"
      question="What did it try?"
      sentence={groupSentence(view, group)}
      table={() => groupTable(view.groups)}
      tools={
        <span className="group-nav">
          <button
            type="button"
            className="button small"
            aria-label="Earlier group"
            disabled={at === 0}
            onClick={() => setChosen(at - 1)}
          >
            ◂
          </button>
          <span className="aside">
            {at + 1} of {view.groups.length}
          </span>
          <button
            type="button"
            className="button small"
            aria-label="Later group"
            disabled={at === view.groups.length - 1}
            onClick={() => setChosen(at + 1 === view.groups.length - 1 ? null : at + 1)}
          >
            ▸
          </button>
        </span>
      }
      legend={
        <span>
          <Gloss word="advantage">advantage</Gloss>: above the group’s mean is raised, below is lowered
        </span>
      }
    >
      <p className="question">{sample?.prompt}</p>
      <div className="table-scroll" tabIndex={0} role="region" aria-label="Answers of the group">
        <table className="rollouts">
          <thead>
            <tr>
              <th scope="col">Answer</th>
              <th scope="col" className="n">
                Reward
              </th>
              <th scope="col" className="n">
                Advantage
              </th>
              <th scope="col" className="n">
                Nats a token
              </th>
              <th scope="col" className="n">
                Moved, nats
              </th>
            </tr>
          </thead>
          <tbody>
            {group.rewards.map((reward, r) => {
              const entropy = group.tokenEntropy?.[r] ?? [];
              const advantage = group.advantages[r] ?? 0;
              return (
                <tr key={r}>
                  <td className="mono">{group.texts?.[r] ?? `answer ${r + 1}`}</td>
                  <td className={`n ${reward === 1 ? "right" : ""}`}>{reward}</td>
                  <td className="n">
                    {signed(advantage)}
                    <svg
                      viewBox="-50 0 100 6"
                      preserveAspectRatio="none"
                      aria-hidden="true"
                      className="advantage"
                    >
                      <rect
                        x={Math.min(0, advantage * 50)}
                        width={Math.min(50, Math.abs(advantage) * 50)}
                        height="6"
                        fill={advantage >= 0 ? "var(--pick)" : "var(--random)"}
                      />
                      <line x1="0" x2="0" y1="0" y2="6" stroke="var(--edge)" />
                    </svg>
                  </td>
                  <td className="n">
                    {entropy.length > 0
                      ? (entropy.reduce((sum, e) => sum + e, 0) / entropy.length).toFixed(2)
                      : "–"}
                  </td>
                  <td className="n">{group.moved?.[r] === undefined ? "–" : signed(group.moved[r])}</td>
                </tr>
              );
            })}
          </tbody>
        </table>
      </div>
    </Picture>
  );
}
