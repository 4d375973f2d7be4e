import { useEffect, useState } from "preact/hooks";
import { NoticePage, Problem, Spinner } from "../parts.tsx";
import { ScreenTitle } from "../screen_title.tsx";
import { SLOW_MS } from "../slow.ts";

interface JoiningProps {
  /** Why the last try has failed, in words. */
  loss: string | undefined;
  onStop(): void;
}

/** From the click on Join until the server has let somebody in; says why that takes long, and lets them stop waiting. */
export function Joining({ loss, onStop }: JoiningProps) {
  const [isSlow, setSlow] = useState(false);

  useEffect(() => {
    const timer = setTimeout(() => setSlow(true), SLOW_MS);
    return () => clearTimeout(timer);
  }, []);

  if (!isSlow) return <Spinner label="Joining the meeting…" />;
  return (
    <NoticePage>
      <div class="card ending" data-testid="joining-slow">
        <ScreenTitle>Joining takes longer than usual</ScreenTitle>
        <Problem>{loss ?? "The meeting's server has not answered yet."}</Problem>
        <div class="actions">
          <button type="button" class="quiet" data-testid="stop-joining" onClick={onStop}>Don't wait</button>
        </div>
      </div>
    </NoticePage>
  );
}
