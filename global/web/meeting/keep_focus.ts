import { focusHeading, isFocusLost } from "../focus.ts";

/** What was taken out of the page with the focus in it, and where it was. */
interface Gap {
  readonly removed: Element;
  readonly parent: Element;
  readonly neighbours: readonly (Node | null)[];
}

/**
 * Keeps the focus in a screen, until the answer is called: when the button that has it goes with what it was about, the
 * same button of the next row gets it, else the heading of the panel, or of the screen.
 */
export function keepFocus(screen: HTMLElement): () => void {
  let focused: HTMLElement | undefined;

  function note({ target }: FocusEvent): void {
    focused = target instanceof HTMLElement ? target : undefined;
  }

  /** Who clicks beside everything lets the focus go. */
  function forget(): void {
    queueMicrotask(() => {
      if (focused?.isConnected && isFocusLost()) focused = undefined;
    });
  }

  const observer = new MutationObserver((changes) => {
    const lost = focused;
    if (!lost || lost.isConnected || !isFocusLost()) return;
    focused = undefined;
    const gap = gapOf(lost, changes);
    // What opened a menu or a dialog gets the focus back from the browser.
    if (gap?.parent.closest("[popover], dialog")) return;
    const button = gap && sameButton(lost, gap);
    // A panel may lie over the screen's own.
    const heading = gap?.parent.closest("section, aside")?.querySelector("h2") ??
      screen.querySelector<HTMLElement>("h1:not([inert] *), aside h2");
    if (button) button.focus();
    else if (heading) focusHeading(heading);
  });

  screen.addEventListener("focusin", note);
  screen.addEventListener("focusout", forget);
  observer.observe(screen, { childList: true, subtree: true });
  return () => {
    observer.disconnect();
    screen.removeEventListener("focusin", note);
    screen.removeEventListener("focusout", forget);
  };
}

/** A part may have been taken out of what was taken out itself then. */
function gapOf(lost: Node, changes: readonly MutationRecord[]): Gap | undefined {
  for (const { target, removedNodes, previousSibling, nextSibling } of changes) {
    const removed = [...removedNodes].find((node) => node.contains(lost));
    if (!(removed instanceof Element) || !(target instanceof Element)) continue;
    if (!target.isConnected) return gapOf(target, changes);
    return { removed, parent: target, neighbours: [nextSibling, previousSibling] };
  }
  return undefined;
}

/** In a list: the button that stands in the next row, or the one before, where the lost one stood in its own. */
function sameButton(lost: Element, { removed, parent, neighbours }: Gap): HTMLElement | undefined {
  if (!parent.matches("ul, ol")) return undefined;
  const place = buttonsIn(removed).findIndex((button) => button === lost);
  const rows = neighbours.filter((row) => row instanceof Element && row.isConnected);
  for (const row of [...rows, ...parent.children]) {
    const button = row instanceof Element ? buttonsIn(row)[place] : undefined;
    if (button) return button;
  }
  return undefined;
}

function buttonsIn(row: Element): HTMLElement[] {
  return [...row.querySelectorAll("button")];
}
