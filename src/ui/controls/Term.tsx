// A word with a door: its definition appears when one points at it, reaches it by keyboard, or presses it.
import { lazy, Suspense, useEffect, useId, useRef, useState, type ReactNode } from "react";

const load = () => import("./Tip");
const Tip = lazy(load);

/** Time to get from the word to its definition, ms. */
const GRACE_MS = 120;

export function Term({ definition, children }: { definition: string; children: ReactNode }) {
  const [open, setOpen] = useState(false);
  const id = useId();
  const word = useRef<HTMLButtonElement>(null);
  const leaving = useRef<ReturnType<typeof setTimeout>>(undefined);
  const show = (): void => {
    clearTimeout(leaving.current);
    setOpen(true);
  };
  const hide = (): void => {
    clearTimeout(leaving.current);
    setOpen(false);
  };
  const leave = (): void => {
    leaving.current = setTimeout(hide, GRACE_MS);
  };
  useEffect(() => () => clearTimeout(leaving.current), []);
  return (
    <>
      <button
        type="button"
        ref={word}
        className="term"
        aria-describedby={open ? id : undefined}
        onPointerEnter={show}
        onPointerLeave={leave}
        onFocus={show}
        onBlur={hide}
        onClick={show}
      >
        {children}
      </button>
      {open && (
        <Suspense fallback={null}>
          <Tip id={id} word={word} onEnter={show} onLeave={leave} onClose={hide}>
            {definition}
          </Tip>
        </Suspense>
      )}
    </>
  );
}
