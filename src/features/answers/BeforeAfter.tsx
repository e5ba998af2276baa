// The picture "So what?": the model's answer to the same question before training and now. Answers that got worse
// are shown like those that got better.
import { useState } from "react";
import { score } from "../../lib/format";
import type { ProbeAnswer } from "../../lib/events";
import { useLab, useView } from "../../store/hooks";
import type { TableData } from "../../ui/controls/DataTable";
import { Picture } from "../../ui/controls/Picture";
import { Gloss } from "../words";
import { answersSentence, meanEntropy, pairsOf, type BeforeNow } from "./answers";
import { Tokens } from "./Tokens";

function answersTable(pairs: readonly BeforeNow[]): TableData {
  const verdict = (answer: ProbeAnswer): string =>
    answer.correct === null ? "" : answer.correct ? "right" : "wrong";
  return {
    columns: [
      "Question",
      "Expected",
      "Before",
      "Right before",
      "#Nats before",
      "Now",
      "Right now",
      "#Nats now",
    ],
    rows: pairs.map((pair) => [
      pair.prompt,
      pair.expected,
      pair.before.text,
      verdict(pair.before),
      meanEntropy(pair.before).toFixed(2),
      pair.now.text,
      verdict(pair.now),
      meanEntropy(pair.now).toFixed(2),
    ]),
  };
}

function Answer({ title, answer }: { title: string; answer: ProbeAnswer }) {
  return (
    <div className="answer">
      <p className="answer-head">
        <b>{title}</b>
        {answer.correct !== null && (
          <span className={answer.correct ? "right" : "wrong"}>{answer.correct ? "✓ right" : "✗ wrong"}</span>
        )}
        <span className="aside">{score(meanEntropy(answer))} on average</span>
      </p>
      <Tokens tokens={answer.tokens} entropy={answer.entropy} name={`${title}: ${answer.text}`} />
    </div>
  );
}

export function BeforeAfter() {
  const player = useLab((state) => state.player);
  const focus = useLab((state) => state.round);
  const view = useView(player, "probes");
  const [index, setIndex] = useState(0);
  const pairs = pairsOf(view, focus ?? Infinity);
  const at = Math.min(index, Math.max(0, pairs.length - 1));
  const pair = pairs[at];
  const turn = (by: number): void => setIndex((at + by + pairs.length) % pairs.length);
  return (
    <Picture
      id="so-what"
      question="So what? The same question, before and now"
      sentence={answersSentence(pairs)}
      table={() => answersTable(pairs)}
      legend={
        pair && (
          <span>
            underline: how unsure the model was at that token, by its <Gloss word="entropy">entropy</Gloss>
          </span>
        )
      }
    >
      {pair && (
        <>
          <div className="probe-nav" role="group" aria-label="Questions">
            <button
              type="button"
              className="button small"
              onClick={() => turn(-1)}
              aria-label="Previous question"
            >
              ◂
            </button>
            {pairs.map((one, i) => (
              <button
                key={one.promptId}
                type="button"
                className="probe-dot"
                aria-pressed={i === at}
                aria-label={`Question ${i + 1} of ${pairs.length}, ${one.now.correct ? "right now" : "wrong now"}`}
                onClick={() => setIndex(i)}
              >
                {one.now.correct === null ? "·" : one.now.correct ? "✓" : "✗"}
              </button>
            ))}
            <button type="button" className="button small" onClick={() => turn(1)} aria-label="Next question">
              ▸
            </button>
          </div>
          <p className="question">{pair.prompt}</p>
          <div className="answers">
            <Answer title="before" answer={pair.before} />
            <Answer title={pair.nowRound === 0 ? "now" : `after round ${pair.nowRound}`} answer={pair.now} />
          </div>
          <p className="expected">
            expected <span className="mono">{pair.expected}</span>
          </p>
        </>
      )}
    </Picture>
  );
}
