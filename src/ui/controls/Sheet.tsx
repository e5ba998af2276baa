// A panel at the side or a card in the middle, over a veil: Base UI's dialog, which keeps the focus inside and gives it
// back. The focus starts on what is marked `data-first`, else on the first control. One sheet over another is its child
// in the tree, so that Escape closes the upper one alone.
import { Dialog } from "@base-ui/react/dialog";
import { useRef, type ReactNode } from "react";

export function Sheet(props: {
  title: string;
  place: "panel" | "centre";
  /** A panel that holds more than a form. */
  size?: "wide";
  onClose: () => void;
  footer?: ReactNode;
  children: ReactNode;
}) {
  const sheet = useRef<HTMLDivElement>(null);
  return (
    <Dialog.Root open onOpenChange={props.onClose}>
      <Dialog.Portal>
        <Dialog.Backdrop className="veil" forceRender />
        <Dialog.Popup
          ref={sheet}
          className={`sheet ${props.place} ${props.size ?? ""}`}
          initialFocus={() => sheet.current?.querySelector<HTMLElement>("[data-first]") ?? true}
        >
          <header>
            <Dialog.Title>{props.title}</Dialog.Title>
            <Dialog.Close className="button small">Close</Dialog.Close>
          </header>
          <div className="inside" tabIndex={0}>
            {props.children}
          </div>
          {props.footer && <footer>{props.footer}</footer>}
        </Dialog.Popup>
      </Dialog.Portal>
    </Dialog.Root>
  );
}
