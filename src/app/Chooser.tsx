// A search field over a list of choices; the command palette and the sample search are built on it.
import { useId, useRef, useState, type KeyboardEvent } from "react";
import { Sheet } from "../ui/controls/Sheet";

export interface Choice {
  id: string;
  text: string;
  note?: string;
  act: () => void;
}

export function Chooser(props: {
  title: string;
  label: string;
  find: (words: string) => { choices: Choice[]; note: string };
  onClose: () => void;
}) {
  const [words, setWords] = useState("");
  const [at, setAt] = useState(0);
  const list = useId();
  const root = useRef<HTMLUListElement>(null);
  const { choices, note } = props.find(words.trim().toLowerCase());
  const chosen = Math.min(at, choices.length - 1);
  const act = (choice: Choice | undefined): void => {
    if (!choice) return;
    props.onClose();
    // Runs after the closing dialog has returned the focus.
    setTimeout(choice.act, 0);
  };
  const onKey = (event: KeyboardEvent): void => {
    if (event.key === "Enter") act(choices[chosen]);
    else if (event.key === "ArrowDown" || event.key === "ArrowUp") {
      const next = Math.max(0, Math.min(choices.length - 1, chosen + (event.key === "ArrowDown" ? 1 : -1)));
      setAt(next);
      root.current?.children[next]?.scrollIntoView({ block: "nearest" });
    } else return;
    event.preventDefault();
  };
  return (
    <Sheet title={props.title} place="centre" onClose={props.onClose}>
      <input
        className="field"
        type="text"
        role="combobox"
        aria-expanded="true"
        aria-controls={list}
        aria-activedescendant={choices.length > 0 ? `${list}-${chosen}` : undefined}
        aria-label={props.label}
        placeholder={props.label}
        data-first
        value={words}
        onChange={(event) => {
          setWords(event.target.value);
          setAt(0);
        }}
        onKeyDown={onKey}
      />
      <p className="aside" aria-live="polite">
        {note}
      </p>
      <ul className="choices" role="listbox" id={list} aria-label={props.title} ref={root}>
        {choices.map((choice, c) => (
          <li
            key={choice.id}
            id={`${list}-${c}`}
            role="option"
            aria-selected={c === chosen}
            onClick={() => act(choice)}
            onPointerMove={() => setAt(c)}
          >
            <span>{choice.text}</span>
            {choice.note && <kbd>{choice.note}</kbd>}
          </li>
        ))}
      </ul>
    </Sheet>
  );
}
