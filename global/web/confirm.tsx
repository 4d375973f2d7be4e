import type { ComponentChildren } from "preact";
import { useId, useLayoutEffect, useRef } from "preact/hooks";

interface ConfirmProps {
  title: ComponentChildren;
  /** What happens then. */
  children: ComponentChildren;
  /** The button's words. */
  action: string;
  isDanger?: boolean;
  onConfirmed(): void;
  /** Also after it was confirmed. */
  onClosed(): void;
}

/** A question before something that can't be undone, or that only the asked may decide. */
export function Confirm({ title, children, action, isDanger, onConfirmed, onClosed }: ConfirmProps) {
  const dialog = useRef<HTMLDialogElement>(null);
  const id = useId();
  useLayoutEffect(() => dialog.current?.showModal(), []);
  return (
    <dialog ref={dialog} class="card confirm" data-testid="confirm" aria-labelledby={id} onClose={onClosed}>
      <h2 id={id}>{title}</h2>
      <p>{children}</p>
      <div class="actions">
        <button
          type="button"
          class={isDanger ? "danger" : "primary"}
          data-testid="confirm-action"
          onClick={() => {
            dialog.current?.close();
            onConfirmed();
          }}
        >
          {action}
        </button>
        <button
          type="button"
          class="quiet"
          data-testid="confirm-cancel"
          onClick={() =>
            dialog.current?.close()}
        >
          Cancel
        </button>
      </div>
    </dialog>
  );
}
