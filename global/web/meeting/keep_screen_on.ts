type Page = EventTarget & Pick<Document, "visibilityState">;

/** `navigator`; older browsers, and pages that were opened over http, have no wake lock. */
interface Holder {
  readonly wakeLock?: Pick<WakeLock, "request">;
}

/**
 * Keeps the screen from going dark, until the answer is called (W3C Screen Wake Lock). A browser takes the lock away
 * when the page is hidden, so it is asked for again whenever the page is seen.
 */
export function keepScreenOn(page: Page, { wakeLock }: Holder): () => void {
  let held: Pick<WakeLockSentinel, "release"> | undefined;
  let isOver = false;

  function letGo(): void {
    held?.release().catch(reportError);
    held = undefined;
  }

  async function ask(): Promise<void> {
    if (!wakeLock || page.visibilityState !== "visible") return;
    try {
      const lock = await wakeLock.request("screen");
      letGo();
      held = lock;
    } catch {
      // Refused, by a battery that is nearly empty for one: the screen goes dark as it does elsewhere.
      return;
    }
    if (isOver) letGo();
  }

  const askAgain = () => void ask();
  page.addEventListener("visibilitychange", askAgain);
  askAgain();
  return () => {
    isOver = true;
    page.removeEventListener("visibilitychange", askAgain);
    letGo();
  };
}
