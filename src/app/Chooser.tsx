// A search field over a list, used by the command palette and the sample search: Base UI's combobox without a value.
// Only the choices in sight are in the page, by TanStack Virtual.
import { Autocomplete } from "@base-ui/react/autocomplete";
import { useVirtualizer } from "@tanstack/react-virtual";
import { useMemo, useRef, useState } from "react";
import { Sheet } from "../ui/controls/Sheet";

export interface Choice {
  id: string;
  text: string;
  note?: string;
  act: () => void;
}

/** Height of a choice of one line, px; others are measured when they are drawn. */
const ROW = 36;

interface ChooserProps {
  title: string;
  label: string;
  find: (words: string) => { choices: Choice[]; note: string };
  onClose: () => void;
}

export function Chooser(props: ChooserProps) {
  return (
    <Sheet title={props.title} place="centre" onClose={props.onClose}>
      <Finder {...props} />
    </Sheet>
  );
}

/** Inside the sheet, because the list must be in the page before one can know what of it is in sight. */
function Finder({ title, label, find, onClose }: ChooserProps) {
  const [words, setWords] = useState("");
  const list = useRef<HTMLDivElement>(null);
  const { choices, note } = useMemo(() => find(words.trim().toLowerCase()), [words]);
  const virtual = useVirtualizer({
    count: choices.length,
    getScrollElement: () => list.current,
    // A height belongs to a choice, not to its place in the list.
    getItemKey: (index) => choices[index].id,
    estimateSize: () => ROW,
    overscan: 8,
  });
  const act = (choice: Choice): void => {
    onClose();
    // After the dialog has given the focus back.
    setTimeout(choice.act, 0);
  };
  return (
    <Autocomplete.Root
      open
      inline
      virtualized
      mode="none"
      items={choices}
      itemToStringValue={(choice: Choice) => choice.text}
      value={words}
      onValueChange={setWords}
      autoHighlight="always"
      keepHighlight
      onItemHighlighted={(_, { reason, index }) => {
        if (reason !== "pointer" && index >= 0) queueMicrotask(() => virtual.scrollToIndex(index));
      }}
    >
      <Autocomplete.Input className="field" aria-label={label} placeholder={label} data-first />
      <p className="aside" aria-live="polite">
        {note}
      </p>
      <Autocomplete.List className="choices" aria-label={title} ref={list}>
        <div role="presentation" style={{ height: virtual.getTotalSize() }}>
          {virtual.getVirtualItems().map(({ index, start }) => (
            <Autocomplete.Item
              key={choices[index].id}
              index={index}
              value={choices[index]}
              data-index={index}
              ref={virtual.measureElement}
              aria-setsize={choices.length}
              aria-posinset={index + 1}
              style={{ transform: `translateY(${start}px)` }}
              onClick={() => act(choices[index])}
            >
              <span>{choices[index].text}</span>
              {choices[index].note && <kbd>{choices[index].note}</kbd>}
            </Autocomplete.Item>
          ))}
        </div>
      </Autocomplete.List>
    </Autocomplete.Root>
  );
}
