// One prompt's rollouts: each answer with its reward, its advantage, how unsure the model was at each token, and
// how much the training step changed the answer's probability.
import {
  answerTable,
  answersOf,
  groupSentence,
  openingGroup,
  signed,
  thickness,
} from "../../pictures/reward/answers";
import type { Answer } from "../../pictures/reward/answers";
import type { RunView } from "../../log/view";
import { Picture } from "../../ui/controls/Picture";
import { Gloss } from "../words";
import { useStepButtons } from "./StepButtons";

function Pieces({ answer }: { answer: Answer }) {
  return (
    <>
      {answer.pieces.map((piece, t) => (
        <span
          key={t}
          className="piece"
          style={{ borderBottomWidth: `${thickness(piece.entropyNats).toFixed(1)}px` }}
          title={Number.isNaN(piece.entropyNats) ? undefined : `${piece.entropyNats.toFixed(2)} nats`}
        >
          {piece.text}
        </span>
      ))}
    </>
  );
}

function Bar({ advantage }: { advantage: number }) {
  return (
    <svg viewBox="-50 0 100 6" preserveAspectRatio="none" aria-hidden="true" className="advantage">
      <rect
        x={Math.max(-50, Math.min(0, advantage * 50))}
        width={Math.min(50, Math.abs(advantage) * 50)}
        height="6"
        fill={advantage >= 0 ? "var(--pick)" : "var(--random)"}
      />
      <line x1="0" x2="0" y1="0" y2="6" stroke="var(--edge)" />
    </svg>
  );
}

function Row({ answer }: { answer: Answer }) {
  const { reward, advantage, meanNats, moved } = answer;
  return (
    <tr>
      <td className="mono written">
        <Pieces answer={answer} />
      </td>
      <td className={`n ${reward === 1 ? "right" : ""}`}>{Number(reward.toFixed(3))}</td>
      <td className="n">
        {signed(advantage)}
        <Bar advantage={advantage} />
      </td>
      <td className="n">{Number.isNaN(meanNats) ? "–" : meanNats.toFixed(2)}</td>
      <td className="n">{moved === null ? "–" : signed(moved)}</td>
    </tr>
  );
}

const COLUMNS = ["Reward", "Advantage", "Nats a token", "Moved, nats"];

export function GroupInspector({ view }: { view: RunView }) {
  const { at, tools } = useStepButtons(view.groups.length, openingGroup(view.groups), "group");
  const group = view.groups[at];
  if (!group) return null;
  return (
    <Picture
      id="group"
      question="What did it try?"
      sentence={groupSentence(group)}
      table={() => answerTable(group)}
      tools={tools}
      legend={
        <>
          <span>
            <Gloss word="advantage">advantage</Gloss>: above the group’s mean is raised, below is lowered
          </span>
          <span>
            underline: how unsure the model was at that token, by its <Gloss word="entropy">entropy</Gloss>
          </span>
          <span>
            moved: by how much the step changed the answer’s log-probability, measured for one group a step
          </span>
        </>
      }
    >
      <p className="question">{view.samples[group.sample]?.prompt}</p>
      <div className="table-scroll" tabIndex={0} role="region" aria-label="Answers of the group">
        <table className="rollouts">
          <thead>
            <tr>
              <th scope="col">Answer</th>
              {COLUMNS.map((name) => (
                <th key={name} scope="col" className="n">
                  {name}
                </th>
              ))}
            </tr>
          </thead>
          <tbody>
            {answersOf(group).map((answer, r) => (
              <Row key={r} answer={answer} />
            ))}
          </tbody>
        </table>
      </div>
    </Picture>
  );
}
