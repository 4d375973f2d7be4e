import type { ComponentChildren } from "preact";
import { useId, useLayoutEffect, useRef } from "preact/hooks";

interface DialogProps {
  title: ComponentChildren;
  testId: string;
  children(close: () => void): ComponentChildren;
  onClosed(): void;
}

/** A dialog of the browser: it keeps the focus, closes at Escape, and gives the focus back. */
export function Dialog({ title, testId, children, onClosed }: DialogProps) {
  const dialog = useRef<HTMLDialogElement>(null);
  const id = useId();
  useLayoutEffect(() => dialog.current?.showModal(), []);
  return (
    <dialog ref={dialog} class="card dialog" data-testid={testId} aria-labelledby={id} onClose={onClosed}>
      <h2 id={id}>{title}</h2>
      {children(() =>
        dialog.current?.close()
      )}
    </dialog>
  );
}
