// An answer token by token, with an underline that is thicker where the model was less sure. Arrow keys move
// between tokens.
import { useRef, useState, type KeyboardEvent } from "react";
import { score } from "../../lib/format";
import { underline } from "./answers";

/** Control tokens of the chat template by what they do, everything else as it is. */
const shown = (token: string): string => (/^<\|.*\|>$/.test(token) ? "⏹" : token);

export function Tokens({
  tokens,
  entropy,
  name,
}: {
  tokens: readonly string[];
  entropy: readonly number[];
  name: string;
}) {
  const [at, setAt] = useState<number | null>(null);
  const root = useRef<HTMLDivElement>(null);
  const move = (event: KeyboardEvent): void => {
    const by = event.key === "ArrowRight" ? 1 : event.key === "ArrowLeft" ? -1 : 0;
    if (by === 0) return;
    event.preventDefault();
    const next = Math.max(0, Math.min(tokens.length - 1, (at ?? 0) + by));
    root.current?.querySelectorAll<HTMLButtonElement>("button")[next]?.focus();
  };
  return (
    <div>
      <div ref={root} className="tokens" role="group" aria-label={name} onKeyDown={move}>
        {tokens.map((token, t) => (
          <button
            key={t}
            type="button"
            tabIndex={t === (at ?? 0) ? 0 : -1}
            style={{ borderBottomWidth: `${underline(entropy[t] ?? 0).toFixed(1)}px` }}
            aria-label={`${shown(token) === "⏹" ? "end of answer" : token.trim() || "space"}, ${score(entropy[t] ?? NaN)}`}
            onFocus={() => setAt(t)}
            onPointerEnter={() => setAt(t)}
          >
            {shown(token)}
          </button>
        ))}
      </div>
      <p className="aside token-note">
        {at === null || at >= tokens.length
          ? `${tokens.length} tokens`
          : `token ${at + 1} of ${tokens.length}: ${score(entropy[at] ?? NaN)}`}
      </p>
    </div>
  );
}
