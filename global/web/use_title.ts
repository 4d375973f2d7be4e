import { useLayoutEffect } from "preact/hooks";

const SITE = "Dark Tower";

/** What the browser's tab is called while this is shown: whoever has many tabs finds the meeting by it. */
export function useTitle(title: string): void {
  useLayoutEffect(() => {
    document.title = title === "" ? SITE : `${title} · ${SITE}`;
    return () => {
      document.title = SITE;
    };
  }, [title]);
}
