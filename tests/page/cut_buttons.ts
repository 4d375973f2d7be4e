import type { Page } from "playwright-core";

/** The words of the buttons that are wider than these, or beyond the window. */
export function cutButtons(page: Page): Promise<string[]> {
  return page.evaluate(() =>
    [...document.querySelectorAll("button")].filter((button) => {
      const { left, right, width } = button.getBoundingClientRect();
      return width > 0 && (left < 0 || right > innerWidth || button.scrollWidth > button.clientWidth + 1);
    }).map(({ innerText, ariaLabel }) => ariaLabel ?? innerText)
  );
}
