/*
 * Runs before the page's own script, and says in words that a browser is too old for it. It stands alone, and keeps to
 * the JavaScript of 2015: a browser that reads no more of it has to read this.
 */
(() => {
  /** What the page can't do without, where not all browsers in use have it: Chrome, Firefox and Safari from which on. */
  const needed = [
    () => Promise.withResolvers, // 119, 121, 17.4
    () => Map.groupBy, // 117, 119, 17.4
    () => URL.canParse, // 120, 115, 17
    () => HTMLElement.prototype.hidePopover, // 114, 125, 17
    () => Intl.Segmenter, // 87, 125, 14.1
    () => String.prototype.isWellFormed, // 111, 119, 16.4
    () => Array.prototype.toSorted, // 110, 115, 16
    () => AbortSignal.timeout, // 103, 100, 16
  ];

  function isThere(get) {
    try {
      return typeof get() === "function";
    } catch (_error) {
      return false;
    }
  }

  if (needed.every(isThere)) return;
  const title = document.createElement("h1");
  title.textContent = "This browser is too old for Dark Tower";
  const words = document.createElement("p");
  words.textContent =
    "Update it, or open this page in another one: Chrome or Edge from 120 on can show it, Firefox " +
    "from 125 on, and Safari from 17.4 on. On an iPhone or iPad every browser is as old as the system: it can from " +
    "iOS 17.4 on.";
  const card = document.createElement("div");
  card.className = "card ending";
  card.appendChild(title);
  card.appendChild(words);
  const page = document.createElement("main");
  page.className = "centered";
  page.setAttribute("data-testid", "old-browser");
  page.appendChild(card);
  const root = document.getElementById("root");
  // Without a root the page's script shows nothing, where it runs at all.
  root.parentNode.replaceChild(page, root);
})();
