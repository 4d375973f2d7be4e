import type { TargetedEvent } from "preact";
import { cutText } from "./cut_text.ts";

type TextElement = HTMLInputElement | HTMLTextAreaElement;

/** Handlers for a field that holds at most `maxCharacters`. What is still being composed is cut when it is done. */
export function limitText(maxCharacters: number | undefined, onValue: (value: string) => void) {
  function read(element: TextElement, isComposing: boolean): void {
    const cut = maxCharacters === undefined || isComposing
      ? element.value
      : cutText(element.value, maxCharacters);
    // The component may know the cut text already, and would leave the field as it is.
    if (cut !== element.value) element.value = cut;
    onValue(cut);
  }
  return {
    onInput: (event: TargetedEvent<TextElement, InputEvent>) => read(event.currentTarget, event.isComposing),
    onCompositionEnd: (event: TargetedEvent<TextElement, Event>) => read(event.currentTarget, false),
  };
}
