import type { ComponentChildren } from "preact";
import { useRef } from "preact/hooks";
import { Icon, type IconName } from "./icons.tsx";

interface MenuProps {
  id: string;
  label: string;
  children: ComponentChildren;
  onClosed?(): void;
}

/**
 * A popover of the browser: it closes at Escape, at a click elsewhere and when something in it is chosen, and gives the
 * focus back to what opened it.
 */
export function Menu({ id, label, children, onClosed }: MenuProps) {
  const menu = useRef<HTMLDivElement>(null);
  return (
    <div
      ref={menu}
      id={id}
      class="menu"
      role="group"
      aria-label={label}
      popover="auto"
      onToggle={({ newState }) => {
        if (newState === "closed") onClosed?.();
        else menu.current?.querySelector<HTMLElement>("button, input")?.focus();
      }}
    >
      {children}
    </div>
  );
}

/** Closes the menu that an element is in. */
function closeMenuOf(element: HTMLElement): void {
  element.closest<HTMLElement>("[popover]")?.hidePopover();
}

interface MenuItemProps {
  icon?: IconName;
  label: ComponentChildren;
  testId: string;
  /** For a switch: whether it is on. */
  isOn?: boolean;
  isDanger?: boolean;
  onChosen(): void;
}

export function MenuItem({ icon, label, testId, isOn, isDanger, onChosen }: MenuItemProps) {
  return (
    <button
      type="button"
      class={isDanger ? "menu-item danger" : "menu-item"}
      data-testid={testId}
      aria-pressed={isOn}
      onClick={({ currentTarget }) => {
        closeMenuOf(currentTarget);
        onChosen();
      }}
    >
      {icon ? <Icon name={icon} /> : null}
      <span>{label}</span>
    </button>
  );
}
