import { useState } from "preact/hooks";
import { Icon } from "./icons.tsx";

/** Copies a link; where the browser doesn't let the page, the link is shown to be copied by hand. */
export function CopyLink({ link, label = "Copy link" }: { link: string; label?: string }) {
  const [outcome, setOutcome] = useState<"copied" | "refused">();
  async function copy() {
    try {
      await navigator.clipboard.writeText(link);
      setOutcome("copied");
      setTimeout(() => setOutcome(undefined), 2_000);
    } catch {
      setOutcome("refused");
    }
  }
  if (outcome === "refused") {
    return (
      <input
        class="link-text"
        readOnly
        value={link}
        aria-label="The meeting's link"
        onFocus={(event) => event.currentTarget.select()}
      />
    );
  }
  return (
    <button type="button" class="quiet copy-link" data-testid="copy-link" onClick={copy}>
      <Icon name="link" />
      <span aria-live="polite">{outcome === "copied" ? "Copied" : label}</span>
    </button>
  );
}
