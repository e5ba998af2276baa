// Talk to the model that the settings name: as it is, with what a run has taught it, or with an imported adapter;
// the same question with and without, side by side.
import { useEffect, useState } from "react";
import { deleteAdapter, listAdapters, openLabDb, type AdapterRecord } from "../../data/db";
import { pathFiles, type PathFile } from "../../data/files";
import { useLab } from "../../store/hooks";
import { useLive } from "../../store/live";
import { ask, presentConfig, tell } from "../../store/session";
import { Fault, useGuarded } from "../../ui/controls/Fault";
import { saveFile } from "../../ui/controls/save";
import { Sheet } from "../../ui/controls/Sheet";
import type { ChatTurn, GeneratedText } from "../../worker/protocol";
import { Tokens } from "../answers";
import { bundle } from "../run";
import { LoadingLine } from "./LoadingLine";
import "./models.css";

/** One question with its answers: the first goes on as the conversation. */
interface Exchange {
  question: string;
  answers: { by: string; answer: GeneratedText }[];
}

const BASE = "the model as it is";
const ANSWER_TOKENS = 96;

async function readAdapters(): Promise<AdapterRecord[]> {
  const db = await openLabDb();
  try {
    return await listAdapters(db);
  } finally {
    db.close();
  }
}

export function AskPanel({ onClose }: { onClose: () => void }) {
  const source = String(useLab((state) => state.changes)["model.source"] ?? "builtin:tiny");
  const running = useLive((state) => !["idle", "finished"].includes(state.state));
  const writing = useLive((state) => state.writing);
  const [adapters, setAdapters] = useState<AdapterRecord[]>([]);
  const [adapterId, setAdapterId] = useState("");
  const [beside, setBeside] = useState(true);
  const [text, setText] = useState("");
  const [said, setSaid] = useState<Exchange[]>([]);
  const { fault, busy, guarded } = useGuarded();
  const own = adapters.filter(({ model }) => model === source);
  const chosen = own.find((adapter) => adapter.adapterId === adapterId) ?? null;
  const refresh = async (): Promise<void> => setAdapters(await readAdapters());
  useEffect(() => guarded(refresh), []);

  const send = (): void =>
    guarded(async () => {
      const question = text.trim();
      const messages: ChatTurn[] = [
        ...said.flatMap(({ question: asked, answers }): ChatTurn[] => [
          { role: "user", content: asked },
          { role: "assistant", content: answers[0].answer.text },
        ]),
        { role: "user", content: question },
      ];
      const config = await presentConfig();
      const sampling = { maxNewTokens: ANSWER_TOKENS, temperature: 0, topP: 1, seed: 1 };
      const answers: Exchange["answers"] = [];
      const who: (AdapterRecord | null)[] = chosen ? (beside ? [chosen, null] : [chosen]) : [null];
      for (const adapter of who) {
        const { answer } = await ask({
          type: "chat.answer",
          config,
          adapterId: adapter?.adapterId ?? null,
          messages,
          ...sampling,
        });
        answers.push({ by: adapter?.name ?? BASE, answer });
      }
      setSaid([...said, { question, answers }]);
      setText("");
    });
  const importAdapter = (files: PathFile[]): void => {
    if (files.length === 0) return;
    guarded(async () => {
      const stored = await ask({ type: "adapter.import", config: await presentConfig(), files });
      await refresh();
      setAdapterId(stored.adapterId);
    });
  };
  const save = (adapter: AdapterRecord, what: "adapter" | "merged"): void =>
    guarded(async () => {
      const config = await presentConfig();
      const { files } = await ask({ type: "adapter.export", adapterId: adapter.adapterId, config, what });
      saveFile(`${adapter.name}-${what}.tar`, [bundle(files)], "application/x-tar");
    });
  const remove = (adapter: AdapterRecord): void =>
    guarded(async () => {
      const db = await openLabDb();
      await deleteAdapter(db, adapter.adapterId);
      db.close();
      await refresh();
    });
  return (
    <Sheet title="Ask the model" place="panel" onClose={onClose}>
      <div className="two">
        <label className="setting">
          Adapter
          <select
            className="field"
            value={chosen?.adapterId ?? ""}
            onChange={(e) => setAdapterId(e.target.value)}
          >
            <option value="">none: {BASE}</option>
            {own.map((adapter) => (
              <option key={adapter.adapterId} value={adapter.adapterId}>
                {adapter.name}
              </option>
            ))}
          </select>
        </label>
        {chosen && (
          <label className="setting flag">
            Beside it, {BASE}
            <input type="checkbox" checked={beside} onChange={(event) => setBeside(event.target.checked)} />
          </label>
        )}
      </div>
      {chosen && (
        <p className="acts">
          <button
            type="button"
            className="button small"
            disabled={busy}
            onClick={() => save(chosen, "adapter")}
          >
            Save for PEFT
          </button>
          <button
            type="button"
            className="button small"
            disabled={busy}
            onClick={() => save(chosen, "merged")}
          >
            Save merged model
          </button>
          <button type="button" className="button small" disabled={busy} onClick={() => remove(chosen)}>
            Delete adapter
          </button>
        </p>
      )}
      <ol className="talk" aria-label="Conversation">
        {said.map((exchange, i) => (
          <li key={i}>
            <p className="asked">{exchange.question}</p>
            <div className={exchange.answers.length > 1 ? "two" : ""}>
              {exchange.answers.map(({ by, answer }) => (
                <div key={by}>
                  <p className="aside">{by}</p>
                  <Tokens tokens={answer.tokens} entropy={answer.entropy} name={`Answer by ${by}`} />
                </div>
              ))}
            </div>
          </li>
        ))}
      </ol>
      <LoadingLine busy={busy} />
      {busy && writing && (
        <p role="status">
          {writing.text}{" "}
          <button type="button" className="button small" onClick={() => tell({ type: "chat.stop" })}>
            Enough
          </button>
        </p>
      )}
      <Fault fault={fault} />
      {running && <p className="aside">A run is under way; the model answers when it is over.</p>}
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
      <h3>Bring an adapter</h3>
      <label className="drop">
        <b>adapter_config.json and adapter_model.safetensors, as PEFT writes them</b>
        <input
          type="file"
          multiple
          accept=".json,.safetensors"
          disabled={busy}
          onChange={(event) => importAdapter(pathFiles(event.target.files ?? []))}
        />
      </label>
    </Sheet>
  );
}
