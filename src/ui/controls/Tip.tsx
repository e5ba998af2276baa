// The definition of a word, beside it where there is room: Base UI's tooltip, which stays with its word when the page
// moves and closes on Escape. It opens for touch and describes its word to a screen reader because its word says so:
// of itself it does neither.
import { Tooltip } from "@base-ui/react/tooltip";
import type { ReactNode, RefObject } from "react";

export default function Tip(props: {
  id: string;
  word: RefObject<HTMLButtonElement | null>;
  onEnter: () => void;
  onLeave: () => void;
  onClose: () => void;
  children: ReactNode;
}) {
  const { word } = props;
  return (
    <Tooltip.Root
      open
      onOpenChange={(_, { event }) => {
        if (!word.current?.contains(event.target as Node | null) || event.type === "keydown") props.onClose();
      }}
    >
      <Tooltip.Portal container={word.current?.parentElement}>
        <Tooltip.Positioner
          className="tip-place"
          anchor={word}
          positionMethod="fixed"
          side="bottom"
          align="start"
          sideOffset={6}
          collisionPadding={12}
        >
          <Tooltip.Popup
            id={props.id}
            role="tooltip"
            className="tip"
            onPointerEnter={props.onEnter}
            onPointerLeave={props.onLeave}
          >
            {props.children}
          </Tooltip.Popup>
        </Tooltip.Positioner>
      </Tooltip.Portal>
    </Tooltip.Root>
  );
}
