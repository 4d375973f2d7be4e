import { useState } from "preact/hooks";

const SHOWN_MS = 2_000;

/** Copies a text to the clipboard. `refused`: the browser doesn't let the page, and it is to be copied by hand. */
export function useCopy(text: string): { outcome: "copied" | "refused" | undefined; copy(): void } {
  const [outcome, setOutcome] = useState<"copied" | "refused">();
  async function copy() {
    try {
      await navigator.clipboard.writeText(text);
      setOutcome("copied");
      setTimeout(() => setOutcome(undefined), SHOWN_MS);
    } catch {
      setOutcome("refused");
    }
  }
  return { outcome, copy: () => void copy() };
}
