import { useLayoutEffect, useState } from "preact/hooks";

/** Whether a media query holds for the window, now and when that changes. */
export function useMedia(query: string): boolean {
  const [list] = useState(() => matchMedia(query));
  const [matches, setMatches] = useState(list.matches);
  useLayoutEffect(() => {
    const show = () => setMatches(list.matches);
    show();
    list.addEventListener("change", show);
    return () => list.removeEventListener("change", show);
  }, []);
  return matches;
}
