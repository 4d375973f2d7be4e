/** Those by which a page learns that somebody is there; Safari on a phone makes no click of a tap on what is no button. */
const gestures = ["click", "touchend", "keydown"] as const;

/**
 * Plays at once or, where the browser waits for somebody to do something first, at the next click, tap or key. `tell` is
 * told whether it waits. The answer gives it up.
 */
export function playWhenAllowed(
  element: HTMLMediaElement,
  tell: (isWaiting: boolean) => void,
): () => void {
  let isOver = false;

  async function play(): Promise<void> {
    try {
      await element.play();
      stopWaiting();
      if (!isOver) tell(false);
    } catch (cause) {
      // Any other refusal means that it was replaced meanwhile.
      if (isOver || !(cause instanceof DOMException) || cause.name !== "NotAllowedError") return;
      for (const gesture of gestures) addEventListener(gesture, play);
      tell(true);
    }
  }

  function stopWaiting(): void {
    for (const gesture of gestures) removeEventListener(gesture, play);
  }

  void play();
  return () => {
    isOver = true;
    stopWaiting();
  };
}
