// "Earlier" and "later" buttons for a list of steps, groups or judgments. Until the user presses one, the newest is shown.
import { useState, type ReactNode } from "react";

interface StepButtonsProps {
  at: number;
  length: number;
  /** What one of them is: "group". */
  name: string;
  onGo: (to: number) => void;
}

export function StepButtons({ at, length, name, onGo }: StepButtonsProps) {
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
 * @param length how many entries there are
 * @param opening index of the entry shown until a button is pressed
 * @param name what one of them is: "group"
 */
export function useStepButtons(length: number, opening: number, name: string): Place {
  const [chosen, setChosen] = useState<number | null>(null);
  const at = Math.max(0, Math.min(chosen ?? opening, length - 1));
  return { at, tools: <StepButtons at={at} length={length} name={name} onGo={setChosen} /> };
}
