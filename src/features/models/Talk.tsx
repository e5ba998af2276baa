// The parts of a conversation: what was said so far, and the form with the next question.
import { Tokens } from "../answers";
import type { Exchange } from "./conversation";

export function Talk({ said }: { said: readonly Exchange[] }) {
  return (
    <ol className="talk" aria-label="Conversation">
      {said.map(({ question, answers }, i) => (
        <li key={i}>
          <p className="asked">{question}</p>
          <div className={answers.length > 1 ? "two" : ""}>
            {answers.map(({ by, answer }) => (
              <div key={by}>
                <p className="aside">{by}</p>
                <Tokens tokens={answer.tokens} entropy={answer.entropy} name={`Answer by ${by}`} />
              </div>
            ))}
          </div>
        </li>
      ))}
    </ol>
  );
}

export function QuestionForm(props: {
  text: string;
  /** An answer is being written. */
  busy: boolean;
  /** Nothing can be asked now. */
  disabled: boolean;
  /** Something was said already. */
  begun: boolean;
  onText: (text: string) => void;
  onAsk: () => void;
  onNew: () => void;
}) {
  const { text, busy, disabled, begun } = props;
  return (
    <form
      className="ask"
      onSubmit={(event) => {
        event.preventDefault();
        props.onAsk();
      }}
    >
      <label className="setting">
        Your question
        <textarea
          className="field"
          rows={2}
          value={text}
          data-first
          onChange={(event) => props.onText(event.target.value)}
        />
      </label>
      <span className="acts">
        <button type="submit" className="button main" disabled={busy || disabled || text.trim() === ""}>
          {busy ? "Answering…" : "Ask"}
        </button>
        {begun && (
          <button type="button" className="button small" disabled={busy} onClick={props.onNew}>
            New conversation
          </button>
        )}
      </span>
    </form>
  );
}
