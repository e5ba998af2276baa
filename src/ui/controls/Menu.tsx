// A small menu behind a word: opens below, closes on choice, Escape or a click elsewhere.
import { useEffect, useId, useRef, useState } from "react";

export interface MenuItem {
  label: string;
  chosen?: boolean;
  act: () => void;
}

export function Menu({ label, name, items }: { label: string; name?: string; items: readonly MenuItem[] }) {
  const [open, setOpen] = useState(false);
  const root = useRef<HTMLSpanElement>(null);
  const id = useId();
  const radio = items.some((item) => item.chosen !== undefined);
  useEffect(() => {
    if (!open) return;
    root.current?.querySelector<HTMLButtonElement>('[aria-checked="true"], li button')?.focus();
    const away = (event: PointerEvent): void => {
      if (!root.current?.contains(event.target as Node)) setOpen(false);
    };
    document.addEventListener("pointerdown", away);
    return () => document.removeEventListener("pointerdown", away);
  }, [open]);
  const close = (): void => {
    setOpen(false);
    root.current?.querySelector<HTMLButtonElement>("button")?.focus();
  };
  return (
    <span
      className="menu"
      ref={root}
      onKeyDown={(event) => {
        if (!open) return;
        if (event.key === "Escape") {
          event.stopPropagation();
          close();
        }
        if (event.key === "ArrowDown" || event.key === "ArrowUp") {
          event.preventDefault();
          const all = [...(root.current?.querySelectorAll<HTMLButtonElement>("li button") ?? [])];
          const at = all.indexOf(document.activeElement as HTMLButtonElement);
          all[(at + (event.key === "ArrowDown" ? 1 : all.length - 1)) % all.length]?.focus();
        }
      }}
    >
      <button
        type="button"
        className="link"
        aria-haspopup="menu"
        aria-expanded={open}
        aria-controls={open ? id : undefined}
        aria-label={name}
        onClick={() => setOpen(!open)}
      >
        {label}
      </button>
      {open && (
        <ul role="menu" id={id}>
          {items.map((item) => (
            <li key={item.label} role="none">
              <button
                type="button"
                role={radio ? "menuitemradio" : "menuitem"}
                aria-checked={radio ? item.chosen === true : undefined}
                onClick={() => {
                  close();
                  item.act();
                }}
              >
                {item.label}
              </button>
            </li>
          ))}
        </ul>
      )}
    </span>
  );
}
