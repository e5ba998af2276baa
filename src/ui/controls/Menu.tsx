// A small menu behind a word. The word is here; what opens below it is loaded when one points at it first.
import { lazy, Suspense, useId, useRef, useState } from "react";

export interface MenuItem {
  label: string;
  chosen?: boolean;
  act: () => void;
}

const load = () => import("./MenuPopup");
const MenuPopup = lazy(load);

export function Menu({ label, name, items }: { label: string; name?: string; items: readonly MenuItem[] }) {
  const [open, setOpen] = useState(false);
  const button = useRef<HTMLButtonElement>(null);
  const id = useId();
  return (
    <span className="menu">
      <button
        type="button"
        className="link"
        ref={button}
        aria-haspopup="menu"
        aria-expanded={open}
        aria-controls={open ? id : undefined}
        aria-label={name}
        onPointerEnter={() => void load()}
        onFocus={() => void load()}
        onClick={() => setOpen(!open)}
        onKeyDown={(event) => {
          if (event.key !== "ArrowDown") return;
          event.preventDefault();
          setOpen(true);
        }}
      >
        {label}
      </button>
      {open && (
        <Suspense fallback={null}>
          <MenuPopup
            id={id}
            name={name ?? label}
            items={items}
            button={button}
            onClose={() => setOpen(false)}
          />
        </Suspense>
      )}
    </span>
  );
}
