import type { ComponentChildren } from "preact";
import { useLayoutEffect, useRef } from "preact/hooks";
import { focusHeading, isFocusLost } from "./focus.ts";

interface ScreenTitleProps {
  children: ComponentChildren;
  /** `auto` for words of people. */
  dir?: "auto";
  /** The id of what is read after it. */
  describedBy?: string;
}

/** The heading of a screen. It takes the focus that went with the screen before, so that the new one is read. */
export function ScreenTitle({ children, dir, describedBy }: ScreenTitleProps) {
  const title = useRef<HTMLHeadingElement>(null);
  useLayoutEffect(() => {
    if (title.current && isFocusLost()) focusHeading(title.current);
  }, []);
  return <h1 ref={title} dir={dir} aria-describedby={describedBy}>{children}</h1>;
}
