/** Whether nothing has the focus, as after what had it was taken out of the page. */
export function isFocusLost(): boolean {
  return document.activeElement === null || document.activeElement === document.body;
}

/** Gives a heading the focus, so that it is read and the keyboard goes on from there. Nothing is scrolled. */
export function focusHeading(heading: HTMLElement): void {
  heading.tabIndex = -1;
  heading.focus({ preventScroll: true });
}
