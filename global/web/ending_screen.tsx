import type { Ending, EndReason } from "../../shared/client/endings.ts";
import { NoticePage } from "./parts.tsx";
import { ScreenTitle } from "./screen_title.tsx";
import { ToStartPage } from "./to_start_page.tsx";

interface EndingScreenProps {
  ending: Ending;
  isGuest: boolean;
  onAgain(asGuest: boolean): void;
  onSignIn(): void;
}

const titles: Record<EndReason, string> = {
  left: "You left",
  denied: "Not let in",
  removed: "You were removed",
  ended: "The meeting is over",
  replaced: "Continued elsewhere",
  full: "No place is free",
  waiting_room_full: "The waiting room is full",
  locked: "The meeting is locked",
  not_found: "No such meeting",
  not_allowed: "No entry",
  lost: "Connection lost",
  failed: "That did not work",
};

const mayTryAgain: ReadonlySet<EndReason> = new Set([
  "left",
  "lost",
  "failed",
  "full",
  "waiting_room_full",
  "locked",
  "replaced",
]);

const againWords: Partial<Record<EndReason, string>> = { left: "Join again", replaced: "Use it here" };

/** Why somebody is not in the meeting, and what they can do. */
export function EndingScreen({ ending, isGuest, onAgain, onSignIn }: EndingScreenProps) {
  const { reason, message } = ending;
  return (
    <NoticePage>
      <div class="card ending" data-testid="ending" data-reason={reason}>
        <ScreenTitle describedBy="ending-message">{titles[reason]}</ScreenTitle>
        <p id="ending-message" data-testid="ending-message">{message}</p>
        <div class="actions">
          {mayTryAgain.has(reason)
            ? (
              <button type="button" class="primary" data-testid="rejoin" onClick={() => onAgain(isGuest)}>
                {againWords[reason] ?? "Try again"}
              </button>
            )
            : null}
          {reason === "not_found" && !isGuest
            ? <button type="button" class="primary" onClick={() => onAgain(true)}>Join as a guest</button>
            : null}
          {isGuest && (reason === "not_allowed" || reason === "not_found")
            ? <button type="button" class="primary" onClick={onSignIn}>Sign in</button>
            : null}
          <ToStartPage />
        </div>
      </div>
    </NoticePage>
  );
}
