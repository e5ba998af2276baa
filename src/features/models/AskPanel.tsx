// A conversation with the model chosen in the settings: without an adapter, with one that a run has trained, or with an
// imported one. The same question can be answered with and without the adapter, side by side.
import { useState } from "react";
import { useLive } from "../../store/live";
import { tell } from "../../store/session";
import { Fault, useGuarded } from "../../ui/controls/Fault";
import { Sheet } from "../../ui/controls/Sheet";
import { AdapterActs, AdapterSelect, BASE, ImportAdapter, useAdapters } from "./Adapters";
import { ANSWER_TOKENS, exchange, type Answerer, type Exchange } from "./conversation";
import { LoadingLine } from "./LoadingLine";
import { QuestionForm, Talk } from "./Talk";
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
      <QuestionForm
        text={text}
        busy={busy}
        disabled={running}
        begun={said.length > 0}
        onText={setText}
        onAsk={send}
        onNew={() => setSaid([])}
      />
      <p className="aside">
        Greedy answers of up to {ANSWER_TOKENS} tokens. Underline: how unsure the model was at that token.
      </p>
      <ImportAdapter choice={choice} busy={busy} guarded={guarded} />
    </Sheet>
  );
}
