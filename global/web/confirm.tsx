import type { ComponentChildren } from "preact";
import { Dialog } from "./dialog.tsx";

interface ConfirmProps {
  title: ComponentChildren;
  /** What happens then. */
  words: string;
  /** The button's words. */
  action: string;
  onConfirmed(): void;
  /** Also after it was confirmed. */
  onClosed(): void;
}

/** A question before something that can't be undone. */
export function Confirm({ title, words, action, onConfirmed, onClosed }: ConfirmProps) {
  return (
    <Dialog title={title} testId="confirm" onClosed={onClosed}>
      {(close) => (
        <>
          <p>{words}</p>
          <div class="actions">
            <button type="button" class="quiet" data-testid="confirm-cancel" onClick={close}>Cancel</button>
            <button
              type="button"
              class="danger"
              data-testid="confirm-action"
              onClick={() => {
                close();
                onConfirmed();
              }}
            >
              {action}
            </button>
          </div>
        </>
      )}
    </Dialog>
  );
}
