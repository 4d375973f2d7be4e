import type { Page } from "playwright-core";

/**
 * Where a page's right-to-left words of people stand wrong, in words; empty where all stand right. `people` are all such
 * words: each runs from the right, in an element of its own that isolates it and has nothing of the page in it.
 */
export function outOfDirection(page: Page, people: readonly string[]): Promise<string[]> {
  return page.evaluate((people) => {
    const rightToLeft = /[\u0590-\u08FF\uFB1D-\uFDFF\uFE70-\uFEFC]/;
    const problems: string[] = [];

    function judge(words: string, element: Element, own: string | null): void {
      const { direction, unicodeBidi } = getComputedStyle(element);
      if (direction !== "rtl") problems.push(`${words} runs from the left`);
      if (!/isolate|plaintext/.test(unicodeBidi)) problems.push(`${words} is not isolated`);
      if (own !== null && !people.includes(own)) {
        problems.push(`${words} has words of the page beside it: ${own}`);
      }
    }

    const texts = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
    for (let node = texts.nextNode(); node; node = texts.nextNode()) {
      const { data, parentElement } = node as Text;
      if (!rightToLeft.test(data) || parentElement?.closest("script, style, textarea")) continue;
      const own = parentElement?.closest("bdi, [dir]");
      if (own) judge(data, own, own.textContent);
      else problems.push(`${data} has no direction of its own`);
    }
    for (const field of document.querySelectorAll<HTMLInputElement>("input, textarea")) {
      if (rightToLeft.test(field.value)) judge(field.value, field, null);
      // A hint holds no element: the words in it are isolated by characters.
      const rest = field.placeholder.replaceAll(/\u2068[^\u2069]*\u2069/g, "");
      if (rightToLeft.test(rest)) problems.push(`${field.placeholder} is a hint that is torn apart`);
    }
    return problems;
  }, people);
}
