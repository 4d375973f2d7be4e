import type { ComponentChildren } from "preact";
import { useEffect, useState } from "preact/hooks";
import { NoticePage, Problem, Spinner } from "./parts.tsx";
import { ScreenTitle } from "./screen_title.tsx";
import { SLOW_MS } from "./slow.ts";

interface SlowWaitProps {
  /** Said while it takes as long as usual. */
  label: string;
  /** Said once it takes longer. */
  title: string;
  /** Why it takes longer. */
  words: string;
  testId: string;
  /** The way out. */
  children: ComponentChildren;
}

/** Shows that the server is waited for. Where that takes longer than usual, it says so and offers a way out. */
export function SlowWait({ label, title, words, testId, children }: SlowWaitProps) {
  const [isSlow, setSlow] = useState(false);

  useEffect(() => {
    const timer = setTimeout(() => setSlow(true), SLOW_MS);
    return () => clearTimeout(timer);
  }, []);

  if (!isSlow) return <Spinner label={label} />;
  return (
    <NoticePage>
      <div class="card ending" data-testid={testId}>
        <ScreenTitle>{title}</ScreenTitle>
        <Problem>{words}</Problem>
        <div class="actions">{children}</div>
      </div>
    </NoticePage>
  );
}
