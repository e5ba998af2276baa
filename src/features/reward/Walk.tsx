// Buttons that walk a list of steps, groups or judgments; the newest follows the playhead until one is chosen.
import { useState, type ReactNode } from "react";

interface WalkProps {
  at: number;
  length: number;
  /** What one of them is: "group". */
  name: string;
  onGo: (to: number) => void;
}

export function Walk({ at, length, name, onGo }: WalkProps) {
  return (
    <span className="group-nav" role="group" aria-label={`Choose a ${name}`}>
      <button
        type="button"
        className="button small"
        aria-label={`Earlier ${name}`}
        disabled={at === 0}
        onClick={() => onGo(at - 1)}
      >
        ◂
      </button>
      <span className="aside">
        {at + 1} of {length}
      </span>
      <button
        type="button"
        className="button small"
        aria-label={`Later ${name}`}
        disabled={at >= length - 1}
        onClick={() => onGo(at + 1)}
      >
        ▸
      </button>
    </span>
  );
}

export interface Place {
  at: number;
  tools: ReactNode;
}

/**
 * @param length how many there are
 * @param opening the one shown until the person walks
 * @param name what one of them is: "group"
 */
export function useWalk(length: number, opening: number, name: string): Place {
  const [chosen, setChosen] = useState<number | null>(null);
  const at = Math.max(0, Math.min(chosen ?? opening, length - 1));
  return { at, tools: <Walk at={at} length={length} name={name} onGo={setChosen} /> };
}
