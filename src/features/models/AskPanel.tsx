// A conversation with the model chosen in the settings: without an adapter, with one that a run has trained, or with an
// imported one. The same question can be answered with and without the adapter, side by side.
import { useState } from "react";
import { useLive } from "../../store/live";
import { tell } from "../../store/session";
import { Fault, useGuarded } from "../../ui/controls/Fault";
import { Sheet } from "../../ui/controls/Sheet";
import { Tokens } from "../answers";
import { AdapterActs, AdapterSelect, BASE, ImportAdapter, useAdapters } from "./Adapters";
import { ANSWER_TOKENS, exchange, type Answerer, type Exchange } from "./conversation";
import { LoadingLine } from "./LoadingLine";
import "./models.css";

const base: Answerer = { name: BASE, adapterId: null };

export function AskPanel({ onClose }: { onClose: () => void }) {
  const running = useLive((state) => !["idle", "finished"].includes(state.state));
  const writing = useLive((state) => state.writing);
  const [beside, setBeside] = useState(true);
  const [text, setText] = useState("");
  const [said, setSaid] = useState<Exchange[]>([]);
  const { fault, busy, guarded } = useGuarded();
  const choice = useAdapters(guarded);
  const { chosen } = choice;
  const send = (): void =>
    guarded(async () => {
      const answerers = chosen ? (beside ? [chosen, base] : [chosen]) : [base];
      setSaid([...said, await exchange(text.trim(), said, answerers)]);
      setText("");
    });
  return (
    <Sheet title="Ask the model" place="panel" onClose={onClose}>
      <div className="two">
        <AdapterSelect {...choice} />
        {chosen && (
          <label className="setting flag">
            Also ask {BASE}
            <input type="checkbox" checked={beside} onChange={(event) => setBeside(event.target.checked)} />
          </label>
        )}
      </div>
      <AdapterActs choice={choice} busy={busy} guarded={guarded} />
      <Talk said={said} />
      <LoadingLine busy={busy} />
      {busy && writing && (
        <p role="status">
          {writing.text}{" "}
          <button type="button" className="button small" onClick={() => tell({ type: "chat.stop" })}>
            Stop
          </button>
        </p>
      )}
      <Fault fault={fault} />
      {running && <p className="aside">A run is under way. The model can answer when it has ended.</p>}
      <form
        className="ask"
        onSubmit={(event) => {
          event.preventDefault();
          send();
        }}
      >
        <label className="setting">
          Your question
          <textarea
            className="field"
            rows={2}
            value={text}
            data-first
            onChange={(event) => setText(event.target.value)}
          />
        </label>
        <span className="acts">
          <button type="submit" className="button main" disabled={busy || running || text.trim() === ""}>
            {busy ? "Answering…" : "Ask"}
          </button>
          {said.length > 0 && (
            <button type="button" className="button small" disabled={busy} onClick={() => setSaid([])}>
              New conversation
            </button>
          )}
        </span>
      </form>
      <p className="aside">
        Greedy answers of up to {ANSWER_TOKENS} tokens. Underline: how unsure the model was at that token.
      </p>
      <ImportAdapter choice={choice} busy={busy} guarded={guarded} />
    </Sheet>
  );
}

function Talk({ said }: { said: readonly Exchange[] }) {
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
