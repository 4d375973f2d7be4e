import { useEffect, useState } from "preact/hooks";
import type { Api } from "../../shared/client/api.ts";
import { NoticePage, Problem, Spinner } from "./parts.tsx";
import { SLOW_MS } from "./slow.ts";

interface RestoreSessionProps {
  readonly api: Api;
  /** `undefined`: it could not be asked, and they go on without. */
  onKnown(signedIn: boolean | undefined): void;
}

/** Asks for the session that this browser had; says so when no answer comes, and lets people go on without. */
export function RestoreSession({ api, onKnown }: RestoreSessionProps) {
  const [attempt, setAttempt] = useState(1);
  const [isSlow, setSlow] = useState(false);

  useEffect(() => {
    let isOver = false;
    setSlow(false);
    const timer = setTimeout(() => setSlow(true), SLOW_MS);
    api.refresh().then((result) => {
      if (isOver) return;
      clearTimeout(timer);
      if (result.ok || result.error.status === 401) onKnown(result.ok);
      else setSlow(true);
    });
    return () => {
      isOver = true;
      clearTimeout(timer);
    };
  }, [attempt]);

  if (!isSlow) return <Spinner label="One moment…" />;
  return (
    <NoticePage>
      <div class="card ending" data-testid="session-unknown">
        <h1>Signing in takes longer than usual</h1>
        <Problem>The server doesn't say whether you are signed in. Your meetings are not affected.</Problem>
        <div class="actions">
          <button
            type="button"
            class="primary"
            data-testid="try-again"
            onClick={() => setAttempt(attempt + 1)}
          >
            Try again
          </button>
          <button type="button" data-testid="go-on" onClick={() => onKnown(undefined)}>
            Go on without signing in
          </button>
        </div>
      </div>
    </NoticePage>
  );
}
