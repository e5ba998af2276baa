// A panel at the side or a card in the middle, as a native modal dialog: focus stays inside, Escape closes. It
// starts on what is marked `data-first`, else on the first control.
import { useEffect, useId, useRef, type ReactNode } from "react";

export function Sheet(props: {
  title: string;
  place: "panel" | "centre";
  onClose: () => void;
  footer?: ReactNode;
  children: ReactNode;
}) {
  const ref = useRef<HTMLDialogElement>(null);
  const heading = useId();
  const { onClose } = props;
  useEffect(() => {
    const dialog = ref.current;
    if (!dialog) return;
    const before = document.activeElement;
    dialog.showModal();
    dialog.querySelector<HTMLElement>("[data-first]")?.focus();
    return () => {
      dialog.close();
      if (before instanceof HTMLElement) before.focus();
    };
  }, []);
  return (
    <dialog
      ref={ref}
      className={props.place}
      aria-labelledby={heading}
      onCancel={(event) => {
        event.preventDefault();
        onClose();
      }}
      onPointerDown={(event) => {
        if (event.target === ref.current) onClose();
      }}
    >
      <div className="sheet">
        <header>
          <h2 id={heading}>{props.title}</h2>
          <button type="button" className="button small" onClick={onClose}>
            Close
          </button>
        </header>
        <div className="inside" tabIndex={0}>
          {props.children}
        </div>
        {props.footer && <footer>{props.footer}</footer>}
      </div>
    </dialog>
  );
}
