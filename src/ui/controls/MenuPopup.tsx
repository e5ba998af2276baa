// What a menu opens: Base UI's menu, below its word or where there is room, with arrow keys, Home, End and first letters.
import { Menu } from "@base-ui/react/menu";
import type { RefObject } from "react";
import type { MenuItem } from "./Menu";

/**
 * The focus starts on the chosen item, else on the first: a frame later, when the menu knows its items, and without
 * scrolling, because it may not be at its place yet.
 */
function focusItem(popup: HTMLDivElement | null): void {
  requestAnimationFrame(() => {
    const item = (which: string) => popup?.querySelector<HTMLElement>(which);
    (item('[aria-checked="true"]') ?? item("[role^=menuitem]"))?.focus({ preventScroll: true });
  });
}

export default function MenuPopup(props: {
  id: string;
  name: string;
  items: readonly MenuItem[];
  button: RefObject<HTMLButtonElement | null>;
  onClose: () => void;
}) {
  const { items, button } = props;
  const chosen = items.findIndex((item) => item.chosen);
  return (
    <Menu.Root
      open
      modal={false}
      onOpenChange={(_, { event }) => {
        // A press of the word itself is answered there.
        const pressed = event.type !== "keydown" && button.current?.contains(event.target as Node | null);
        if (!pressed) props.onClose();
      }}
    >
      <Menu.Portal container={button.current?.parentElement}>
        <Menu.Positioner className="menu-place" anchor={button} align="end" sideOffset={4}>
          <Menu.Popup
            ref={focusItem}
            id={props.id}
            className="menu-items"
            aria-label={props.name}
            finalFocus={button}
          >
            {items.some((item) => item.chosen !== undefined) ? (
              <Menu.RadioGroup value={chosen} onValueChange={(next: number) => items[next].act()}>
                {items.map((item, i) => (
                  <Menu.RadioItem key={item.label} value={i} closeOnClick>
                    {item.label}
                  </Menu.RadioItem>
                ))}
              </Menu.RadioGroup>
            ) : (
              items.map((item) => (
                <Menu.Item key={item.label} onClick={item.act}>
                  {item.label}
                </Menu.Item>
              ))
            )}
          </Menu.Popup>
        </Menu.Positioner>
      </Menu.Portal>
    </Menu.Root>
  );
}
