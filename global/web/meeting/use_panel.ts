import { useEffect, useLayoutEffect, useRef } from "preact/hooks";
import { focusHeading, isFocusLost } from "../focus.ts";
import { isComposing } from "../is_composing.ts";
import { useMedia } from "../use_media.ts";
import type { Panel, ScreenState } from "./screen_state.ts";

/** The ids of the buttons that open a panel. */
export const panelControlIds: Readonly<Record<Panel, string>> = {
  people: "people-control",
  chat: "chat-control",
};

export interface PanelCover {
  /** What the open panel lies over, which is not to be reached: the tiles, or all but the banners. */
  covered: "nothing" | "tiles" | "all";
  onClose(): void;
}

/** Closes the panel at Escape, and keeps the focus out of what it covers. */
export function usePanel({ panel }: ScreenState): PanelCover {
  const open = panel.value;
  const before = useRef(open);
  // As in `meeting.css` and `low_window.css`.
  const isNarrow = useMedia("(max-width: 47.5em)");
  const isLow = useMedia("(max-height: 32.5em)");
  const covered = open === undefined ? "nothing" : isLow ? "all" : isNarrow ? "tiles" : "nothing";
  const onClose = () => void (panel.value = undefined);

  useLayoutEffect(() => {
    // The button that opened it gets the focus back that goes with the panel.
    if (!open && before.current && isFocusLost()) {
      document.getElementById(panelControlIds[before.current])?.focus();
    }
    before.current = open;
  }, [open]);

  useLayoutEffect(() => {
    const heading = document.querySelector<HTMLElement>(".side-panel h2");
    if (heading && document.activeElement?.closest("[inert]")) focusHeading(heading);
  }, [covered]);

  useEffect(() => {
    if (!open) return;
    function closeAtEscape(event: KeyboardEvent): void {
      if (event.key !== "Escape" || event.defaultPrevented || isComposing(event)) return;
      // It closes what lies above first.
      if (!document.querySelector(":popover-open, dialog[open]")) onClose();
    }
    document.addEventListener("keydown", closeAtEscape);
    return () => document.removeEventListener("keydown", closeAtEscape);
  }, [open]);

  return { covered, onClose };
}
