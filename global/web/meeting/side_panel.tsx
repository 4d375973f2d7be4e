import type { ComponentChildren } from "preact";
import { Icon } from "../icons.tsx";

interface SidePanelProps {
  title: string;
  onClose(): void;
  children: ComponentChildren;
}

export function SidePanel({ title, onClose, children }: SidePanelProps) {
  return (
    <aside class="side-panel" aria-label={title}>
      <header>
        <h2>{title}</h2>
        <button
          type="button"
          class="round small"
          aria-label="Close"
          data-testid="close-panel"
          onClick={onClose}
        >
          <Icon name="close" />
        </button>
      </header>
      {children}
    </aside>
  );
}
