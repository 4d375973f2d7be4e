import { useComputed } from "@preact/signals";
import type { MeetingSession } from "../../../shared/client/session.ts";
import type { MeetingView } from "./meeting_view.ts";
import { nameOf } from "./name_of.ts";
import type { ScreenState, UnsentMessage } from "./screen_state.ts";
import { discard, sendAgain } from "./send_chat.ts";

interface UnsentMessagesProps {
  session: Pick<MeetingSession, "sendChat">;
  view: MeetingView;
  screen: ScreenState;
}

/** What one wrote and couldn't send, each with whom it is for. */
export function UnsentMessages({ session, view, screen }: UnsentMessagesProps) {
  if (screen.unsent.value.length === 0) return null;
  return (
    <ul class="chat-unsent">
      {screen.unsent.value.map((message) => (
        <li key={message.id} data-testid="unsent">
          <small>
            <strong>Not sent</strong> <Recipient to={message.to} view={view} />
          </small>
          <p dir="auto">{message.text}</p>
          <p class="problem">{message.problem}</p>
          <div class="actions">
            <button
              type="button"
              data-testid="send-again"
              onClick={() => void sendAgain(session, screen, message)}
            >
              Send again
            </button>
            <button
              type="button"
              class="quiet"
              data-testid="discard"
              onClick={() => discard(screen, message)}
            >
              Discard
            </button>
          </div>
        </li>
      ))}
    </ul>
  );
}

function Recipient({ to, view }: Pick<UnsentMessage, "to"> & Pick<UnsentMessagesProps, "view">) {
  const name = useComputed(() => to === undefined ? undefined : nameOf(view.state.value, to)).value;
  if (to === undefined) return <>to everybody</>;
  return (
    <span class="private">
      to {name === undefined ? "somebody who has left" : <bdi>{name}</bdi>} alone
    </span>
  );
}
