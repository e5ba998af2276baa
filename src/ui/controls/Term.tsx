// A word with a door: its definition appears on hover and on focus.
import { useId, useRef, useState, type ReactNode } from "react";

export function Term({ definition, children }: { definition: string; children: ReactNode }) {
  const [open, setOpen] = useState(false);
  const id = useId();
  const word = useRef<HTMLButtonElement>(null);
  const place = (tip: HTMLSpanElement | null): void => {
    if (!tip || !word.current) return;
    const box = word.current.getBoundingClientRect();
    const left = Math.max(12, Math.min(box.left, window.innerWidth - tip.offsetWidth - 12));
    const below = box.bottom + 6 + tip.offsetHeight < window.innerHeight;
    tip.style.left = `${left}px`;
    tip.style.top = `${below ? box.bottom + 6 : box.top - tip.offsetHeight - 6}px`;
  };
  return (
    <>
      <button
        type="button"
        ref={word}
        className="term"
        aria-describedby={open ? id : undefined}
        onPointerEnter={() => setOpen(true)}
        onPointerLeave={() => setOpen(false)}
        onFocus={() => setOpen(true)}
        onBlur={() => setOpen(false)}
        onClick={() => setOpen(true)}
        onKeyDown={(event) => event.key === "Escape" && setOpen(false)}
      >
        {children}
      </button>
      {open && (
        <span role="tooltip" id={id} className="tip" ref={place}>
          {definition}
        </span>
      )}
    </>
  );
}
