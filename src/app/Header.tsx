// The top bar: name, buttons that open the panels, and what the GPU is doing.
import { bytes, count } from "../lib/format";
import { showPanel } from "../store/lab";
import { useLive } from "../store/live";
import { keyWords } from "./actions";

export function Header() {
  const device = useLive((state) => state.device);
  const progress = useLive((state) => state.progress);
  const busy = useLive((state) => state.state === "running");
  const chip = device
    ? [
        device.adapter,
        progress ? bytes(progress.gpuBytes) : null,
        progress?.tokensPerSecond ? `${count(progress.tokensPerSecond)} tokens/s` : null,
      ]
        .filter(Boolean)
        .join(" · ")
    : null;
  return (
    <header className="top-line">
      <button type="button" className="skip" onClick={() => document.getElementById("main")?.focus()}>
        Skip to the pictures
      </button>
      <span className="brand">
        <svg width="22" height="22" viewBox="0 0 22 22" aria-hidden="true">
          <circle cx="11" cy="11" r="10" fill="none" stroke="var(--line)" strokeWidth="2" />
          <circle cx="11" cy="11" r="6.5" fill="none" stroke="var(--pick)" strokeWidth="3" />
          <circle cx="11" cy="11" r="2.5" fill="var(--e4)" />
        </svg>
        Proximal
      </span>
      <nav aria-label="Main">
        <button type="button" className="button plain" onClick={() => showPanel("runs")}>
          My runs
        </button>
        <button type="button" className="button plain" onClick={() => showPanel("data")}>
          My questions
        </button>
        <button type="button" className="button plain" onClick={() => showPanel("models")}>
          Models
        </button>
        <button type="button" className="button plain" onClick={() => showPanel("ask")}>
          Ask
        </button>
        <button type="button" className="button plain wide-only" onClick={() => showPanel("words")}>
          Glossary
        </button>
      </nav>
      <span className="grow" />
      {chip && (
        <button type="button" className="chip" onClick={() => showPanel("accounting")}>
          <i className={busy ? "live" : ""} />
          {chip}
        </button>
      )}
      <button
        type="button"
        className="button"
        aria-label={`All commands, ${keyWords("mod+k")}`}
        onClick={() => showPanel("palette")}
      >
        {keyWords("mod+k")}
      </button>
    </header>
  );
}
