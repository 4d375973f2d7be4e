import { useLayoutEffect, useRef } from "preact/hooks";
import { isFocusLost } from "./focus.ts";
import { Icon } from "./icons.tsx";
import { useCopy } from "./use_copy.ts";

interface CopyLinkProps {
  link: string;
  label?: string;
  testId?: string;
}

/** Copies a link; where the browser doesn't let the page, the link is shown to be copied by hand. */
export function CopyLink({ link, label = "Copy link", testId = "copy-link" }: CopyLinkProps) {
  const { outcome, copy } = useCopy(link);
  const field = useRef<HTMLInputElement>(null);
  // It stands where the button was that had the focus.
  useLayoutEffect(() => {
    if (isFocusLost()) field.current?.focus();
  }, [outcome]);
  if (outcome === "refused") {
    return (
      <input
        ref={field}
        class="link-text"
        readOnly
        value={link}
        aria-label="The meeting's link"
        onFocus={(event) => event.currentTarget.select()}
      />
    );
  }
  return (
    <button type="button" class="quiet copy-link" data-testid={testId} onClick={copy}>
      <Icon name="link" />
      <span aria-live="polite">{outcome === "copied" ? "Copied" : label}</span>
    </button>
  );
}
